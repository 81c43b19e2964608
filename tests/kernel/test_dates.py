"""Days and hours as the shop lives them, across both changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdisputes.dates import (
    SendWindow,
    add_business_days,
    at_local_time,
    end_of_day,
    format_day,
    is_business_day,
    latest_day,
    local_day,
    start_of_day,
)

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    "Europe/Paris",
    "America/Los_Angeles",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
]


def test_the_day_is_the_shops_day_not_utcs() -> None:
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert local_day(moment, zone=PARIS) == date(2026, 3, 2)
    assert local_day(moment, zone=ZoneInfo("America/New_York")) == date(2026, 3, 1)


def test_the_latest_day_on_earth_begins_fourteen_hours_before_utcs() -> None:
    assert latest_day(datetime(2026, 3, 16, 9, 59, 59, tzinfo=UTC)) == date(2026, 3, 16)
    assert latest_day(datetime(2026, 3, 16, 10, 0, tzinfo=UTC)) == date(2026, 3, 17)
    assert latest_day(datetime(2026, 3, 16, 11, 0, tzinfo=ZoneInfo("Europe/Paris"))) == date(
        2026, 3, 17
    )


def test_a_time_that_spring_leaves_out_is_the_first_moment_after_the_gap() -> None:
    moment = at_local_time(date(2026, 3, 29), time(2, 30), zone=PARIS)
    assert moment == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert moment.astimezone(PARIS).time() == time(3, 0)


def test_a_time_that_autumn_repeats_is_its_first_occurrence() -> None:
    assert at_local_time(date(2026, 10, 25), time(2, 30), zone=PARIS) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_as_many_hours_as_it_has(day: date, hours: int) -> None:
    length = end_of_day(day, zone=PARIS) - start_of_day(day, zone=PARIS)
    assert length == timedelta(hours=hours)


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.times(), st.sampled_from(ZONES))
def test_a_wall_clock_time_falls_on_its_day_unless_the_clock_skips_it(
    day: date, clock: time, name: str
) -> None:
    zone = ZoneInfo(name)
    moment = at_local_time(day, clock, zone=zone)
    there = moment.astimezone(zone)
    assert there.date() == day
    # Exact, or moved forward to the end of a gap of at most an hour.
    naive = there.replace(tzinfo=None)
    assert timedelta(0) <= naive - datetime.combine(day, clock) <= timedelta(hours=1)


def test_holidays_and_weekends_are_no_business_days() -> None:
    assert not is_business_day(date(2026, 7, 14), country="FR")
    assert is_business_day(date(2026, 7, 14), country="US")
    assert not is_business_day(date(2026, 11, 21), country="FR")
    assert is_business_day(date(2026, 11, 23), country="ZZ")


def test_business_days_are_counted_over_holidays_and_weekends() -> None:
    # Monday 13 July 2026; the 14th is a holiday in France.
    assert add_business_days(date(2026, 7, 13), 1, country="FR") == date(2026, 7, 15)
    assert add_business_days(date(2026, 7, 10), 2, country="FR") == date(2026, 7, 15)
    assert add_business_days(date(2026, 7, 10), 0, country="FR") == date(2026, 7, 10)


def _window(weekdays: set[int] | None = None) -> SendWindow:
    return SendWindow(
        zone=PARIS,
        country="FR",
        weekdays=frozenset({0, 1, 2, 3, 4} if weekdays is None else weekdays),
        opens=time(9, 0),
        closes=time(18, 0),
    )


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        # Inside the window: at once.
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        # Before it opens: when it opens (9:00 in Paris).
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        # At the very end it is closed: next day.
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        # Saturday: Monday.
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        # Christmas on a Friday: Monday.
        (datetime(2026, 12, 25, 9, 0, tzinfo=UTC), datetime(2026, 12, 28, 8, 0, tzinfo=UTC)),
    ],
)
def test_mail_leaves_in_the_next_slot(now: datetime, slot: datetime) -> None:
    assert _window().next_slot(now) == slot


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        (date(2026, 12, 1), "fr", "1er déc. 2026"),
        (date(2026, 12, 11), "fr", "11 déc. 2026"),
        (date(2026, 12, 1), "en", "Dec 1, 2026"),
        (date(2026, 12, 1), "ru", "1 декабря 2026"),
    ],
)
def test_a_day_is_written_as_its_readers_write_it(day: date, language: str, words: str) -> None:
    assert format_day(day, language=language) == words


def test_a_window_without_days_never_opens() -> None:
    with pytest.raises(ValueError, match="never opens"):
        _window(set()).next_slot(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
