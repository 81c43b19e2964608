"""The list of chargebacks, and the page of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disputes.models import Chargeback, ChargebackPart
from disputes.models.chargebacks import ChargebackQuerySet
from disputes.services.bank_countdown import days_left
from disputes.services.bank_money import is_held, parts_of, written_off_of
from disputes.states import ChargebackStatus, Funds
from disputes.views import chargeback_actions, narrowing
from invoices.models import Invoice
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web import timelines
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

PAGE = "disputes/chargebacks/chargeback.html"
#: Nothing is added up over more rows than these.
MOST_SUMMED = 10_000
_CHUNK = 500
#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 100

SHOWN = [
    ("due", gettext_lazy("Evidence is due")),
    ("review", gettext_lazy("With the bank")),
    ("away", gettext_lazy("Money is away")),
    ("won", gettext_lazy("Won")),
    ("lost", gettext_lazy("Lost or given up")),
    ("closed", gettext_lazy("Closed")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-recorded_at", "id")),
    "due": Sort(gettext_lazy("Evidence due first"), ("evidence_due_by", "id")),
    "amount": Sort(gettext_lazy("Largest first"), ("-amount", "id")),
}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the filtered chargebacks come to. ``more``: too many, nothing was added up."""

    count: int
    amount: Decimal
    more: bool


@dataclass(frozen=True, kw_only=True)
class PartShown:
    """A part of a chargeback and whether it is kept from being asked for."""

    part: ChargebackPart
    held: bool


def chargeback_of(request: StaffRequest, number: str) -> Chargeback:
    """Return the shop's chargeback of that number; else 404."""
    return get_object_or_404(
        Chargeback.objects.for_shop(request.shop).with_everything(), number=number
    )


@require_safe
@staff(*DESK)
def chargeback_list(request: StaffRequest) -> HttpResponse:
    """Show what banks ask about or have taken back, page by page."""
    at = timezone.now()
    found = _found(request)
    page = Keyset(request, found.with_everything(), sorts=SORTS)
    return render(
        request,
        "disputes/chargebacks/list.html",
        {
            "page": page,
            "rows": [(row, days_left(row, at=at)) for row in page.rows],
            "sums": _sums(found),
            "most_summed": MOST_SUMMED,
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "filtered": any(
                request.GET.get(name) for name in ("q", "show", "closed_from", "ended_as")
            ),
            "narrowed": narrowing.chips(request),
            "words": words_of(request),
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the filters leave as a CSV file."""
    day = today(request, timezone.now())
    header = [
        *(_("Number"), _("Kind"), _("Status"), _("Money"), _("Customer"), _("Payment")),
        *(_("Dispute"), _("Bank's reference"), _("Bank's reason")),
        *(_("Amount"), _("Currency"), _("Recorded"), _("Evidence is due by"), _("Handed in")),
        *(_("Withdrawn by the customer"), _("Closed")),
    ]
    return csv_response(f"chargebacks-{day:%Y-%m-%d}.csv", header, _rows(request))


@require_safe
@staff(*DESK)
def chargeback(request: StaffRequest, number: str) -> HttpResponse:
    """Show a chargeback: what is due when, where the money is, and what can be done."""
    found = chargeback_of(request, number)
    return render(request, PAGE, page(request, found, at=timezone.now()))


def page(request: StaffRequest, found: Chargeback, *, at: datetime) -> dict[str, Any]:
    """Return what the page shows."""
    parts = [PartShown(part=part, held=is_held(part)) for part in parts_of(found)]
    # What was written off or paid in another way needs no decision any more.
    held = sum(
        (min(each.part.amount, each.part.invoice.balance) for each in parts if each.held), ZERO
    )
    return {
        "chargeback": found,
        "payment": found.payment,
        "customer": found.payment.customer,
        "case": found.case,
        "currency": found.payment.currency,
        "parts": parts,
        "rest": found.amount - sum((each.part.amount for each in parts), ZERO),
        "undecided": held if not found.is_running and found.funds == Funds.WITHDRAWN else ZERO,
        "left": days_left(found, at=at),
        "written_off": in_the_way(found),
        "waits": found.status == ChargebackStatus.NEEDS_RESPONSE,
        "actions": chargeback_actions.of(found, role=request.actor.role, held=bool(held)),
        "timeline": _timeline(request, found),
    }


def in_the_way(chargeback: Chargeback) -> list[Invoice]:
    """Return the invoices whose write-off is taken back before the bank's money is noted gone."""
    if not chargeback.is_running or chargeback.funds != Funds.WITH_SHOP:
        return []
    return written_off_of(chargeback)


def _rows(request: StaffRequest) -> Iterator[list[Any]]:
    found = _found(request).with_everything().order_by("-recorded_at", "id")
    for each in found.iterator(chunk_size=_CHUNK):
        yield [
            each.number,
            each.get_kind_display(),
            each.get_status_display(),
            each.get_funds_display(),
            each.payment.customer.name,
            each.payment.number,
            each.case.number if each.case else "",
            each.reference,
            each.network_reason,
            each.amount,
            each.payment.currency,
            *(
                timezone.localtime(moment).date() if moment else None
                for moment in (
                    each.recorded_at,
                    each.evidence_due_by,
                    each.submitted_at,
                    each.withdrawn_by_customer_at,
                    each.closed_at,
                )
            ),
        ]


def _found(request: StaffRequest) -> ChargebackQuerySet:
    found: ChargebackQuerySet = Chargeback.objects.for_shop(request.shop)
    if words := words_of(request):
        found = found.search(words)
    found = narrowing.narrow_chargebacks(found, request.GET, shop=request.shop)
    match chosen(request, "show", SHOWN):
        case "due":
            return found.waiting()
        case "review":
            return found.filter(status=ChargebackStatus.UNDER_REVIEW)
        case "away":
            return found.filter(funds=Funds.WITHDRAWN)
        case "won":
            return found.filter(status=ChargebackStatus.WON)
        case "lost":
            return found.filter(status__in=[ChargebackStatus.LOST, ChargebackStatus.ACCEPTED])
        case "closed":
            return found.filter(status=ChargebackStatus.CLOSED)
    return found


def _sums(found: ChargebackQuerySet) -> Sums:
    rows = found.order_by("-recorded_at", "id")[: MOST_SUMMED + 1]
    sums = rows.aggregate(count=Count("pk"), amount=Sum("amount"))
    if sums["count"] > MOST_SUMMED:
        return Sums(count=0, amount=ZERO, more=True)
    return Sums(count=sums["count"], amount=sums["amount"] or ZERO, more=False)


def _timeline(request: StaffRequest, found: Chargeback) -> list[timelines.Entry]:
    events = AuditEvent.objects.for_shop(request.shop).filter(target_id=found.pk)
    mails = OutgoingEmail.objects.for_shop(request.shop).filter(target_id=found.pk)
    return timelines.merged(
        events.order_by("-sequence")[:_MOST_EVENTS],
        mails.order_by("-created_at", "id")[:_MOST_EVENTS],
    )
