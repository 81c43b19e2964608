"""The coming two weeks, played forward: what leaves, what is kept back, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dunning import forecast, laddering
from dunning.models import Ladder, Reminder
from dunning.services import planning
from dunning.states import Channel
from invoices.models import DunningPosition
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    HoldFactory,
    LadderFactory,
    LadderVersionFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def shop() -> Shop:
    made = ShopFactory()
    LadderFactory(shop=made, default=True)
    return made


def owed(shop: Shop, days: int, **facts: object) -> DunningPosition:
    """An invoice that has been due for so many days."""
    due_on = TODAY - timedelta(days=days)
    return DunningPositionFactory(
        shop=shop,
        invoice__shop=shop,
        invoice__due_on=due_on,
        begun_on=due_on - timedelta(days=14),
        **facts,
    )


def told(days: list[forecast.Day]) -> list[tuple[int, str, list[tuple[int, bool]]]]:
    """The days from today, channels, and the steps with whether they leave."""
    return [
        (
            (day.day - TODAY).days,
            str(message.channel),
            [(line.step.key, line.reason is None) for line in message.lines],
        )
        for day in days
        for message in day.messages
    ]


def test_steps_come_on_their_days_and_nothing_is_written(shop: Shop) -> None:
    owed(shop, 3)

    days = forecast.days(shop, NOW)

    assert len(days) == 14
    assert [day.is_open for day in days] == [True] * 5 + [False] * 2 + [True] * 5 + [False] * 2
    assert told(days) == [(0, "email", [(2, True)]), (7, "email", [(3, True)])]
    assert Reminder.objects.count() == 0


def test_invoices_of_a_payer_share_a_message(shop: Shop) -> None:
    customer = CustomerFactory(shop=shop)
    for days in (3, 10):
        owed(shop, days, invoice__customer=customer)
    first = forecast.days(shop, NOW)[0]
    assert [message.customer for message in first.messages] == [customer]
    assert sorted(line.step.key for line in first.messages[0].lines) == [2, 3]
    assert [line.amount for line in first.messages[0].lines] == [Decimal("120.00")] * 2


def test_what_is_kept_back_is_told_once_with_its_reason_until_it_is_over(shop: Shop) -> None:
    position = owed(shop, 3)
    HoldFactory(
        invoice=position.invoice, kind="legal", amount=None, expires_at=NOW + timedelta(days=2)
    )
    days = forecast.days(shop, NOW)
    assert told(days)[:2] == [(0, "email", [(2, False)]), (3, "email", [(2, True)])]
    [line] = days[0].messages[0].lines
    assert line.reason == "All of it is held. Legal matter (until Mar 18, 2026)"


def test_what_is_held_of_what_is_asked_for_is_told_beside_it(shop: Shop) -> None:
    position = owed(shop, 3)
    HoldFactory(invoice=position.invoice, kind="legal", amount=Decimal("20.00"))
    [line] = forecast.days(shop, NOW)[0].messages[0].lines
    assert (line.amount, line.reason) == (Decimal("100.00"), None)
    assert line.held == "€20.00 is held: Legal matter."


def test_another_version_is_played_without_being_in_force(shop: Shop) -> None:
    owed(shop, 3)
    ladder = shop_ladder(shop)
    steps = ({"offset_days": 5, "channel": Channel.CALL},)
    version = LadderVersionFactory(ladder=ladder, steps=steps)
    other = {ladder.pk: laddering.ordered(version)}
    version_now = ladder.versions.get(number=1)

    days = forecast.days(shop, NOW, versions=other)
    before = forecast.days(shop, NOW, versions={ladder.pk: laddering.ordered(version_now)})

    assert told(days) == [(2, "call", [(1, True)])]
    assert told(before) == [(0, "email", [(2, True)]), (7, "email", [(3, True)])]


def test_a_version_that_goes_on_behind_the_end_is_played_for_what_stands_there(shop: Shop) -> None:
    owed(shop, 40, reached_key=5, reached_offset=30, look_on=None, ended_at=NOW)
    ladder = shop_ladder(shop)
    now = laddering.ordered(ladder.versions.get())
    longer = LadderVersionFactory(ladder=ladder, steps=({"offset_days": 45, "key": 6},))

    assert told(forecast.days(shop, NOW, versions={ladder.pk: now})) == []
    later = {ladder.pk: laddering.ordered(longer)}
    assert told(forecast.days(shop, NOW, versions=later)) == [(7, "email", [(6, True)])]


def shop_ladder(shop: Shop) -> Ladder:
    return Ladder.objects.for_shop(shop).get()


def test_what_it_says_of_today_is_what_the_planner_does(shop: Shop) -> None:
    for days in (-3, 2, 3, 11, 31):
        owed(shop, days)
    expected = {
        (line.invoice.pk, line.step.key, line.asks)
        for message in forecast.days(shop, NOW)[0].messages
        for line in message.lines
        if line.reason is None
    }

    planning.plan(at=NOW)

    rows = Reminder.objects.exclude(status="skipped")
    assert {
        (row.invoice_id, row.step_key, row.status == "awaiting_approval") for row in rows
    } == expected
    assert {row.planned_on for row in rows} == {local_day(NOW, zone=shop.zone)}
