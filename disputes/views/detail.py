"""A case: what is contested and how it stands, what was said, who does what until when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disputes import covering
from disputes.forms.acting import MessageForm
from disputes.models import (
    CaseFile,
    CaseMessage,
    Chargeback,
    DisputeCase,
    DisputeItem,
    FollowUp,
    ResolverAnswer,
    ReworkRequest,
)
from disputes.states import AnswerStatus, FollowUpStatus, ItemState, Opening
from disputes.views import actions, offers
from disputes.views.lookups import case_of
from inspections.models import ItemMedia
from invoices import collecting
from invoices.models import Invoice
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web import files, timelines
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.requests import StaffRequest, staff

PAGE = "disputes/case.html"
#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 200
#: A case with more is one that nobody reads to the end; the newest are shown.
_MOST_MESSAGES = 200
_FOLLOW_UP_SET = frozenset({"dispute.follow_up_changed", "dispute.follow_up_added"})


@dataclass(frozen=True, kw_only=True)
class Item:
    """A contested amount, what of it is held at present, and how its lines are covered."""

    item: DisputeItem
    held: Decimal
    currency: str
    covered: Sequence[covering.Row]

    @property
    def rows(self) -> list[tuple[covering.Row, list[tuple[ItemMedia, files.FileUrls, str]]]]:
        """Its lines, each with the photos of its place, where they are and what they show."""
        return [
            (
                row,
                [
                    (media, files.staff_urls(media.file), covering.caption_of(media))
                    for media in row.photos
                ],
            )
            for row in self.covered
        ]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What is contested, what of it is out of the reminders, and what may still be asked for."""

    contested: Decimal
    held: Decimal
    collectible: Decimal
    balance: Decimal


@require_safe
@staff(*DESK)
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Show a case."""
    found = case_of(request, number)
    return render(request, PAGE, page(request, found, at=timezone.now()))


def page(
    request: StaffRequest, case: DisputeCase, *, at: datetime, message: MessageForm | None = None
) -> dict[str, Any]:
    """Return what the page shows; ``message`` is what was typed when it is shown again."""
    items = _items(case)
    answers = _answers(case)
    offered = offers.rows(case, role=request.actor.role)
    events = list(_events(case))
    # Of a long case the first acts may be beyond what the timeline shows.
    acted = set(
        AuditEvent.objects.for_shop(case.shop)
        .filter(target_id=case.pk, action__in=_FOLLOW_UP_SET)
        .values_list("action", flat=True)
    )
    # Who was handed the case lately has not had it yet.
    told = case.chased_on is not None
    follow_ups = list(
        FollowUp.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("person")
        .order_by("status", "due_on", "created_at", "pk")
    )
    open_items = [each for each in items if each.item.state == ItemState.OPEN]
    return {
        "case": case,
        "customer": case.customer,
        "items": items,
        "sums": _sums(case, open_items, at=at),
        "messages_said": _said(case),
        "answers": answers,
        "offers": offered,
        "files": [
            (kept, files.staff_urls(kept.file))
            for kept in _files(case).filter(message=None, answer=None)
        ],
        "message_form": message or MessageForm(),
        "follow_ups": [each for each in follow_ups if each.status == FollowUpStatus.OPEN],
        "followed_up": [each for each in follow_ups if each.status == FollowUpStatus.FINISHED],
        "open_steps": _open_steps(case, told=told, set_on=bool(acted)),
        "told": told,
        "actions": actions.of(
            case,
            role=request.actor.role,
            told=told,
            pending=any(answer.status == AnswerStatus.PENDING for answer, _f in answers),
            offered=any("accept" in row.acts for row in offered),
            several=len(open_items) > 1,
        ),
        "panels": panels_on("dispute", request, case),
        "today": today(request, at),
        "documents": list(
            Document.objects.for_shop(case.shop)
            .filter(target_id=case.pk)
            .defer("html", "attachment")
            .order_by("-created_at", "id")
        ),
        "timeline": timelines.merged(events, _emails(case)),
    }


def _items(case: DisputeCase) -> list[Item]:
    found = (
        DisputeItem.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("invoice", "line", "hold")
        .order_by("invoice__number", "line__position", "added_at", "pk")
    )
    covered = defaultdict(list)
    for row in covering.of(case):
        covered[row.item.pk].append(row)
    return [
        Item(
            item=item,
            held=_held(item),
            currency=item.invoice.currency,
            covered=covered[item.pk],
        )
        for item in found
    ]


def _held(item: DisputeItem) -> Decimal:
    """Return what its hold keeps back: of what is paid, nothing."""
    hold = item.hold
    if hold is None or hold.released_at is not None:
        return ZERO
    return min(hold.amount or ZERO, item.invoice.balance)


def _sums(case: DisputeCase, items: Sequence[Item], *, at: datetime) -> Sums:
    invoices = {each.item.invoice_id: each.item.invoice for each in items}
    for invoice in invoices.values():
        invoice.shop = case.shop
    standings = collecting.of(list[Invoice](invoices.values()), at=at)
    figures = [standing.figures for standing in standings.values()]
    return Sums(
        contested=sum((each.item.amount for each in items), ZERO),
        held=sum((each.held for each in items), ZERO),
        collectible=sum((each.collectible for each in figures), ZERO),
        balance=sum((each.balance for each in figures), ZERO),
    )


def _files(case: DisputeCase) -> Any:
    return (
        CaseFile.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("file__intake")
        .order_by("added_at", "pk")
    )


def _said(case: DisputeCase) -> list[tuple[CaseMessage, list[Any]]]:
    found = (
        CaseMessage.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("email")
        .prefetch_related(Prefetch("files", queryset=_files(case), to_attr="kept"))
        .order_by("-said_at", "-pk")[:_MOST_MESSAGES]
    )
    return [
        (said, [(kept, files.staff_urls(kept.file)) for kept in said.kept])
        for said in reversed(found)
    ]


def _answers(case: DisputeCase) -> list[tuple[ResolverAnswer, list[Any]]]:
    found = (
        ResolverAnswer.objects.for_shop(case.shop)
        .filter(case=case)
        .prefetch_related(Prefetch("files", queryset=_files(case), to_attr="kept"))
        .order_by("-given_at", "-pk")
    )
    return [
        (answer, [(kept, files.staff_urls(kept.file)) for kept in answer.kept]) for answer in found
    ]


def _emails(case: DisputeCase) -> list[OutgoingEmail]:
    found = OutgoingEmail.objects.for_shop(case.shop).filter(target_id=case.pk)
    return list(found.select_related("link").order_by("-created_at", "id")[:_MOST_EVENTS])


def _events(case: DisputeCase) -> Any:
    links = AccessLink.objects.for_shop(case.shop).filter(target_id=case.pk)
    reworks = ReworkRequest.objects.for_shop(case.shop).filter(case=case)
    told = [
        case.pk,
        *links.values_list("pk", flat=True),
        *reworks.values_list("pk", flat=True),
        *Chargeback.objects.for_shop(case.shop).filter(case=case).values_list("pk", flat=True),
    ]
    events = AuditEvent.objects.for_shop(case.shop).to_be_told().filter(target_id__in=told)
    return events.order_by("-sequence")[:_MOST_EVENTS]


def _open_steps(case: DisputeCase, *, told: bool, set_on: bool) -> list[str]:
    """Return the steps of the wizard that somebody left; the case and its holds stand anyway."""
    if case.has_ended or case.opening != Opening.STAFF:
        return []
    return [
        *(["tell-resolver"] if case.resolver_email and not told else []),
        *(["step-follow-up"] if not set_on else []),
    ]
