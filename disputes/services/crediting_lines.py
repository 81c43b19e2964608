"""What of an invoice is credited for contested amounts: its lines where the cents allow it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from disputes.models import DisputeItem
from estimates import pricing
from invoices import correcting
from invoices.models import Invoice
from invoices.services import crediting
from invoices.services.crediting import CreditLine
from shopdisputes.money import CENT, ZERO, to_cents

_HUNDRED = Decimal("100")


def credit_of(invoice: Invoice, parts: Mapping[DisputeItem, Decimal]) -> dict[str, Any]:
    """Return what ``crediting.credit`` is told of contested items' amounts with tax.

    The contested lines themselves, so that the tax is that of their rates; where no net comes to
    the amount by the cent, or an invoice as a whole is contested, the amount over all rates.
    """
    total = sum(parts.values(), ZERO)
    nets = _nets(invoice, parts)
    if nets is not None:
        rates = [(nets[item], item.line.tax_rate) for item in parts if item.line is not None]
        shares = correcting.by_lines(crediting.left_of(invoice), rates)
        if shares is not None and correcting.totals_of(shares).total == total:
            return {
                "lines": [
                    CreditLine(line_id=item.line.pk, net=net)
                    for item, net in nets.items()
                    if item.line is not None
                ]
            }
    return {"amount": total}


def _nets(
    invoice: Invoice, parts: Mapping[DisputeItem, Decimal]
) -> dict[DisputeItem, Decimal] | None:
    left = crediting.left_of_lines(invoice)
    nets: dict[DisputeItem, Decimal] = {}
    for item, gross in parts.items():
        net = None if item.line is None else _net(gross, item.line.tax_rate)
        if net is None or not ZERO < net <= left[item.line_id]:  # type: ignore[index]
            return None
        nets[item] = net
    return nets


def _net(gross: Decimal, rate: Decimal) -> Decimal | None:
    """Return the net that comes to a sum with tax by the cent; None: there is none."""
    near = to_cents(gross * _HUNDRED / (_HUNDRED + rate))
    for net in (near, near - CENT, near + CENT):
        if pricing.gross_of_line(net=net, tax_rate=rate) == gross:
            return net
    return None
