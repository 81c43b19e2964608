"""The arithmetic of credit notes, on plain values.

Whatever is credited in whatever order, no tax rate ever gives back more than it billed, and a
credit of everything that is left gives back exactly that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from estimates import pricing
from estimates.pricing import TaxAmount, Totals
from shopdisputes.money import CENT, ZERO, to_cents

_HUNDRED = Decimal("100")


@dataclass(frozen=True, kw_only=True)
class Share:
    """What of one tax rate was billed and is not credited yet, or what a credit takes of it."""

    rate: Decimal
    base: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Base and tax."""
        return self.base + self.tax


def left_of(billed: Iterable[TaxAmount], credited: Iterable[TaxAmount]) -> dict[Decimal, Share]:
    """Return what is left of each rate, rates rising."""
    taken = list(credited)
    return {
        each.rate: Share(
            rate=each.rate,
            base=each.base - sum((note.base for note in taken if note.rate == each.rate), ZERO),
            tax=each.tax - sum((note.tax for note in taken if note.rate == each.rate), ZERO),
        )
        for each in sorted(billed, key=lambda amount: amount.rate)
    }


def total_of(shares: Iterable[Share]) -> Decimal:
    """Return what rates come to together, with tax."""
    return sum((share.gross for share in shares), ZERO)


def by_amount(left: Mapping[Decimal, Share], amount: Decimal) -> list[Share]:
    """Split an amount with tax over the rates in proportion to what is left of each.

    ``amount`` is above zero and at most what is left in all. Cents that do not divide go where
    the remainders are largest. The tax is contained in each part.
    """
    if amount == total_of(left.values()):
        return [share for share in left.values() if share.gross != 0]
    open_ones = [share for share in left.values() if share.gross > 0]
    whole = total_of(open_ones)
    exact = {share.rate: amount * share.gross / whole for share in open_ones}
    parts = {rate: value.quantize(CENT, rounding=ROUND_DOWN) for rate, value in exact.items()}
    missing = int((amount - sum(parts.values(), ZERO)) / CENT)
    by_remainder = sorted(exact, key=lambda rate: (parts[rate] - exact[rate], rate))
    for rate in by_remainder[:missing]:
        parts[rate] += CENT
    return [_contained(left[rate], gross) for rate, gross in parts.items() if gross > 0]


def by_lines(
    left: Mapping[Decimal, Share], lines: Iterable[tuple[Decimal, Decimal]]
) -> list[Share] | None:
    """Add up credited lines, given as (net, tax rate); None where a rate has less left.

    What takes the last of a rate's base takes the last of its tax.
    """
    shares = []
    for wanted in pricing.totals(lines).taxes:
        share = left.get(wanted.rate)
        if share is None or wanted.base > share.base:
            return None
        tax = share.tax if wanted.base == share.base else min(wanted.tax, max(share.tax, ZERO))
        shares.append(Share(rate=wanted.rate, base=wanted.base, tax=tax))
    return shares


def totals_of(shares: Iterable[Share]) -> Totals:
    """Return the sums of a credit note."""
    taxes = tuple(
        TaxAmount(rate=share.rate, base=share.base, tax=share.tax)
        for share in sorted(shares, key=lambda share: share.rate)
    )
    subtotal = sum((each.base for each in taxes), ZERO)
    tax = sum((each.tax for each in taxes), ZERO)
    return Totals(subtotal=subtotal, taxes=taxes, tax=tax, total=subtotal + tax)


def _contained(left: Share, gross: Decimal) -> Share:
    if gross == left.gross:
        return left
    base = min(to_cents(gross * _HUNDRED / (_HUNDRED + left.rate)), left.base)
    tax = min(gross - base, left.tax)
    return Share(rate=left.rate, base=gross - tax, tax=tax)
