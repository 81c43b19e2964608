"""The health of reminders: age of what nobody has looked at, and what nobody can know."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from dunning import progress
from tests.factories import (
    DunningPositionFactory,
    DunningSettingsFactory,
    InvoiceFactory,
    ReminderFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

#: A Monday; in Paris it is one hour later.
MONDAY = date(2026, 3, 16)


def look_on(day: date, **shop: object) -> None:
    """Have an invoice looked at on a day."""
    DunningPositionFactory(invoice=InvoiceFactory(issued=True, **shop), look_on=day)


def waits(hour: int, minute: int = 0) -> float:
    """Return the age of the oldest at a time of Monday, in UTC."""
    return progress.backlog(datetime(2026, 3, 16, hour, minute, tzinfo=UTC))["oldest_due_seconds"]


def test_what_was_left_on_friday_waits_from_mondays_first_hour_on() -> None:
    look_on(date(2026, 3, 13))
    assert waits(7, 59) == 0.0
    assert waits(8, 10) == 600.0
    # The shop is closed: nobody could take it up.
    assert waits(17) == 0.0


def test_what_was_woken_today_does_not_wait_since_the_morning() -> None:
    look_on(MONDAY)
    assert waits(16) == 0.0


def test_a_paused_shop_waits_for_nothing() -> None:
    shop = ShopFactory()
    DunningSettingsFactory(shop=shop, paused=True)
    look_on(date(2026, 3, 13), shop=shop)
    assert waits(12) == 0.0


def test_the_health_page_tells_of_reminders_and_is_alarmed_when_nobody_plans() -> None:
    ReminderFactory(in_doubt=True)
    ReminderFactory(sent=True)
    shown = Client().get("/healthz/progress/")
    assert shown.status_code == 200
    assert shown.json()["reminders"] == {"oldest_due_seconds": 0.0, "in_doubt": 1}

    look_on(date(2026, 3, 13))
    assert Client().get("/healthz/progress/").status_code == 503
