"""Deferred work: what is still to be offered again, and to whom."""

from datetime import timedelta
from decimal import Decimal

import pytest

from estimates import deferred
from estimates.pricing import LineInput
from shopdisputes.shops.models import Shop
from tests.estimates import stages
from tests.estimates.stages import BRAKES, LATER, NO, YES
from tests.factories import (
    NOW,
    CustomerFactory,
    RepairOrderFactory,
    ShopFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db


def found(shop: Shop, words: str = "") -> list[tuple[str, str]]:
    return [
        (answer.line.description, answer.answer) for answer in deferred.work(shop=shop, words=words)
    ]


def test_lists_what_was_put_off_or_declined_with_whose_and_how_much() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    (answer,) = deferred.work(shop=revision.shop)
    order = revision.estimate.repair_order
    assert answer.line.description == "Front brake pads, set"
    assert deferred.customer_of(answer) == order.customer
    assert deferred.vehicle_of(answer) == order.vehicle
    assert deferred.put_off_at(answer) == NOW
    assert deferred.amount_of(answer) == Decimal("69.48")


def test_the_newest_comes_first() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    later = NOW + timedelta(days=1)
    other = stages.sent(order=revision.estimate.repair_order, at=later)
    stages.answer(other, NO, YES, at=later)
    assert found(revision.shop) == [
        ("Replace the front brake pads", NO),
        ("Front brake pads, set", LATER),
    ]


def test_what_was_authorized_after_all_is_gone() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    stages.record(revision, answers={stages.lines_of(revision)[1].pk: YES})
    assert found(revision.shop) == []


def test_the_last_word_over_revisions_counts() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first)
    assert found(first.shop) == [("Front brake pads, set", LATER)]
    stages.answer(second, answers={stages.lines_of(second)[1].pk: NO})
    assert found(first.shop) == [("Front brake pads, set", NO)]


def test_a_declined_discount_is_no_work() -> None:
    discount = LineInput(kind="discount", description="Loyalty", unit_price=Decimal("-5.00"))
    revision = stages.sent(*BRAKES, discount)
    stages.answer(revision, YES, YES, NO)
    assert found(revision.shop) == []


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("pads", 1),
        ("clio pads", 1),
        ("dupont", 1),
        ("xy987", 1),
        ("xy-987 set", 1),
        ("EST-2026", 1),
        ("-", 1),
        ("discs", 0),
        ("dupont discs", 0),
    ],
)
def test_is_found_by_line_customer_vehicle_and_number(words: str, hits: int) -> None:
    shop = ShopFactory()
    vehicle = VehicleFactory(
        customer=CustomerFactory(shop=shop, name="Zoé Dupont"), plate="XY-987-ZZ"
    )
    revision = stages.sent(order=RepairOrderFactory(vehicle=vehicle))
    stages.answer(revision, YES, LATER)
    assert len(found(shop, words)) == hits


def test_another_shop_sees_none_of_it() -> None:
    stages.answer(stages.sent(), YES, LATER)
    assert found(ShopFactory()) == []
