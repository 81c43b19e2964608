"""The agenda: beside who follows up what, everything else that is due at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shopdisputes.shops.models import Shop
from tests.estimates.staff import browser_of, text_of
from tests.factories import staff
from tests.factories.disputes import DisputeCaseFactory, ReworkRequestFactory

pytestmark = pytest.mark.django_db

AGENDA = reverse("dispute-agenda")


@pytest.fixture
def desk(shop: Shop) -> Client:
    return browser_of(shop)


def told(desk: Client, **asked: Any) -> list[tuple[bool, list[str]]]:
    """What else is due, by day: whether it is late, and the details of its rows."""
    page = desk.get(AGENDA, asked)
    return [(day.late, [item.detail for item in day.items]) for day in page.context["others"]]


def test_deadlines_stand_beside_follow_ups_by_day_with_the_late_ones_first(
    desk: Client, shop: Shop
) -> None:
    now = timezone.now()
    soon = ReworkRequestFactory(shop=shop, asked_at=now - timedelta(hours=1))
    late = ReworkRequestFactory(shop=shop, asked_at=now - timedelta(days=4))
    case = DisputeCaseFactory(shop=shop, opened_at=now)
    ours, theirs = ([f"{each.number} · {each.invoice.number}"] for each in (soon, late))

    assert told(desk) == [(True, theirs), (False, ours)]
    assert told(desk, when="late") == [(True, theirs)]
    assert told(desk, when="today") == []
    assert told(desk, when="week") == [(True, theirs), (False, ours)]
    assert told(desk, person="nobody") == told(desk)
    assert told(desk, person=str(staff(shop).pk)) == []
    assert text_of(desk.get(AGENDA)).count(f"Follow up {case.number}") == 0
