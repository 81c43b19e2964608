"""What was billed for something that can be contested."""

from decimal import Decimal

from estimates import pricing
from invoices.models import Invoice, InvoiceLine


def billed_for(invoice: Invoice, line: InvoiceLine | None) -> Decimal:
    """Return what was billed for a line, or on the whole invoice, tax included."""
    if line is None:
        return invoice.total
    return pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate)
