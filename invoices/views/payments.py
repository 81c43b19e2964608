"""The list of payments, and a payment's own page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from invoices import dividing
from invoices.models import LedgerEntry, Payment, PaymentQuerySet, Refund
from invoices.services import refundable
from invoices.states import PaymentMethod, PaymentPurpose
from invoices.views.shown import badges
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.audit.models import AuditEvent
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from shopdisputes.web import timelines
from shopdisputes.web.addresses import Addresses
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response
from shopdisputes.web.spreadsheets import xlsx_response
from shopdisputes.web.templatetags.shopdisputes import day, money

#: Nothing is added up over more rows than these: the page has to come at once.
MOST_SUMMED = 10_000
#: Half of what other lists show: a row of money has more to reckon and to write.
PAGE_SIZE = 25
_CHUNK = 500
#: So many of the invoices that a payment is on are named; its page names them all.
_MOST_NUMBERS = 3
#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 100

SHOWN = [
    ("unallocated", gettext_lazy("Not on an invoice")),
    ("deposit", gettext_lazy("Deposits")),
    ("refunded", gettext_lazy("Refunded")),
    ("charged_back", gettext_lazy("Taken back by the bank")),
    ("annulled", gettext_lazy("Annulled")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-received_on", "-recorded_at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("received_on", "recorded_at", "id")),
    "amount": Sort(gettext_lazy("Largest first"), ("-amount", "id")),
}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the filtered payments come to, without annulled ones.

    ``more``: there are more than ``MOST_SUMMED``; nothing was added up then.
    """

    received: Decimal
    unallocated: Decimal
    refunded: Decimal
    charged_back: Decimal
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentLine:
    """A line of the list, in words; what does not apply is empty."""

    payment: Payment
    url: str
    number: str
    customer: str
    reference: str
    received: str
    method: str
    deposit: str
    order: str
    states: SafeString
    invoices: tuple[str, ...]
    more: bool
    amount: str
    annulled: bool


def payment_of(request: StaffRequest, number: str) -> Payment:
    """Return the shop's payment of that number; else 404."""
    return get_object_or_404(
        Payment.objects.for_shop(request.shop).with_everything(), number=number
    )


