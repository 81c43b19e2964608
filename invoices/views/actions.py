"""The buttons of an invoice's page, drawn from the state table."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices.collecting import Standing
from invoices.models import Invoice
from invoices.states import TRANSITIONS
from shopdisputes.actors import Role
from shopdisputes.web.actions import Action, Actions, Words

_DANGEROUS = frozenset({"void", "write-off"})
#: Action of the table → its button: name of the address, words, icon, kind.
_BUTTONS: dict[str, tuple[str, Words, str, str]] = {
    "send": ("send", _("Mail it again"), "mail-forward", "dialog"),
    "credit": ("credit", _("Write a credit note"), "receipt-refund", "link"),
    "void": ("void", _("Void"), "file-off", "dialog"),
    "write_off": ("write-off", _("Write off"), "circle-minus", "dialog"),
    "recover": ("recover", _("Take the write-off back"), "arrow-back-up", "dialog"),
}


def of(invoice: Invoice, standing: Standing, *, may_void: bool, role: Role) -> Actions:
    """Return what somebody with ``role`` may do with an issued invoice."""
    names = TRANSITIONS.actions(state=invoice.status, role=role)
    if invoice.is_credit_note:
        names = []
    found = _found(invoice, standing, names, may_void=may_void)
    return Actions.of(found, first=["pay", "recover"])


def _found(
    invoice: Invoice, standing: Standing, names: Iterable[str], *, may_void: bool
) -> Iterable[Action]:
    for name in names:
        if name == "settle" and standing.figures.balance > 0:
            query = urlencode({"invoice": invoice.number})
            yield Action(
                name="pay",
                label=_("Record a payment"),
                icon="cash",
                url=f"{reverse('payment-new')}?{query}",
            )
        if name == "void" and not may_void:
            continue
        if name == "write_off" and standing.figures.balance == 0:
            continue
        if name in _BUTTONS:
            address, label, icon, kind = _BUTTONS[name]
            url = reverse(f"invoice-{address}", args=[invoice.number])
            yield Action(
                name=address,
                label=label,
                icon=icon,
                kind=kind,
                url=url,
                is_dangerous=address in _DANGEROUS,
            )
