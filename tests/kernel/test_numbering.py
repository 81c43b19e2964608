"""Numbers without gaps and without doubles, also when many take them at once and some roll back."""

from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from shopdisputes.audit import services as audit
from shopdisputes.shops.models import Counter, Shop
from shopdisputes.shops.numbering import next_number
from tests.factories import NOW, ShopFactory
from tests.races import overtake

YEAR = 2026


class Rollback(Exception):
    """Somebody changed their mind after the number was taken."""


@transaction.atomic
def _take_and_change_mind(shop: Shop) -> None:
    next_number(shop=shop, series="EST", year=YEAR)
    raise Rollback


def test_numbers_count_up_per_series_and_year(shop: Shop) -> None:
    assert next_number(shop=shop, series="EST", year=2026) == "EST-2026-0001"
    assert next_number(shop=shop, series="EST", year=2026) == "EST-2026-0002"
    assert next_number(shop=shop, series="RO", year=2026) == "RO-2026-0001"
    assert next_number(shop=shop, series="EST", year=2027) == "EST-2027-0001"


def test_each_shop_counts_for_itself(shop: Shop) -> None:
    next_number(shop=shop, series="EST", year=YEAR)
    assert next_number(shop=ShopFactory(), series="EST", year=YEAR) == "EST-2026-0001"


def test_numbers_grow_beyond_four_digits(shop: Shop) -> None:
    next_number(shop=shop, series="EST", year=YEAR)
    Counter.objects.for_shop(shop).update(last=9999)
    assert next_number(shop=shop, series="EST", year=YEAR) == "EST-2026-10000"


@pytest.mark.django_db(transaction=True)
def test_a_number_is_refused_outside_a_transaction() -> None:
    shop = ShopFactory()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        next_number(shop=shop, series="EST", year=YEAR)
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_its_number_back() -> None:
    shop = ShopFactory()
    with pytest.raises(Rollback):
        _take_and_change_mind(shop)
    with transaction.atomic():
        assert next_number(shop=shop, series="EST", year=YEAR) == "EST-2026-0001"


def _issue(shop: Shop) -> str:
    with transaction.atomic():
        number = next_number(shop=shop, series="EST", year=YEAR)
        audit.record(shop=shop, action="shop.changed", target=shop, by=_by(), at=NOW)
        return number


def _by() -> audit.Actor:
    return audit.Actor(role="advisor", name="Front desk")


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first_and_takes_the_next_number() -> None:
    shop = ShopFactory()
    first, second = overtake(
        lambda: _issue(shop), lambda: _issue(shop), pause_in="shopdisputes.audit.services.record"
    )
    assert first.result() == "EST-2026-0001"
    assert second.result() == "EST-2026-0002"


def _naive(shop: Shop) -> str:
    """Read, add one, write: what numbering would be without the raising UPDATE."""
    with transaction.atomic():
        Counter.objects.get_or_create(shop=shop, series="EST", year=YEAR)
        last = Counter.objects.for_shop(shop).get(series="EST", year=YEAR).last + 1
        audit.record(shop=shop, action="shop.changed", target=shop, by=_by(), at=NOW)
        Counter.objects.for_shop(shop).filter(series="EST").update(last=last)
        return f"EST-{YEAR}-{last:04d}"


@pytest.mark.django_db(transaction=True)
def test_without_the_raising_update_both_get_the_same_number() -> None:
    shop = ShopFactory()
    Counter.objects.create(shop=shop, series="EST", year=YEAR)
    first, second = overtake(
        lambda: _naive(shop), lambda: _naive(shop), pause_in="shopdisputes.audit.services.record"
    )
    assert first.result() == second.result() == "EST-2026-0001"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_rollbacks_leave_no_gap_and_no_double() -> None:
    shop = ShopFactory()

    def attempt(turn: int) -> str | None:
        try:
            with transaction.atomic():
                number = next_number(shop=shop, series="EST", year=YEAR)
                if turn % 5 == 0:
                    raise Rollback
                return number
        except Rollback:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = [number for number in pool.map(attempt, range(300)) if number]
    expected = [f"EST-{YEAR}-{position:04d}" for position in range(1, 241)]
    assert sorted(numbers) == expected
    assert max(Tally(numbers).values()) == 1
