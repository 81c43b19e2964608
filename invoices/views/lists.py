"""The list of invoices: search, filters, sort, sums, exports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from invoices.models import Hold, Invoice, InvoiceQuerySet
from invoices.states import InvoiceKind, InvoiceStatus
from invoices.views.lookups import today
from invoices.views.shown import lines, shown
from shopdisputes.actors import DESK
from shopdisputes.money import ZERO
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, query_with, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response
from shopdisputes.web.spreadsheets import xlsx_response

#: Nothing is added up over more rows than these.
MOST_SUMMED = 10_000
#: The page comes at once, and asks for the sums of more rows than these afterwards.
SUMMED_AT_ONCE = 500
#: Half of what other lists show: a row of money has more to reckon and to write.
PAGE_SIZE = 25
_CHUNK = 500
_BILLED = (InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF)

SHOWN = [
    ("draft", gettext_lazy("Drafts")),
    ("unpaid", gettext_lazy("Unpaid")),
    ("overdue", gettext_lazy("Overdue")),
    ("held", gettext_lazy("Held back")),
    ("paid", gettext_lazy("Paid")),
    ("credit", gettext_lazy("Credit notes")),
    ("written_off", gettext_lazy("Written off")),
    ("void", gettext_lazy("Void")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-created_at", "id")),
    "due": Sort(gettext_lazy("By day due"), ("due_on", "id")),
    "amount": Sort(gettext_lazy("Largest first"), ("-total", "id")),
}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the filtered invoices come to. ``invoiced`` is less credit notes, without drafts.

    ``more``: there are more than were to be added up; nothing was added up then.
    """

    count: int
    invoiced: Decimal
    drafted: Decimal
    open: Decimal
    more: bool


@require_safe
@staff()
def invoice_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's invoices, page by page; with ``?sums=all`` what all that are found come to.

    A script asks for the sums after the page and gets that part alone.
    """
    at = timezone.now()
    found = _found(request, at)
    all_summed = request.GET.get("sums") == "all"
    sums: dict[str, Any] = {
        "all_summed": all_summed,
        "most_summed": MOST_SUMMED,
        "shown": chosen(request, "show", SHOWN),
        "shop": request.shop,
    }
    most = MOST_SUMMED if all_summed else SUMMED_AT_ONCE
    if all_summed and request.htmx:
        sums["sums"] = sums_of(found, most=most)
        return render(request, "invoices/invoice_list.html#sums", sums)
    page = Keyset(
        request,
        found.for_lines(),
        sorts=SORTS,
        size=PAGE_SIZE,
        # Without a filter nothing is passed over, and one query is simpler than two in one.
        through_index=bool(words_of(request) or sums["shown"]),
    )
    is_all = not page.has_next and not page.has_previous
    sums["sums"] = _sums_on(page.rows) if is_all else sums_of(found, most=most)
    for invoice in page.rows:
        # All are of this shop, which is known: a copy of it for every row would be for nothing.
        invoice.shop = request.shop
    return render(
        request,
        "invoices/invoice_list.html",
        sums
        | {
            "page": page,
            "rows": lines(page.rows, at=at),
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "words": words_of(request),
            "summing_url": query_with(request, sums="all"),
            "today": today(request, at),
            "may_export": request.actor.role in DESK,
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file, all pages of it."""
    at = timezone.now()
    return csv_response("invoices.csv", _header(), _rows(_found(request, at), at=at))


