"""Storage, day by day, on plain values: what a day in the yard costs, and why.

All days are the shop's local days; no moment and no time zone comes in here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from invoices.states import StorageDayState
from shopdisputes import dates
from shopdisputes.money import ZERO

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days that do not count, first and last included; ``last`` None: until further notice."""

    first: date
    last: date | None
    why: str = ""

    def holds(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day in the yard. ``amount`` is before tax; ``billed``: it stands on an invoice."""

    on: date
    state: StorageDayState
    amount: Decimal
    why: str = ""
    billed: bool = False


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days in a row of which all is the same."""

    first: date
    last: date
    state: StorageDayState
    amount: Decimal
    why: str
    billed: bool

    @property
    def count(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def first_day(*, notice_on: date, free_days: int, free_business_days: int, country: str) -> date:
    """Return the first day that may cost something.

    The day of the notice is free, then as many days as the shop gives, and never fewer business
    days than the place asks for.
    """
    given = notice_on + timedelta(days=free_days)
    asked_for = dates.add_business_days(notice_on, free_business_days, country=country)
    return max(given, asked_for) + _ONE_DAY


def days(
    *,
    ready_on: date,
    notice_on: date,
    first_day: date,
    daily_rate: Decimal,
    suspensions: Iterable[Span] = (),
    until: date,
    billed_until: date | None = None,
) -> list[Day]:
    """Reckon every day from ``ready_on`` to ``until``, both included; none when it lies before.

    Before the notice nothing counts, from then on nothing before ``first_day``, and no day of a
    suspension. Every other day costs ``daily_rate``, before tax; those up to ``billed_until``
    are billed already.
    """
    spans = list(suspensions)
    found = []
    day = ready_on
    while day <= until:
        found.append(
            _day(
                day,
                notice_on=notice_on,
                first_day=first_day,
                daily_rate=daily_rate,
                spans=spans,
                billed_until=billed_until,
            )
        )
        day += _ONE_DAY
    return found


def stretches(reckoned: Sequence[Day]) -> list[Stretch]:
    """Join days in a row of which all is the same."""
    if not reckoned:
        return []
    edges = [
        number
        for number, (day, following) in enumerate(pairwise(reckoned), start=1)
        if _kind(day) != _kind(following)
    ]
    return [
        Stretch(
            first=reckoned[start].on,
            last=reckoned[end - 1].on,
            state=reckoned[start].state,
            amount=amount_of(reckoned[start:end]),
            why=reckoned[start].why,
            billed=reckoned[start].billed,
        )
        for start, end in pairwise([0, *edges, len(reckoned)])
    ]


def counted(reckoned: Iterable[Day]) -> list[Day]:
    """Return the days that cost something."""
    return [day for day in reckoned if day.state == StorageDayState.COUNTED]


def unbilled(reckoned: Iterable[Day]) -> list[Day]:
    """Return the days that cost something and stand on no invoice."""
    return [day for day in counted(reckoned) if not day.billed]


def amount_of(reckoned: Iterable[Day]) -> Decimal:
    """Return what days cost together, before tax."""
    return sum((day.amount for day in reckoned), ZERO)


def _day(
    day: date,
    *,
    notice_on: date,
    first_day: date,
    daily_rate: Decimal,
    spans: Sequence[Span],
    billed_until: date | None,
) -> Day:
    if day < notice_on:
        return Day(on=day, state=StorageDayState.BEFORE_NOTICE, amount=ZERO)
    if day < first_day:
        return Day(on=day, state=StorageDayState.FREE, amount=ZERO)
    for span in spans:
        if span.holds(day):
            return Day(on=day, state=StorageDayState.SUSPENDED, amount=ZERO, why=span.why)
    return Day(
        on=day,
        state=StorageDayState.COUNTED,
        amount=daily_rate,
        billed=billed_until is not None and day <= billed_until,
    )


def _kind(day: Day) -> tuple[StorageDayState, str, bool]:
    return day.state, day.why, day.billed
