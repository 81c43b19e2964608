"""An invoice as the staff's pages show it: the words of its state, its way, its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices import collecting
from invoices.collecting import Standing
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceStatus, Settlement

Words = str | Promise


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
        found.append(("overdue", _("Overdue")))
    if standing.disputed:
        found.append(("disputed", _("In dispute")))
    if standing.figures.promised:
        found.append(("promised", _("Promised")))
    if standing.figures.planned:
        found.append(("planned", _("Payment plan")))
    if standing.figures.held:
        found.append(("held", _("On hold")))
    return tuple(found)
