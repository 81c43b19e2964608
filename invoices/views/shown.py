"""An invoice as the staff's pages show it: the words of its state, its way, its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices import collecting
from invoices.collecting import Standing
from invoices.models import Invoice
from invoices.states import HoldKind, InvoiceKind, InvoiceStatus, Settlement
from shopdisputes.web.addresses import Addresses
from shopdisputes.web.templatetags.shopdisputes import day, money, status

Words = str | Promise

#: Kinds that a list need not name: the first is what is expected, the other is a state there.
_USUAL = (InvoiceKind.FULL, InvoiceKind.CREDIT_NOTE)


@dataclass(frozen=True, kw_only=True)
class InvoiceShown:
    """An invoice with its standing. ``states`` are (state, words), the most telling one first."""

    invoice: Invoice
    standing: Standing
    states: tuple[tuple[str, Words], ...]
    url: str


def shown(invoices: Sequence[Invoice], *, at: datetime) -> list[InvoiceShown]:
    """Return invoices with their figures, in two queries however many there are."""
    standings = collecting.of(invoices, at=at)
    return [
        InvoiceShown(
            invoice=invoice,
            standing=standings[invoice.pk],
            states=states_of(invoice, standings[invoice.pk]),
            url=page_of(invoice),
        )
        for invoice in invoices
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLine:
    """A line of the list, in words; what does not apply is empty."""

    invoice: Invoice
    url: str
    name: str
    kind: str
    customer: str
    vehicle: str
    order: str
    states: SafeString
    due: str
    total: str
    open: str
    collectible: str
    of_total: str


def lines(invoices: Sequence[Invoice], *, at: datetime) -> list[InvoiceLine]:
    """Return invoices in words: a template would take ten times as long over each of them."""
    standings = collecting.of(invoices, at=at)
    numbered, drafts = Addresses("invoice"), Addresses("invoice-draft")
    collectible, of_total = _("collectible %(amount)s"), _("of %(total)s")
    found = []
    for invoice in invoices:
        figures, order = standings[invoice.pk].figures, invoice.repair_order
        is_credit = invoice.kind == InvoiceKind.CREDIT_NOTE
        is_owed = invoice.status == InvoiceStatus.ISSUED and not is_credit
        total = money(invoice.total, invoice.currency)
        left = money(figures.collectible, invoice.currency)
        found.append(
            InvoiceLine(
                invoice=invoice,
                url=drafts.of(invoice.pk)
                if invoice.status == InvoiceStatus.DRAFT
                else numbered.of(invoice.number),
                name=str(invoice),
                kind="" if invoice.kind in _USUAL else invoice.get_kind_display(),
                customer=str(invoice.customer),
                vehicle=str(order.vehicle),
                order=order.number,
                states=badges(states_of(invoice, standings[invoice.pk])),
                due="" if is_credit else day(invoice.due_on),
                total=f"\N{MINUS SIGN}{total}" if is_credit else total,
                open=money(figures.balance, invoice.currency) if is_owed else "",
                collectible=collectible % {"amount": left}
                if is_owed and figures.collectible != figures.balance
                else "",
                of_total=of_total % {"total": total},
            )
        )
    return found


def badges(states: Sequence[tuple[str, Words]]) -> SafeString:
    """Draw states beside each other."""
    return _badges(tuple((str(state), str(label)) for state, label in states))


# Few sets of states stand on most of the rows.
@lru_cache(maxsize=500)
def _badges(states: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join(" ", "{}", ((status(state, label),) for state, label in states))


def page_of(invoice: Invoice) -> str:
    """Return the address of its page: of a draft that is where it is written."""
    if invoice.status == InvoiceStatus.DRAFT:
        return reverse("invoice-draft", args=[invoice.pk])
    return reverse("invoice", args=[invoice.number])


def states_of(invoice: Invoice, standing: Standing) -> tuple[tuple[str, Words], ...]:
    """Say in words where an invoice stands: what is stored, and what follows from it."""
    if invoice.status != InvoiceStatus.ISSUED:
        return ((invoice.status, InvoiceStatus(invoice.status).label),)
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return (("credit_note", InvoiceKind.CREDIT_NOTE.label),)
    found: list[tuple[str, Words]] = [(standing.settlement, standing.settlement.label)]
    if standing.settlement != Settlement.PAID and standing.overdue:
        found.append(("overdue", gettext_lazy("Overdue")))
    if standing.disputed:
        found.append(("disputed", gettext_lazy("In dispute")))
    # What was lost to the bank stays held although it was paid in another way.
    if standing.disputed and any(hold.kind == HoldKind.CHARGEBACK for hold in standing.holds):
        found.append(("chargeback", gettext_lazy("Taken back by the bank")))
    if standing.figures.promised:
        found.append(("promised", gettext_lazy("Promised")))
    if standing.figures.planned:
        found.append(("planned", gettext_lazy("Payment plan")))
    if standing.figures.held:
        found.append(("held", gettext_lazy("On hold")))
    return tuple(found)