@require_safe
@staff(*DESK)
def export_xlsx(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a spreadsheet, all pages of it."""
    at = timezone.now()
    return xlsx_response("invoices.xlsx", _header(), _rows(_found(request, at), at=at))


def sums_of(found: InvoiceQuerySet, *, most: int) -> Sums:
    """Add up invoices, as long as there are not more than ``most`` of them."""
    rows = found.order_by("-created_at", "id")[: most + 1]
    sums = rows.aggregate(
        count=Count("pk"),
        billed=Sum(
            "total",
            filter=Q(status__in=_BILLED) & ~Q(kind=InvoiceKind.CREDIT_NOTE),
        ),
        credited=Sum("total", filter=Q(kind=InvoiceKind.CREDIT_NOTE)),
        drafted=Sum("total", filter=Q(status=InvoiceStatus.DRAFT)),
        open=Sum("balance"),
    )
    return Sums(
        count=sums["count"],
        invoiced=(sums["billed"] or ZERO) - (sums["credited"] or ZERO),
        drafted=sums["drafted"] or ZERO,
        open=sums["open"] or ZERO,
        more=sums["count"] > most,
    )


def _sums_on(invoices: Sequence[Invoice]) -> Sums:
    """Add up what is all on one page; the database need not be asked again."""
    credits = [each for each in invoices if each.is_credit_note]
    claims = [each for each in invoices if not each.is_credit_note]
    billed = [each for each in claims if each.status in _BILLED]
    drafts = [each for each in invoices if each.status == InvoiceStatus.DRAFT]
    return Sums(
        count=len(invoices),
        invoiced=_total(billed) - _total(credits),
        drafted=_total(drafts),
        open=sum((each.balance for each in invoices), ZERO),
        more=False,
    )


def _total(invoices: Sequence[Invoice]) -> Decimal:
    return sum((each.total for each in invoices), ZERO)


def _header() -> list[str]:
    return [
        _("Number"),
        _("Kind"),
        _("Status"),
        _("Repair order"),
        _("Customer"),
        _("Vehicle"),
        _("Issued"),
        _("Due"),
        _("Before tax"),
        _("Tax"),
        _("Total"),
        _("Open"),
        _("Disputed"),
        _("Promised"),
        _("Collectible"),
        _("Currency"),
        _("Payment reference"),
    ]


def _rows(found: InvoiceQuerySet, *, at: datetime) -> Iterator[list[Any]]:
    """Yield the rows; the figures are reckoned for some hundreds of invoices at a time."""
    invoices = (
        found.select_related("shop", "customer", "repair_order__vehicle")
        .order_by("-created_at", "id")
        .iterator(chunk_size=_CHUNK)
    )
    while some := list(islice(invoices, _CHUNK)):
        for row in shown(some, at=at):
            invoice, figures = row.invoice, row.standing.figures
            sign = -1 if invoice.is_credit_note else 1
            yield [
                invoice.number,
                invoice.get_kind_display(),
                ", ".join(str(label) for _state, label in row.states),
                invoice.repair_order.number,
                invoice.customer.name,
                str(invoice.repair_order.vehicle),
                invoice.issued_on,
                invoice.due_on,
                sign * invoice.subtotal,
                sign * invoice.tax,
                sign * invoice.total,
                figures.balance,
                figures.disputed,
                figures.promised,
                figures.collectible,
                invoice.currency,
                invoice.reference,
            ]


def _found(request: StaffRequest, at: datetime) -> InvoiceQuerySet:
    found = Invoice.objects.for_shop(request.shop)
    if words := words_of(request):
        found = found.search(words)
    match chosen(request, "show", SHOWN):
        case "draft":
            return found.filter(status=InvoiceStatus.DRAFT)
        case "unpaid":
            return found.open_items()
        case "overdue":
            return found.overdue(today(request, at))
        case "held":
            holds = Hold.objects.for_shop(request.shop).active(at=at)
            return found.open_items().filter(Exists(holds.filter(invoice=OuterRef("pk"))))
        case "paid":
            return found.billing().filter(status=InvoiceStatus.ISSUED, balance=0)
        case "credit":
            return found.filter(kind=InvoiceKind.CREDIT_NOTE)
        case "written_off":
            return found.filter(status=InvoiceStatus.WRITTEN_OFF)
        case "void":
            return found.filter(status=InvoiceStatus.VOID)
    return found
