"""Interest for late payment, by days: actual days over 365, on what was owed on each of them.

Arithmetic on plain values. A day counts with what was owed when it began: what is paid ten days
late bears interest for ten days, and a day's interest is known that very day. What is contested on
any part of a day bears none, and no interest bears interest: the caller leaves charges out of the
movements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from shopdisputes.money import ZERO, to_cents

DAYS_OF_A_YEAR = 365
_ONE_DAY = timedelta(days=1)
_PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What is owed changes by a signed amount on a day; it shows from the next day on."""

    on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Contested:
    """An amount (None: all) on which nothing runs, first and last day included.

    ``last_day`` is None while it goes on.
    """

    first_day: date
    last_day: date | None
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days one after another on which the same ``base`` bears interest, both ends included.

    ``rate`` is a year's, in percent.
    """

    first_day: date
    last_day: date
    base: Decimal
    rate: Decimal

    @property
    def days(self) -> int:
        """How many days it is."""
        return (self.last_day - self.first_day).days + 1

    @property
    def amount(self) -> Decimal:
        """The interest of the whole span, rounded once."""
        return to_cents(self.base * self.rate * self.days / (_PERCENT * DAYS_OF_A_YEAR))


def spans(
    *,
    movements: Sequence[Movement],
    contested: Sequence[Contested] = (),
    first_day: date,
    last_day: date,
    rate: Decimal,
) -> tuple[Span, ...]:
    """Return the days from ``first_day`` to ``last_day`` on which interest runs, as few spans.

    Days on which nothing bears interest are left out. Two adjoining calls cover the same days
    with the same bases as one over both; only a span that is cut between them is rounded twice.
    """
    if rate <= 0:
        return ()
    found: list[Span] = []
    for start, following in pairwise(_edges(movements, contested, first_day, last_day)):
        base = base_on(start, movements=movements, contested=contested)
        if base <= 0:
            continue
        end = following - _ONE_DAY
        if found and found[-1].base == base and found[-1].last_day + _ONE_DAY == start:
            start = found.pop().first_day
        found.append(Span(first_day=start, last_day=end, base=base, rate=rate))
    return tuple(found)


def base_on(
    day: date, *, movements: Iterable[Movement], contested: Iterable[Contested] = ()
) -> Decimal:
    """Return what bears interest on a day: what it begins with less what is contested."""
    owed = sum((each.amount for each in movements if each.on < day), ZERO)
    for each in contested:
        if each.first_day <= day and (each.last_day is None or day <= each.last_day):
            owed = ZERO if each.amount is None else owed - each.amount
    return max(owed, ZERO)


def total(found: Iterable[Span]) -> Decimal:
    """Return the interest of spans, each rounded once."""
    return sum((span.amount for span in found), ZERO)


def a_day(base: Decimal, *, rate: Decimal) -> Decimal:
    """Return what one more day costs at present."""
    return to_cents(base * rate / (_PERCENT * DAYS_OF_A_YEAR))


def _edges(
    movements: Iterable[Movement],
    contested: Iterable[Contested],
    first_day: date,
    last_day: date,
) -> list[date]:
    """Return the days on which the base may change, and the day after the last one."""
    end = last_day + _ONE_DAY
    days = {each.on + _ONE_DAY for each in movements}
    for each in contested:
        days.add(each.first_day)
        if each.last_day is not None:
            days.add(each.last_day + _ONE_DAY)
    inside = {day for day in days if first_day < day < end}
    return sorted({first_day, end, *inside}) if first_day <= last_day else []
