"""The arithmetic of what may be asked for, on plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from invoices.states import HoldKind
from shopdisputes.money import ZERO

#: What the customer contests.
DISPUTED = frozenset({HoldKind.DISPUTE, HoldKind.REWORK, HoldKind.CHARGEBACK})


@dataclass(frozen=True, kw_only=True)
class HeldAmount:
    """One hold: its kind, and how much of the balance it keeps back (None: all of it)."""

    kind: str
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a balance is made up; the five parts add up to it, none is below zero.

    ``planned`` are instalments that are not due yet, ``held`` is kept back for other reasons.
    ``collectible`` is what a reminder may ask for and a pay link may show.
    """

    balance: Decimal
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    planned: Decimal = ZERO
    held: Decimal = ZERO

    @property
    def collectible(self) -> Decimal:
        """What is owed and held by nothing."""
        return self.balance - self.disputed - self.promised - self.planned - self.held


def figures(
    *, balance: Decimal, holds: Iterable[HeldAmount], not_yet_due: Decimal = ZERO
) -> Figures:
    """Split a balance by what holds it.

    ``not_yet_due`` is the sum of a running plan's instalments of later days: payments cover the
    earliest ones first, so that what is left of a balance is the later ones. Where holds
    together exceed the balance (money came in meanwhile), disputes come first, then promises,
    then plans; a hold on everything takes what the others leave.
    """
    known = list(holds)
    if not known and not not_yet_due:
        return Figures(balance=balance)
    left = balance
    parts = {"disputed": ZERO, "promised": ZERO, "planned": ZERO, "held": ZERO}
    wanted = [
        *((part, hold.amount) for part, hold in _sorted(known) if hold.amount is not None),
        *([("planned", not_yet_due)] if not_yet_due else []),
        *((part, None) for part, hold in _sorted(known) if hold.amount is None),
    ]
    order = list(parts)
    for part, amount in sorted(wanted, key=lambda entry: (entry[1] is None, order.index(entry[0]))):
        taken = left if amount is None else min(left, amount)
        parts[part] += taken
        left -= taken
    return Figures(balance=balance, **parts)


def _sorted(holds: Iterable[HeldAmount]) -> list[tuple[str, HeldAmount]]:
    # What a plan keeps back follows from its instalments and the day, not from its hold's amount.
    return [(_part(hold.kind), hold) for hold in holds if hold.kind != HoldKind.PLAN]


def _part(kind: str) -> str:
    if kind in DISPUTED:
        return "disputed"
    return "promised" if kind == HoldKind.PROMISE else "held"