@require_safe
@staff(*DESK)
def payment_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's payments, page by page."""
    found = _found(request)
    page = Keyset(request, found.for_lines(), sorts=SORTS, size=PAGE_SIZE)
    return render(
        request,
        "invoices/payment_list.html",
        {
            "page": page,
            "rows": _lines(page.rows, shop=request.shop),
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "method_chips": chips(
                request, "method", PaymentMethod.choices, everything=_("Any way")
            ),
            "words": words_of(request),
            "filtered": any(request.GET.get(name) for name in ("q", "show", "method")),
            "sums": sums_of(found),
            "most_summed": MOST_SUMMED,
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file, all pages of it."""
    return csv_response("payments.csv", _header(), _rows(request))


@require_safe
@staff(*DESK)
def export_xlsx(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a spreadsheet, all pages of it."""
    return xlsx_response("payments.xlsx", _header(), _rows(request))


@require_safe
@staff(*DESK)
def payment(request: StaffRequest, number: str) -> HttpResponse:
    """Show where the money of a payment is, and what can be done with it."""
    found = payment_of(request, number)
    entries = (
        LedgerEntry.objects.for_shop(request.shop)
        .filter(payment=found)
        .select_related("invoice")
        .in_order()
    )
    refunds = Refund.objects.for_shop(request.shop).filter(payment=found)
    blocked = refundable.blocked_by(found)
    untouched = found.refunded == 0 and found.charged_back == 0 and found.annulled_at is None
    could_annul = request.actor.role in MANAGEMENT and untouched
    annul_blocked = refundable.annul_blocked_by(found) if could_annul else ""
    return render(
        request,
        "invoices/payment.html",
        {
            "payment": found,
            "customer": found.customer,
            "shares": dividing.shares_of(found),
            # Entries are about invoices: what is put on one makes less of it owed.
            "entries": [(entry, -entry.amount) for entry in entries],
            "refunds": refunds.order_by("recorded_at", "pk"),
            "timeline": _timeline(request, found.pk),
            "may_annul": could_annul and not annul_blocked,
            # Both may be for one reason, in the same words.
            "blocks": list(dict.fromkeys(filter(None, (blocked, annul_blocked)))),
            "refund_blocked": blocked,
            "panels": panels_on("payment", request, found),
            "transaction": getattr(found, "bank_transaction", None),
        },
    )


def sums_of(found: PaymentQuerySet) -> Sums:
    """Add up payments, as long as there are not more than ``MOST_SUMMED`` of them."""
    rows = found.order_by("-received_on", "-recorded_at", "id")[: MOST_SUMMED + 1]
    standing = Q(annulled_at=None)
    sums = rows.aggregate(
        count=Count("pk"),
        received=Sum("amount", filter=standing),
        unallocated=Sum("unallocated", filter=standing),
        refunded=Sum("refunded", filter=standing),
        charged_back=Sum("charged_back", filter=standing),
    )
    return Sums(
        received=sums["received"] or ZERO,
        unallocated=sums["unallocated"] or ZERO,
        refunded=sums["refunded"] or ZERO,
        charged_back=sums["charged_back"] or ZERO,
        more=sums["count"] > MOST_SUMMED,
    )


def _header() -> list[str]:
    return [
        _("Number"),
        _("Received"),
        _("Customer"),
        _("Purpose"),
        _("How"),
        _("Amount"),
        _("On invoices"),
        _("Unallocated"),
        _("Refunded"),
        _("Taken back by the bank"),
        _("Currency"),
        _("Reference"),
        _("Invoices"),
        _("Annulled"),
    ]


def _rows(request: StaffRequest) -> Iterator[list[Any]]:
    """Yield the rows; the invoices are read for some hundreds of payments at a time."""
    found = (
        _found(request)
        .select_related("customer")
        .order_by("-received_on", "-recorded_at", "id")
        .iterator(chunk_size=_CHUNK)
    )
    while some := list(islice(found, _CHUNK)):
        numbers = dividing.numbers_of(some, shop=request.shop)
        for each in some:
            yield [
                each.number,
                each.received_on,
                each.customer.name,
                each.get_purpose_display(),
                each.get_method_display(),
                each.amount,
                ZERO if each.annulled_at else each.allocated,
                ZERO if each.annulled_at else each.unallocated,
                each.refunded,
                each.charged_back,
                each.currency,
                each.reference,
                ", ".join(numbers.get(each.pk, [])),
                each.annul_reason,
            ]


def _lines(payments: Sequence[Payment], *, shop: Shop) -> list[PaymentLine]:
    """Return payments in words: a template would take ten times as long over each of them."""
    numbers = dividing.numbers_of(payments, shop=shop)
    addresses = Addresses("payment")
    methods, deposit = dict(PaymentMethod.choices), _("Deposit")
    found = []
    for each in payments:
        is_annulled = each.annulled_at is not None
        is_deposit = each.purpose == PaymentPurpose.DEPOSIT and not is_annulled
        stands_on = [] if is_annulled else numbers.get(each.pk, [])
        found.append(
            PaymentLine(
                payment=each,
                url=addresses.of(each.number),
                number=each.number,
                customer=str(each.customer),
                reference=each.reference,
                received=day(each.received_on),
                method=str(methods[each.method]),
                deposit=deposit if is_deposit else "",
                order=each.repair_order.number if is_deposit and each.repair_order else "",
                states=badges(_states_of(each)),
                invoices=tuple(stands_on[:_MOST_NUMBERS]),
                more=len(stands_on) > _MOST_NUMBERS,
                amount=money(each.amount, each.currency),
                annulled=is_annulled,
            )
        )
    return found


def _states_of(payment: Payment) -> list[tuple[str, str]]:
    if payment.annulled_at is not None:
        return [("annulled", _("Annulled"))]
    found = []
    if payment.unallocated:
        amount = money(payment.unallocated, payment.currency)
        found.append(("unallocated", _("%(amount)s on no invoice") % {"amount": amount}))
    if payment.refunded:
        amount = money(payment.refunded, payment.currency)
        found.append(("refunded", _("%(amount)s given back") % {"amount": amount}))
    if payment.charged_back:
        amount = money(payment.charged_back, payment.currency)
        found.append(("disputed", _("%(amount)s taken back by the bank") % {"amount": amount}))
    return found


def _found(request: StaffRequest) -> PaymentQuerySet:
    found = Payment.objects.for_shop(request.shop)
    if words := words_of(request):
        found = found.search(words)
    if method := chosen(request, "method", PaymentMethod.choices):
        found = found.filter(method=method)
    match chosen(request, "show", SHOWN):
        case "unallocated":
            return found.unallocated()
        case "deposit":
            return found.filter(purpose=PaymentPurpose.DEPOSIT)
        case "refunded":
            return found.filter(refunded__gt=0)
        case "charged_back":
            return found.filter(charged_back__gt=0)
        case "annulled":
            return found.filter(annulled_at__isnull=False)
    return found


def _timeline(request: StaffRequest, payment_id: UUID) -> list[timelines.Entry]:
    events = AuditEvent.objects.for_shop(request.shop).filter(
        target_type="invoices.payment", target_id=payment_id
    )
    refunds = Refund.objects.for_shop(request.shop).filter(payment=payment_id)
    mails = OutgoingEmail.objects.for_shop(request.shop).filter(
        target_id__in=[payment_id, *refunds.values_list("pk", flat=True)]
    )
    return timelines.merged(
        events.order_by("-sequence")[:_MOST_EVENTS],
        mails.order_by("-created_at", "id")[:_MOST_EVENTS],
    )
