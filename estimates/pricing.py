"""The arithmetic of an estimate, on plain values.

Lines are rounded to cents first; tax is then computed once per rate on the sum of that rate's
lines. So the tax of a document is never a sum of rounded taxes of its lines.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shopdisputes.money import ZERO, to_cents

_HUNDRED = Decimal("100")


@dataclass(frozen=True, kw_only=True)
class LineInput:
    """One line as somebody proposes it, before anything is checked or rounded.

    ``quantity`` is hours for labour, else pieces; ``unit_price`` is before tax; ``tax_rate`` is in
    percent. ``key`` says which line of an earlier revision this one continues; None lets the
    service find out by comparing.
    """

    kind: str
    description: str
    quantity: Decimal = Decimal("1")
    unit_price: Decimal = ZERO
    tax_rate: Decimal = ZERO
    necessity: str = "required"
    reason: str = ""
    part_condition: str = ""
    contingent: bool = False
    disclosure: str = ""
    #: The item of an inspection that made it necessary.
    finding_id: UUID | None = None
    key: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TaxAmount:
    """The tax of one rate: ``tax`` is ``rate`` percent of ``base``, rounded once."""

    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums of lines: ``subtotal`` before tax, ``tax`` of all rates, ``total`` of both."""

    subtotal: Decimal
    taxes: tuple[TaxAmount, ...]
    tax: Decimal
    total: Decimal


def net_of(*, quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Return what a line costs before tax, rounded to cents."""
    return to_cents(quantity * unit_price)


def tax_of(*, base: Decimal, tax_rate: Decimal) -> Decimal:
    """Return ``tax_rate`` percent of ``base``, rounded to cents."""
    return to_cents(base * tax_rate / _HUNDRED)


def gross_of_line(*, net: Decimal, tax_rate: Decimal) -> Decimal:
    """Return a single line's price with tax, for display beside the line only.

    These do not add up to the document's total, whose tax is rounded once per rate.
    """
    return net + tax_of(base=net, tax_rate=tax_rate)


def totals(lines: Iterable[tuple[Decimal, Decimal]]) -> Totals:
    """Add up lines given as (net in cents, tax rate in percent); rates come out in rising order."""
    bases: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for net, tax_rate in lines:
        bases[tax_rate] += net
    taxes = tuple(
        TaxAmount(rate=rate, base=base, tax=tax_of(base=base, tax_rate=rate))
        for rate, base in sorted(bases.items())
    )
    subtotal = sum((amount.base for amount in taxes), ZERO)
    tax = sum((amount.tax for amount in taxes), ZERO)
    return Totals(subtotal=subtotal, taxes=taxes, tax=tax, total=subtotal + tax)
