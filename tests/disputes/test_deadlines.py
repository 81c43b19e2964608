"""How long people have: 48 hours of business days, and seven days of the shop's calendar."""

from datetime import UTC, date, datetime

import pytest

from disputes import deadlines
from shopdisputes.shops.models import Shop


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        pytest.param(utc(2026, 3, 16, 9, 30), utc(2026, 3, 18, 9, 30), id="on a Monday"),
        pytest.param(utc(2026, 3, 16, 9, 30, 59), utc(2026, 3, 18, 9, 30), id="to the minute"),
        pytest.param(utc(2026, 3, 20, 14, 0), utc(2026, 3, 24, 14, 0), id="over a weekend"),
        # Clocks go forward on Sunday, 29 March: 15:00 in Paris stays 15:00.
        pytest.param(utc(2026, 3, 27, 14, 0), utc(2026, 3, 31, 13, 0), id="into summer time"),
        pytest.param(utc(2026, 10, 23, 13, 0), utc(2026, 10, 27, 14, 0), id="out of summer time"),
        pytest.param(utc(2026, 3, 28, 11, 0), utc(2026, 3, 31, 21, 59), id="on a Saturday"),
        # Late on Sunday in UTC it is Monday in Paris.
        pytest.param(utc(2026, 3, 15, 23, 30), utc(2026, 3, 17, 23, 30), id="after midnight"),
        pytest.param(utc(2026, 4, 2, 14, 0), utc(2026, 4, 7, 14, 0), id="over Easter Monday"),
        pytest.param(utc(2026, 4, 6, 9, 0), utc(2026, 4, 8, 21, 59), id="on a holiday"),
        pytest.param(
            utc(2026, 11, 11, 9, 0), utc(2026, 11, 13, 22, 59), id="on a holiday before a weekend"
        ),
    ],
)
def test_the_shop_has_48_hours_of_business_days(asked: datetime, until: datetime) -> None:
    shop = Shop(timezone="Europe/Paris", country="FR")

    assert deadlines.answer_by(asked, shop=shop) == until


def test_the_customer_has_seven_days_of_the_shop() -> None:
    shop = Shop(timezone="Pacific/Auckland", country="NZ")

    # Already the 17th in Auckland.
    assert deadlines.customer_until(utc(2026, 3, 16, 12, 0), shop=shop) == date(2026, 3, 24)
