"""What of disputes waits for the desk today."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disputes.models import DisputeCase, FollowUp, Offer, ResolverAnswer
from disputes.states import AnswerStatus, CaseStatus, FollowUpStatus, OfferSide, OfferStatus
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

#: Of each kind so many rows; what is more is told in one.
_MOST_ROWS = 10


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return answers to look at, offers, new cases, follow-ups that are due. For the desk."""
    if actor.role not in DESK:
        return []
    return [
        *_answers(shop),
        *_offers(shop),
        *_failed(shop),
        *_submitted(shop),
        *_follow_ups(shop, at),
    ]


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


def _offers(shop: Shop) -> Iterator[AgendaItem]:
    """Offers of customers that wait for the shop."""
    found = (
        Offer.objects.for_shop(shop)
        .filter(status=OfferStatus.SENT, side=OfferSide.CUSTOMER)
        .select_related("shop", "case__customer")
        .order_by("expires_on", "made_at", "pk")
    )
    for offer in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("%(name)s makes an offer in %(number)s")
            % {"name": offer.case.customer.name, "number": offer.case.number},
            detail=offer.in_words,
            url=f"{reverse('dispute', args=[offer.case.number])}#offers",
            due_at=offer.made_at,
            kind="writing-sign",
        )


def _failed(shop: Shop) -> Iterator[AgendaItem]:
    """What was agreed last in a case that is open, and could not be carried out."""
    newest = Offer.objects.for_shop(shop).filter(case=OuterRef("case")).order_by("-position")
    found = (
        Offer.objects.for_shop(shop)
        .filter(
            status=OfferStatus.FAILED,
            case__status=CaseStatus.OPEN,
            pk=Subquery(newest.values("pk")[:1]),
        )
        .select_related("case")
        .order_by("decided_at", "pk")
    )
    for offer in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("The agreement in %(number)s could not be carried out")
            % {"number": offer.case.number},
            detail=offer.failure,
            url=f"{reverse('dispute', args=[offer.case.number])}#offers",
            due_at=offer.decided_at,
            late=True,
            kind="alert-circle",
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
            all_day=True,
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
