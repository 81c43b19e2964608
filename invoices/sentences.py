"""In one sentence: what comes next about an invoice that is owed, or why nothing does."""

from django.utils.translation import gettext as _

from invoices.collecting import Standing
from invoices.models import Hold, Invoice
from invoices.states import InvoiceStatus
from shopdisputes.money import format_money
from shopdisputes.web.contributions import Outlook


def why(
    invoice: Invoice, standing: Standing, *, language: str, outlook: Outlook | None = None
) -> str:
    """Say what comes next to have an invoice paid, or why nothing does.

    ``outlook`` is what the apps above say about it, if they do.
    """
    if invoice.status == InvoiceStatus.DRAFT:
        return _("No reminder: it is not issued yet.")
    if invoice.status == InvoiceStatus.VOID:
        return _("No reminder: it is void.")
    if invoice.status == InvoiceStatus.WRITTEN_OFF:
        return _("No reminder: it is written off.")
    if invoice.is_credit_note or standing.figures.balance == 0:
        return _("No reminder: nothing is owed.")
    if outlook is not None:
        return outlook.sentence
    if standing.figures.collectible == 0:
        return _("No reminder: all of it is held. %(reasons)s") % {
            "reasons": _reasons(standing.holds)
        }
    amount = format_money(
        standing.figures.collectible, currency=invoice.currency, language=language
    )
    words = _("No reminder is planned. %(amount)s can be asked for.") % {"amount": amount}
    return f"{words} {_reasons(standing.holds)}".strip()


def _reasons(holds: tuple[Hold, ...]) -> str:
    if not holds:
        return ""
    named = ", ".join(hold.told for hold in holds)
    return _("Held by: %(holds)s.") % {"holds": named}
