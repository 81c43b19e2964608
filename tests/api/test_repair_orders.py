"""Repair orders over the API."""

from typing import Any
from uuid import uuid4

import pytest

from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import CustomerFactory, RepairOrderFactory, VehicleFactory

pytestmark = pytest.mark.django_db


def visit(vehicle: Any) -> dict[str, Any]:
    return {
        "customer": str(vehicle.customer_id),
        "vehicle": str(vehicle.pk),
        "concern": "The brakes squeal.",
        "odometer": 84_000,
    }


def test_a_visit_is_opened_under_the_next_number(api: Program, shop: Shop) -> None:
    vehicle = VehicleFactory(shop=shop)

    response = api.post("repair-orders/", visit(vehicle))

    assert response.status_code == 201
    order = RepairOrder.objects.get()
    assert response.json() == {
        "id": str(order.pk),
        "number": "RO-2026-0001",
        "status": "open",
        **visit(vehicle),
        "jurisdiction": "GENERIC",
        "opened_at": "2026-03-16T10:30:00+01:00",
        "closed_at": None,
    }
    assert api.post("repair-orders/", visit(vehicle)).json()["number"] == "RO-2026-0002"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"concern": " "}, "concern"),
        ({"odometer": -1}, "odometer"),
        ({"odometer": 10_000_000}, "odometer"),
        ({"vehicle": str(uuid4())}, "vehicle"),
        ({"customer": ""}, "customer"),
    ],
)
def test_a_wrong_value_is_422_and_takes_no_number(
    api: Program, shop: Shop, sent: dict[str, Any], field: str
) -> None:
    vehicle = VehicleFactory(shop=shop)

    response = api.post("repair-orders/", visit(vehicle) | sent)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert api.post("repair-orders/", visit(vehicle)).json()["number"] == "RO-2026-0001"


def test_another_customers_vehicle_is_refused(api: Program, shop: Shop) -> None:
    vehicle = VehicleFactory(shop=shop)
    other = CustomerFactory(shop=shop)

    response = api.post("repair-orders/", visit(vehicle) | {"customer": str(other.pk)})

    assert response.status_code == 422
    assert response.json()["code"] == "not-their-vehicle"
    assert list(response.json()["fields"]) == ["vehicle"]


def test_another_shops_vehicle_is_as_unknown_as_none(api: Program, shop: Shop) -> None:
    foreign = VehicleFactory()
    body = visit(VehicleFactory(shop=shop))

    answers = [
        api.post("repair-orders/", body | {"vehicle": str(key)}) for key in (foreign.pk, uuid4())
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content
    assert not RepairOrder.objects.exists()


def test_a_change_touches_only_what_is_sent(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop, concern="It squeals.", odometer=84_000)
    before = api.get(f"repair-orders/{order.pk}/").json()

    response = api.patch(
        f"repair-orders/{order.pk}/",
        {
            "odometer": None,
            "id": str(uuid4()),
            "number": "RO-1",
            "status": "closed",
            "closed_at": "2026-01-01T00:00:00Z",
            "opened_at": "2026-01-01T00:00:00Z",
            "vehicle": str(VehicleFactory(shop=shop).pk),
            "customer": str(CustomerFactory(shop=shop).pk),
            "jurisdiction": "FR",
            "profile": {},
        },
    )

    assert response.status_code == 200
    assert response.json() == before | {"odometer": None}


def test_a_visit_is_closed_reopened_and_called_off(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop)
    path = f"repair-orders/{order.pk}"

    closed = api.post(f"{path}/close/")
    again = api.post(f"{path}/close/")
    without_reason = api.post(f"{path}/reopen/")
    reopened = api.post(f"{path}/reopen/", {"reason": "It squeals again."})
    cancelled = api.post(f"{path}/cancel/", {"reason": "Sold."})

    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert closed.json()["closed_at"] == "2026-03-16T10:30:00+01:00"
    assert (again.status_code, again.json()["code"]) == (409, "not-allowed-in-this-state")
    assert (without_reason.status_code, list(without_reason.json()["fields"])) == (422, ["reason"])
    assert reopened.json()["closed_at"] is None
    assert cancelled.json()["status"] == "cancelled"


def test_a_closed_visit_cannot_be_corrected(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop, status="closed")

    response = api.patch(f"repair-orders/{order.pk}/", {"concern": "Another"})

    assert response.status_code == 409
    assert response.json()["code"] == "repair-order-not-open"


def test_visits_are_found(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop, number="RO-2026-0007", status="closed")
    RepairOrderFactory(shop=shop, number="RO-2026-0008")
    RepairOrderFactory(number="RO-2026-0007", status="closed")

    for query in (
        "number=RO-2026-0007",
        "status=closed",
        f"customer={order.customer_id}",
        f"vehicle={order.vehicle_id}",
        "search=0007",
    ):
        found = api.get(f"repair-orders/?{query}").json()["results"]
        assert [row["id"] for row in found] == [str(order.pk)], query
