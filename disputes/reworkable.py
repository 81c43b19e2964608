"""What of an invoice can be asked to be done again."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from disputes.models import DisputeItem, ReworkRequest
from disputes.states import ItemState
from invoices.models import Invoice, InvoiceLine
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.money import ZERO


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """Return the lines that cost something and are neither contested nor asked for already."""
    if invoice.status != InvoiceStatus.ISSUED or invoice.kind == InvoiceKind.CREDIT_NOTE:
        return []
    contested = DisputeItem.objects.for_shop(invoice.shop).filter(
        invoice=invoice, state=ItemState.OPEN
    )
    taken = set(contested.values_list("line_id", flat=True))
    if None in taken:
        return []
    taken |= asked_in(invoice)
    return [line for line in invoice.lines.in_order().filter(net__gt=0) if line.pk not in taken]


def asked_in(invoice: Invoice) -> set[UUID]:
    """Return the keys of the lines that a running request asks to have done again."""
    running = ReworkRequest.objects.for_shop(invoice.shop).running().filter(invoice=invoice)
    found = InvoiceLine.objects.for_shop(invoice.shop).filter(reworks__in=running)
    return set(found.values_list("pk", flat=True))


def amount_asked_of(invoice: Invoice) -> Decimal:
    """Return what running requests keep of an invoice, tax included."""
    running = ReworkRequest.objects.for_shop(invoice.shop).running().filter(invoice=invoice)
    return running.aggregate(sum=Sum("amount"))["sum"] or ZERO
