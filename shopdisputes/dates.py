"""Days and hours as the shop lives them: local days, business days, holidays, send slots."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from babel.dates import format_date

_ONE_DAY = timedelta(days=1)
#: No place on earth is further ahead of UTC.
_FURTHEST_AHEAD = timedelta(hours=14)
#: Nothing in the product looks further ahead than this for an open day.
_HORIZON_DAYS = 60


def local_day(moment: datetime, *, zone: ZoneInfo) -> date:
    """Return the calendar day of ``moment`` (aware) in the shop's zone."""
    return moment.astimezone(zone).date()


def latest_day(moment: datetime) -> date:
    """Return the latest day that it is anywhere on earth at ``moment`` (aware).

    What is due by then may be due in its shop: ask the shop's own day for each.
    """
    return (moment.astimezone(UTC) + _FURTHEST_AHEAD).date()


def start_of_day(day: date, *, zone: ZoneInfo) -> datetime:
    """Return the UTC moment at which ``day`` begins in ``zone``."""
    return at_local_time(day, time(0, 0), zone=zone)


def end_of_day(day: date, *, zone: ZoneInfo) -> datetime:
    """Return the UTC moment at which ``day`` is over: the first one of the next day."""
    return start_of_day(day + _ONE_DAY, zone=zone)


def at_local_time(day: date, clock: time, *, zone: ZoneInfo) -> datetime:
    """Return a wall-clock time of a local day as a UTC moment.

    A time that the spring change leaves out means the first moment after the gap; one that
    the autumn change repeats means its first occurrence.
    """
    naive = datetime.combine(day, clock)
    moment = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        # In the gap, fold=0 reckons with the offset before the change and lands past it by the
        # time already gone; the first valid moment is the change itself.
        before = naive.replace(tzinfo=zone, fold=0).utcoffset()
        after = naive.replace(tzinfo=zone, fold=1).utcoffset()
        if before is not None and after is not None:
            moment = _change_between(moment - abs(before - after) * 2, moment, zone=zone)
    return moment


def _change_between(early: datetime, late: datetime, *, zone: ZoneInfo) -> datetime:
    """Find by halving, to the second, where the zone's offset changes between two moments."""
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


@lru_cache(maxsize=2000)
def format_day(day: date, *, language: str) -> str:
    """Write a day in words as readers of ``language`` (en, fr, ru) expect it."""
    # Russian would add "г.", which reads as a second full stop at the end of a sentence.
    form = "d MMMM y" if language == "ru" else "medium"
    words = str(format_date(day, form, locale=language))
    # French counts the first of a month, and only that one.
    return words.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else words


@lru_cache(maxsize=64)
def _holidays(country: str) -> Container[date]:
    """Return the public holidays of a country; an unknown country has none."""
    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return frozenset[date]()


def is_holiday(day: date, *, country: str) -> bool:
    """Say whether ``day`` is a public holiday in the ISO 3166 ``country``."""
    return day in _holidays(country)


def is_business_day(day: date, *, country: str) -> bool:
    """Say whether ``day`` is Monday to Friday and not a public holiday."""
    return day.weekday() < 5 and not is_holiday(day, country=country)


def add_business_days(day: date, count: int, *, country: str) -> date:
    """Return the ``count``-th business day after ``day``."""
    while count > 0:
        day += _ONE_DAY
        if is_business_day(day, country=country):
            count -= 1
    return day


@dataclass(frozen=True, kw_only=True)
class SendWindow:
    """When a shop lets automated mail leave: weekdays (0 = Monday), local hours, no holidays."""

    zone: ZoneInfo
    country: str
    weekdays: frozenset[int]
    opens: time
    closes: time

    def is_open(self, moment: datetime) -> bool:
        """Say whether mail may leave at ``moment``, by the clock on the shop's wall."""
        local = moment.astimezone(self.zone)
        return (
            self.opens <= local.time() < self.closes
            and local.weekday() in self.weekdays
            and not is_holiday(local.date(), country=self.country)
        )

    def next_slot(self, moment: datetime) -> datetime:
        """Return the first UTC moment at or after ``moment`` that lies in the window.

        Raises:
            ValueError: the window has no open day in the coming weeks.
        """
        day = local_day(moment, zone=self.zone)
        for _ in range(_HORIZON_DAYS):
            if day.weekday() in self.weekdays and not is_holiday(day, country=self.country):
                opens = at_local_time(day, self.opens, zone=self.zone)
                closes = at_local_time(day, self.closes, zone=self.zone)
                if moment < closes:
                    return max(moment, opens)
            day += _ONE_DAY
        raise ValueError("the send window never opens")
