"""What of disputes waits for the desk today."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disputes.models import DisputeCase, FollowUp, ResolverAnswer
from disputes.states import AnswerStatus, CaseStatus, FollowUpStatus
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

#: Of each kind so many rows; what is more is told in one.
_MOST_ROWS = 10


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return answers to look at, new cases, and follow-ups that are due. For the desk."""
    if actor.role not in DESK:
        return []
    return [*_answers(shop), *_submitted(shop), *_follow_ups(shop, at)]


def _answers(shop: Shop) -> Iterator[AgendaItem]:
    found = (
        ResolverAnswer.objects.for_shop(shop)
        .filter(status=AnswerStatus.PENDING)
        .select_related("case__customer")
        .order_by("given_at", "pk")
    )
    for answer in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("%(name)s has answered in %(number)s")
            % {"name": answer.given_by, "number": answer.case.number},
            detail=str(answer.case.customer),
            url=f"{reverse('dispute', args=[answer.case.number])}#answers",
            due_at=answer.given_at,
            kind="message-2",
        )


def _submitted(shop: Shop) -> Iterator[AgendaItem]:
    found = (
        DisputeCase.objects.for_shop(shop)
        .filter(status=CaseStatus.SUBMITTED)
        .select_related("customer", "reason")
        .order_by("opened_at", "pk")
    )
    for case in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("%(name)s contests an invoice") % {"name": case.customer.name},
            detail=f"{case.number} · {case.reason}",
            url=reverse("dispute", args=[case.number]),
            due_at=case.opened_at,
            kind="scale",
        )


def _follow_ups(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    today = local_day(at, zone=shop.zone)
    found = (
        FollowUp.objects.for_shop(shop)
        .filter(status=FollowUpStatus.OPEN, due_on__lte=today)
        .select_related("case__customer", "case__reason", "person")
        .order_by("due_on", "created_at", "pk")
    )
    rows = list(found[: _MOST_ROWS + 1])
    for each in rows[:_MOST_ROWS]:
        parts = [each.case.number, each.case.customer.name, each.note or str(each.case.reason)]
        if each.person:
            parts.append(str(each.person))
        yield AgendaItem(
            title=_("Follow up %(number)s") % {"number": each.case.number},
            detail=" · ".join(parts[1:]),
            url=reverse("dispute", args=[each.case.number]),
            due_at=start_of_day(each.due_on, zone=shop.zone),
            late=each.due_on < today,
            kind="scale",
        )
    if len(rows) > _MOST_ROWS:
        more = found.count() - _MOST_ROWS
        yield AgendaItem(
            title=ngettext(
                "%(count)s more dispute to follow up", "%(count)s more disputes to follow up", more
            )
            % {"count": more},
            detail=_("They stand on the agenda of disputes"),
            url=reverse("dispute-agenda"),
            late=rows[-1].due_on < today,
            kind="scale",
        )
