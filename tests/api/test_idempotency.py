"""A POST that is repeated."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from shopdisputes.api.models import IdempotencyRecord
from shopdisputes.api.tasks import forget_keys
from shopdisputes.customers.models import Customer
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import RepairOrderFactory, ShopFactory, VehicleFactory
from tests.races import overtake

pytestmark = pytest.mark.django_db


def test_the_same_key_and_body_act_once_and_answer_alike(api: Program) -> None:
    first = api.post("customers/", {"name": "Ann", "email": "a@x.example"}, Idempotency_Key="k")
    second = api.post("customers/", {"email": "a@x.example", "name": "Ann"}, Idempotency_Key="k")

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_without_a_key_the_same_body_acts_twice(api: Program) -> None:
    api.post("customers/", {"name": "Ann"})
    api.post("customers/", {"name": "Ann"})

    assert Customer.objects.count() == 2


def test_the_answer_stays_although_the_row_has_changed(api: Program) -> None:
    first = api.post("customers/", {"name": "Ann"}, Idempotency_Key="k").json()
    api.patch(f"customers/{first['id']}/", {"name": "Anna"})

    assert api.post("customers/", {"name": "Ann"}, Idempotency_Key="k").json() == first


def test_the_same_key_with_another_body_is_422(api: Program) -> None:
    api.post("customers/", {"name": "Ann"}, Idempotency_Key="k")

    response = api.post("customers/", {"name": "Bob"}, Idempotency_Key="k")

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency-key-reused"
    assert Customer.objects.get().name == "Ann"


def test_the_same_key_at_another_call_is_422(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop, status="closed")
    api.post(f"repair-orders/{order.pk}/reopen/", {"reason": "x"}, Idempotency_Key="k")

    response = api.post(f"repair-orders/{order.pk}/cancel/", {"reason": "x"}, Idempotency_Key="k")

    assert response.status_code == 422
    order.refresh_from_db()
    assert order.status == "open"


def test_a_key_is_its_users_and_shops_own(program: Callable[..., Program]) -> None:
    programs = [program(), program(), program(shop=ShopFactory())]

    for each in programs:
        assert each.post("customers/", {"name": "Ann"}, Idempotency_Key="k").status_code == 201

    assert Customer.objects.count() == 3


def test_what_was_refused_may_be_tried_again_under_the_same_key(api: Program) -> None:
    refused = api.post("customers/", {"name": "", "phone": "1"}, Idempotency_Key="k")
    business = api.post("customers/", {"name": "Ann", "phone": "1"}, Idempotency_Key="k")
    taken = api.post("customers/", {"name": "Ann"}, Idempotency_Key="k")

    assert (refused.status_code, business.status_code, taken.status_code) == (422, 422, 201)


def test_an_action_is_repeated_harmlessly(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop)

    answers = [
        api.post(f"repair-orders/{order.pk}/close/", {"note": "Gone."}, Idempotency_Key="k")
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_a_key_is_forgotten_after_thirty_days_and_no_sooner(
    api: Program, clock: time_machine.Traveller
) -> None:
    api.post("customers/", {"name": "Ann"}, Idempotency_Key="old")
    clock.shift(timedelta(days=29))
    api.post("customers/", {"name": "Bob"}, Idempotency_Key="new")

    assert forget_keys() == {"removed": 0}
    clock.shift(timedelta(days=1, seconds=1))
    assert forget_keys() == {"removed": 1}
    again = api.post("customers/", {"name": "Bob"}, Idempotency_Key="new")
    assert (again["Idempotency-Replayed"], Customer.objects.count()) == ("true", 2)


def test_half_a_character_is_refused_at_its_field_with_a_key_too(api: Program) -> None:
    response = api.post("customers/", {"name": "\ud800"}, Idempotency_Key="k")

    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["name"]
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", "k" * 101, "clé", "a\tb"])
def test_a_key_that_is_none_is_400(api: Program, key: str) -> None:
    response = api.post("customers/", {"name": "Ann"}, Idempotency_Key=key)

    assert response.status_code == 400
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_acts_and_both_get_its_answer(api: Program) -> None:
    first, second = overtake(
        lambda: api.post("customers/", {"name": "Ann"}, Idempotency_Key="k"),
        lambda: api.post("customers/", {"name": "Ann"}, Idempotency_Key="k"),
        pause_in="shopdisputes.audit.services.record",
    )

    assert first.result().status_code == second.result().status_code == 201
    assert first.result().json() == second.result().json()
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_without_a_key_both_act(api: Program) -> None:
    overtake(
        lambda: api.post("customers/", {"name": "Ann"}),
        lambda: api.post("customers/", {"name": "Ann"}),
        pause_in="shopdisputes.audit.services.record",
    )

    assert Customer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_when_the_effect_is_lost_so_is_the_record(
    api: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    vehicle = VehicleFactory(shop=shop)

    def power_cut(**_arguments: object) -> None:
        raise ConnectionError

    body = {"customer": str(vehicle.customer_id), "vehicle": str(vehicle.pk), "concern": "x"}
    with monkeypatch.context() as cut:
        cut.setattr("shopdisputes.audit.services.record", power_cut)
        with pytest.raises(ConnectionError):
            api.post("repair-orders/", body, Idempotency_Key="k")

    assert not IdempotencyRecord.objects.exists()
    assert api.post("repair-orders/", body, Idempotency_Key="k").status_code == 201
