"""Two years of forty time zones, hour by hour: nothing missed, nothing doubled, nothing at night.

The clockwork is played on plain values, then for some zones with the real planner in the database.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dunning.models import Reminder
from dunning.schedule import Standing, day_of, look
from dunning.services import planning
from shopdisputes.dates import SendWindow, is_holiday
from tests.factories import DunningPositionFactory, LadderFactory, ShopFactory

#: Half hours, quarters, both sides of the date line, changes on Saturdays and at midnight.
ZONES = {
    "Africa/Cairo": "EG",
    "Africa/Casablanca": "MA",
    "Africa/Johannesburg": "ZA",
    "Africa/Lagos": "NG",
    "America/Anchorage": "US",
    "America/Argentina/Buenos_Aires": "AR",
    "America/Asuncion": "PY",
    "America/Bogota": "CO",
    "America/Chicago": "US",
    "America/Havana": "CU",
    "America/Los_Angeles": "US",
    "America/Mexico_City": "MX",
    "America/New_York": "US",
    "America/Nuuk": "GL",
    "America/Phoenix": "US",
    "America/Santiago": "CL",
    "America/Sao_Paulo": "BR",
    "America/St_Johns": "CA",
    "Asia/Beirut": "LB",
    "Asia/Dubai": "AE",
    "Asia/Jerusalem": "IL",
    "Asia/Kathmandu": "NP",
    "Asia/Kolkata": "IN",
    "Asia/Tehran": "IR",
    "Asia/Tokyo": "JP",
    "Asia/Yangon": "MM",
    "Atlantic/Azores": "PT",
    "Atlantic/Reykjavik": "IS",
    "Australia/Adelaide": "AU",
    "Australia/Lord_Howe": "AU",
    "Australia/Sydney": "AU",
    "Europe/Berlin": "DE",
    "Europe/London": "GB",
    "Europe/Moscow": "RU",
    "Europe/Paris": "FR",
    "Pacific/Apia": "WS",
    "Pacific/Auckland": "NZ",
    "Pacific/Chatham": "NZ",
    "Pacific/Kiritimati": "KI",
    "Pacific/Pago_Pago": "AS",
}
#: Of the database's run: Lord Howe goes back by half an hour, the others by one, on that weekend.
IN_THE_DATABASE = (
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
)
OPENS, CLOSES = time(9), time(18)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = 2 * 365 * 24


@dataclass(frozen=True)
class Rung:
    key: int
    offset_days: int


STEPS = tuple(Rung(key, offset) for key, offset in enumerate((-3, 3, 10, 20, 30), start=1))


@dataclass
class Owed:
    """An invoice on its way up the ladder."""

    standing: Standing
    look_on: date
    taken: list[tuple[int, datetime]] = field(default_factory=list)


Rule = Callable[[Owed, date], int | None]


def due(owed: Owed, today: date) -> int | None:
    """The product's rule: a step is due from its day on."""
    return look(STEPS, owed.standing, today=today).due


def due_exactly_today(owed: Owed, today: date) -> int | None:
    """The naive rule: a step is due on its day."""
    days = {day_of(step, owed.standing): index for index, step in enumerate(STEPS)}
    index = days.get(today)
    taken = {key for key, _moment in owed.taken}
    return index if index is not None and STEPS[index].key not in taken else None


def window_of(zone: str, country: str) -> SendWindow:
    return SendWindow(
        zone=ZoneInfo(zone),
        country=country,
        weekdays=frozenset(range(5)),
        opens=OPENS,
        closes=CLOSES,
    )


def play(window: SendWindow, rule: Rule) -> list[Owed]:
    """Two years, the clockwork running once an hour; an invoice is due every eleventh day."""
    first = BEGIN.astimezone(window.zone).date()
    owing = [
        Owed(
            standing=Standing(base_on=day, begun_on=day - timedelta(days=14)),
            look_on=day - timedelta(days=14),
        )
        for day in (first + timedelta(days=number) for number in range(20, 680, 11))
    ]
    for hour in range(HOURS):
        moment = BEGIN + timedelta(hours=hour)
        if not window.is_open(moment):
            continue
        today = moment.astimezone(window.zone).date()
        for owed in owing:
            if owed.look_on > today:
                continue
            index = rule(owed, today)
            if index is not None:
                step = STEPS[index]
                owed.taken.append((step.key, moment))
                owed.standing = replace(
                    owed.standing, reached_key=step.key, reached_offset=step.offset_days
                )
            ahead = look(STEPS, owed.standing, today=today).next_on
            owed.look_on = today + timedelta(days=1) if rule is not due else ahead or date.max
    return owing


def first_open_day(day: date, window: SendWindow) -> date:
    """Found without the product's own window."""
    while day.weekday() > 4 or is_holiday(day, country=window.country):
        day += timedelta(days=1)
    return day


def expected(owed: Owed, window: SendWindow) -> list[tuple[int, date]]:
    """Each step on the first open day from its own day on, of several on one day the latest."""
    by_day: dict[date, int] = {}
    for step in STEPS:
        day = first_open_day(owed.standing.base_on + timedelta(days=step.offset_days), window)
        if step.offset_days >= 0 or day <= owed.standing.base_on:
            by_day[day] = step.key
    return [(key, day) for day, key in sorted(by_day.items())]


@pytest.mark.parametrize("zone", ZONES)
def test_nothing_is_missed_doubled_or_sent_at_night(zone: str) -> None:
    window = window_of(zone, ZONES[zone])
    for owed in play(window, due):
        local = [(key, moment.astimezone(window.zone)) for key, moment in owed.taken]
        assert [(key, moment.date()) for key, moment in local] == expected(owed, window)
        assert all(OPENS <= moment.time() < CLOSES for _key, moment in local)


def test_a_rule_of_exactly_today_misses_steps() -> None:
    window = window_of("Europe/Berlin", "DE")
    missed = sum(
        len(expected(owed, window)) - len(owed.taken) for owed in play(window, due_exactly_today)
    )
    assert missed > 60


def test_forty_zones_are_looked_at() -> None:
    assert len(ZONES) == 40


@pytest.mark.django_db
def test_the_planner_does_the_same_over_a_change_of_clocks() -> None:
    begin = datetime(2026, 4, 3, tzinfo=UTC)
    shops = {}
    for zone in IN_THE_DATABASE:
        shop = ShopFactory(timezone=zone, country=ZONES[zone])
        LadderFactory(shop=shop, default=True)
        shops[shop.pk] = window_of(zone, ZONES[zone])
        for day in range(4):
            DunningPositionFactory(
                shop=shop,
                invoice__shop=shop,
                invoice__due_on=date(2026, 4, 1) + timedelta(days=day),
                begun_on=date(2026, 3, 20),
            )
    planned: Counter[tuple[object, int]] = Counter()
    for hour in range(5 * 24):
        planning.plan(at=begin + timedelta(hours=hour))
    for reminder in Reminder.objects.exclude(status="skipped").select_related("invoice"):
        window = shops[reminder.shop_id]
        local = reminder.created_at.astimezone(window.zone)
        assert OPENS <= local.time() < CLOSES
        step_day = reminder.invoice.due_on + timedelta(days=reminder.step.offset_days)
        opened = max(begin.astimezone(window.zone).date(), step_day)
        assert local.date() == first_open_day(opened, window) == reminder.planned_on
        planned[reminder.invoice_id, reminder.step_key] += 1
    assert set(planned.values()) == {1}
    friendly = Reminder.objects.filter(step_key=2)
    assert friendly.count() == len(IN_THE_DATABASE) * 4
