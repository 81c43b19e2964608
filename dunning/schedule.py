"""Which step is due on a day, and when the next one will be: arithmetic on plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class Rung(Protocol):
    """What matters of a step here."""

    @property
    def key(self) -> int: ...

    @property
    def offset_days(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an invoice stands: from which day steps count, and which was taken last."""

    base_on: date
    #: Steps whose day is before it were never to be taken: the invoice did not exist.
    begun_on: date
    reached_key: int | None = None
    reached_offset: int | None = None
    pay_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is to be done: ``due`` now with what it makes needless, and what comes ``next``.

    All are positions in the steps that were asked about. ``next_on`` is the day of ``next``,
    never before tomorrow; both are None at the end of the ladder.
    """

    due: int | None
    missed: tuple[int, ...]
    next: int | None
    next_on: date | None


def look(steps: Sequence[Rung], standing: Standing, *, today: date) -> Outlook:
    """Say what is due on ``today``: the latest step whose day has come, never an earlier one too.

    ``steps`` are in order of their days. A step before the due day is only taken until that
    day: afterwards it would announce what has happened. After a reminder that gave time to pay,
    nothing is due until that time is over.
    """
    ahead = [index for index in _ahead(steps, standing) if _is_alive(steps[index], standing, today)]
    come = [index for index in ahead if day_of(steps[index], standing) <= today]
    due = come[-1] if come else None
    following = [index for index in ahead if due is None or index > due]
    upcoming = following[0] if following else None
    return Outlook(
        due=due,
        missed=tuple(come[:-1]),
        next=upcoming,
        next_on=None
        if upcoming is None
        else max(day_of(steps[upcoming], standing), today + timedelta(days=1)),
    )


def day_of(step: Rung, standing: Standing) -> date:
    """Return the day on which a step's time comes, whatever the shop's opening days."""
    day = standing.base_on + timedelta(days=step.offset_days)
    if standing.pay_by is not None and day <= standing.pay_by:
        return standing.pay_by + timedelta(days=1)
    return day


def _ahead(steps: Sequence[Rung], standing: Standing) -> list[int]:
    """Return the steps that come after the one taken last, in the ladder as it is now."""
    keys = [step.key for step in steps]
    if standing.reached_key in keys:
        return list(range(keys.index(standing.reached_key) + 1, len(steps)))
    if standing.reached_offset is None:
        return list(range(len(steps)))
    # The step is gone from the ladder: its day still says how far the customer was reminded.
    return [index for index, step in enumerate(steps) if step.offset_days > standing.reached_offset]


def is_over(offset_days: int, *, base_on: date, today: date) -> bool:
    """Say whether a step would announce a day that has passed."""
    return offset_days < 0 and base_on < today


def _is_alive(step: Rung, standing: Standing, today: date) -> bool:
    if step.offset_days >= 0:
        return True
    announced = standing.base_on + timedelta(days=step.offset_days)
    return announced >= standing.begun_on and not is_over(
        step.offset_days, base_on=standing.base_on, today=today
    )
