"""A customer's statement of open items: seen, ticked, printed, mailed, handed out as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from estimates import pricing
from invoices import statements
from invoices.models import Invoice, InvoiceLine
from invoices.services import stating
from invoices.statements import OpenItem, Statement
from invoices.views.shown import badges, states_of
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO
from shopdisputes.web.addresses import Addresses
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.lists import is_comparable
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response, see_other
from shopdisputes.web.templatetags.shopdisputes import day, money

#: Who owes more invoices than these sees the oldest due first, and all of them when asked.
SHOWN_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class TickLine:
    """A line of an invoice that can be ticked, with its price, tax included."""

    key: str
    description: str
    amount: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementLine:
    """A line of the page, in words; what does not apply is empty. A script adds up the figures."""

    invoice: Invoice
    number: str
    url: str
    vehicle: str
    order: str
    states: SafeString
    tick: str
    due: str
    late: str
    open: str
    of_total: str
    disputed: str
    collectible: str
    kept_back: str
    balance_figure: str
    collectible_figure: str
    lines_url: str
    lines: Sequence[TickLine]


def customer_of(request: StaffRequest, pk: UUID) -> Customer:
    """Return the shop's customer; else 404."""
    return get_object_or_404(Customer.objects.for_shop(request.shop).select_related("shop"), pk=pk)


@require_safe
@staff(*DESK)
def statement(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what the customer owes, invoice by invoice, and what of their money waits.

    Of very many the first ``SHOWN_AT_ONCE``, with ``?all=1`` every one; the sums are always of all.
    ``?lines=<number>`` shows the lines of that invoice to be ticked, for a script these alone.
    """
    customer = customer_of(request, pk)
    opened = request.GET.get("lines", "")
    lines = _lines_of(request, customer, opened) if is_comparable(opened) and opened else []
    if opened and request.htmx:
        return render(request, "invoices/_statement_ticks.html", {"lines": lines})
    found = statements.of(customer, at=timezone.now())
    shown = found.items if "all" in request.GET else found.items[:SHOWN_AT_ONCE]
    return render(
        request,
        "invoices/statement.html",
        {
            "customer": customer,
            "statement": found,
            "rows": _lines(shown, opened=opened, ticks=lines),
            "panels": panels_on("statement", request, customer),
            "ageing": [
                (bucket.label, amount, _share(amount, found))
                for bucket, amount in found.ageing.items()
            ],
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Hand the statement out as a CSV file."""
    customer = customer_of(request, pk)
    found = statements.of(customer, at=timezone.now())
    header = [
        _("Invoice"),
        _("Kind"),
        _("Repair order"),
        _("Vehicle"),
        _("Issued"),
        _("Due"),
        _("Days late"),
        _("Total"),
        _("Open"),
        _("Disputed"),
        _("Kept back"),
        _("Collectible"),
        _("Currency"),
    ]
    return csv_response(f"statement-{found.on:%Y-%m-%d}.csv", header, _rows(found))


@require_POST
@staff(*DESK)
def print_out(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Make the PDF of the statement as it is now, and show it."""
    document = stating.print_out(
        customer=customer_of(request, pk), by=request.actor, at=timezone.now()
    )
    return see_other(f"{reverse('document', args=[document.pk])}?inline=1")


@require_POST
@staff(*DESK)
def send(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Mail the statement to the customer."""
    customer = customer_of(request, pk)
    stating.send(customer=customer, by=request.actor, at=timezone.now())
    messages.success(request, _("The statement goes to %(to)s.") % {"to": customer.email})
    return see_other("customer-statement", customer.pk)


def _lines_of(request: StaffRequest, customer: Customer, number: str) -> list[TickLine]:
    """Return the lines of one of the customer's invoices that ask for money."""
    lines = (
        InvoiceLine.objects.for_shop(request.shop)
        .filter(invoice__customer=customer, invoice__number=number, net__gt=0)
        .in_order()
    )
    return [
        TickLine(
            key=str(line.pk),
            description=line.description,
            amount=money(
                pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate), request.shop.currency
            ),
        )
        for line in lines
    ]


def _lines(
    items: Sequence[OpenItem], *, opened: str, ticks: Sequence[TickLine]
) -> list[StatementLine]:
    """Return open items in words: a template would take ten times as long over each of them."""
    invoices = Addresses("invoice")
    tick, of, kept_back = _("Tick %(number)s"), _("of %(amount)s"), _("%(amount)s kept back")
    found = []
    for item in items:
        invoice, figures, late = item.invoice, item.standing.figures, item.days_late
        currency, order = invoice.currency, invoice.repair_order
        found.append(
            StatementLine(
                invoice=invoice,
                number=invoice.number,
                url=invoices.of(invoice.number),
                vehicle=str(order.vehicle),
                order=order.number,
                states=badges(states_of(invoice, item.standing)),
                tick=tick % {"number": invoice.number},
                due=day(invoice.due_on),
                late=ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
                if late
                else "",
                open=money(figures.balance, currency),
                of_total=of % {"amount": money(invoice.total, currency)}
                if figures.balance != invoice.total
                else "",
                disputed=money(figures.disputed, currency) if figures.disputed else "",
                collectible=money(figures.collectible, currency),
                kept_back=kept_back % {"amount": money(item.kept_back, currency)}
                if item.kept_back
                else "",
                balance_figure=str(figures.balance),
                collectible_figure=str(figures.collectible),
                lines_url=f"?{urlencode({'lines': invoice.number})}",
                lines=ticks if invoice.number == opened else (),
            )
        )
    return found


def _rows(found: Statement) -> Iterator[list[Any]]:
    for item in found.items:
        invoice, figures = item.invoice, item.standing.figures
        yield [
            invoice.number,
            invoice.get_kind_display(),
            invoice.repair_order.number,
            str(invoice.repair_order.vehicle),
            invoice.issued_on,
            invoice.due_on,
            item.days_late,
            invoice.total,
            figures.balance,
            figures.disputed,
            item.kept_back,
            figures.collectible,
            invoice.currency,
        ]
    for payment in found.payments:
        number = payment.repair_order.number if payment.repair_order else ""
        yield [
            *(payment.number, _("Unallocated payment"), number, ""),
            *(payment.received_on, None, None, -payment.amount, -payment.unallocated),
            *(ZERO, ZERO, ZERO, payment.currency),
        ]


def _share(amount: Any, found: Statement) -> int:
    """Return which part of the balance an amount is, in whole per cent."""
    return round(100 * amount / found.balance) if found.balance else 0
