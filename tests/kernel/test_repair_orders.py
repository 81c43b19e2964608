"""Opening a repair order and leading it to its end."""

from datetime import UTC, datetime

import pytest

from shopdisputes.actors import DESK, Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.jurisdictions import profiles
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import TRANSITIONS, RepairOrderStatus
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, VehicleFactory

pytestmark = pytest.mark.django_db


def open_one(vehicle, by, **changes):
    facts = {"concern": "It squeals.", "odometer": 84_000, "by": by, "at": NOW} | changes
    return services.open_order(customer=vehicle.customer, vehicle=vehicle, **facts)


def last_event(shop):
    return AuditEvent.objects.for_shop(shop).order_by("-sequence")[0]


def test_numbers_the_orders_of_a_shop_without_gaps(shop, by):
    vehicle = VehicleFactory(shop=shop)
    assert [open_one(vehicle, by).number for _ in range(3)] == [
        "RO-2026-0001",
        "RO-2026-0002",
        "RO-2026-0003",
    ]


def test_counts_the_year_as_the_shop_lives_it(shop, by):
    new_years_eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert open_one(VehicleFactory(shop=shop), by, at=new_years_eve).number == "RO-2027-0001"


def test_freezes_the_rules_of_the_shops_place(shop, by):
    shop.jurisdiction = "FR"
    shop.save()
    order = open_one(VehicleFactory(shop=shop), by)
    shop.jurisdiction = "GENERIC"
    shop.save()
    order.refresh_from_db()
    assert order.profile == profiles.freeze("FR")
    assert order.status == RepairOrderStatus.OPEN
    event = last_event(shop)
    assert (event.action, event.repair_order_id) == ("repair_order.opened", order.pk)
    assert event.data["number"] == order.number


def test_refuses_a_vehicle_of_somebody_else(shop, by):
    vehicle = VehicleFactory(shop=shop)
    with pytest.raises(services.NotTheirVehicle):
        services.open_order(
            customer=CustomerFactory(shop=shop), vehicle=vehicle, concern="x", by=by, at=NOW
        )
    assert not RepairOrder.objects.for_shop(shop).exists()


def test_checks_in_somebody_new_with_a_new_vehicle(shop, by):
    order = services.check_in(
        shop=shop,
        customer=CustomerDetails(name="Claire"),
        vehicle=VehicleDetails(make="Lada", model="Niva", plate="AB 1"),
        concern="It squeals.",
        by=by,
        at=NOW,
    )
    assert (order.customer.name, order.vehicle.plate) == ("Claire", "AB 1")
    assert order.vehicle.customer == order.customer
    assert order.odometer is None


def test_checks_in_somebody_known_with_a_known_vehicle(shop, by):
    vehicle = VehicleFactory(shop=shop)
    order = services.check_in(
        shop=shop, customer=vehicle.customer, vehicle=vehicle, concern="x", by=by, at=NOW
    )
    assert (order.customer, order.vehicle) == (vehicle.customer, vehicle)
    assert Customer.objects.for_shop(shop).count() == 1


def test_a_check_in_that_fails_leaves_nobody_behind(shop, by):
    vehicle = VehicleFactory(shop=shop)
    with pytest.raises(services.NotTheirVehicle):
        services.check_in(
            shop=shop,
            customer=CustomerDetails(name="Claire"),
            vehicle=vehicle,
            concern="x",
            by=by,
            at=NOW,
        )
    assert not Customer.objects.filter(name="Claire").exists()
    assert Vehicle.objects.for_shop(shop).count() == 1


def test_corrects_what_was_noted(shop, by):
    order = RepairOrderFactory(shop=shop, concern="It squeals.", odometer=84_000)
    services.change(repair_order=order, concern="It grinds.", odometer=84_000, by=by, at=NOW)
    order.refresh_from_db()
    assert order.concern == "It grinds."
    event = last_event(shop)
    assert event.action == "repair_order.changed"
    assert event.data["changes"] == {"concern": {"old": "It squeals.", "new": "It grinds."}}


def test_the_same_again_leaves_no_trace(shop, by):
    order = RepairOrderFactory(shop=shop, concern="It squeals.", odometer=1)
    services.change(repair_order=order, concern="It squeals.", odometer=1, by=by, at=NOW)
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_what_is_closed_is_not_corrected(shop, by):
    order = RepairOrderFactory(shop=shop, status="closed", concern="It squeals.")
    with pytest.raises(services.RepairOrderNotOpen):
        services.change(repair_order=order, concern="It grinds.", odometer=1, by=by, at=NOW)
    order.refresh_from_db()
    assert order.concern == "It squeals."


def test_closes_and_reopens(shop, by):
    order = RepairOrderFactory(shop=shop)
    closed = services.close(repair_order=order, by=by, at=NOW)
    assert (closed.status, closed.closed_at) == ("closed", NOW)
    reopened = services.reopen(repair_order=order, reason=" It came back. ", by=by, at=NOW)
    assert (reopened.status, reopened.closed_at) == ("open", None)
    event = last_event(shop)
    assert (event.action, event.data["reason"]) == ("repair_order.reopened", "It came back.")


def test_cancels_with_a_reason(shop, by):
    order = services.cancel(
        repair_order=RepairOrderFactory(shop=shop), reason="Sold.", by=by, at=NOW
    )
    assert (order.status, order.closed_at) == ("cancelled", NOW)
    assert last_event(shop).action == "repair_order.cancelled"


@pytest.mark.parametrize("action", [services.cancel, services.reopen])
def test_asks_why(shop, by, action):
    order = RepairOrderFactory(shop=shop)
    with pytest.raises(services.ReasonMissing) as refusal:
        action(repair_order=order, reason="  ", by=by, at=NOW)
    assert list(refusal.value.fields) == ["reason"]
    order.refresh_from_db()
    assert order.status == "open"


def test_what_is_closed_is_not_closed_again(shop, by):
    order = RepairOrderFactory(shop=shop, status="closed")
    with pytest.raises(IllegalTransition):
        services.close(repair_order=order, by=by, at=NOW)
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_a_technician_does_not_close(shop):
    order = RepairOrderFactory(shop=shop)
    technician = Actor(role=Role.TECHNICIAN, name="Tom")
    with pytest.raises(NotYourTransition):
        services.close(repair_order=order, by=technician, at=NOW)
    order.refresh_from_db()
    assert order.status == "open"


_CELLS = {
    ("close", "open"): "closed",
    ("cancel", "open"): "cancelled",
    ("reopen", "closed"): "open",
    ("reopen", "cancelled"): "open",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(RepairOrderStatus))
@pytest.mark.parametrize("action", ["close", "cancel", "reopen"])
def test_the_table_cell_by_cell(action, state, role):
    by = Actor(role=role, name="x")
    target = _CELLS.get((action, state.value))
    if target is None:
        with pytest.raises(IllegalTransition):
            TRANSITIONS.target(action, state=state, by=by)
    elif role in DESK or (action, role) == ("cancel", Role.SYSTEM):
        assert TRANSITIONS.target(action, state=state, by=by) == target
    else:
        with pytest.raises(NotYourTransition):
            TRANSITIONS.target(action, state=state, by=by)


@pytest.mark.parametrize(
    "words", ["RO-2026-0007", "claire", "ab123", "1M8", "clio claire", "AB 123 CD"]
)
def test_finds_an_order_by_whatever_is_at_hand(shop, words):
    vehicle = VehicleFactory(
        shop=shop,
        customer__name="Claire Dubois",
        plate_key="AB123CD",
        vin="1M8GDM9AXKP042788",
    )
    order = RepairOrderFactory(shop=shop, vehicle=vehicle, number="RO-2026-0007")
    RepairOrderFactory(
        shop=shop,
        number="RO-2026-0008",
        vehicle__plate_key="ZZ",
        vehicle__vin="",
        vehicle__customer__name="Bob",
    )
    assert list(RepairOrder.objects.for_shop(shop).search(words)) == [order]


def test_no_words_find_every_order_and_only_dashes_none(shop):
    order = RepairOrderFactory(shop=shop, vehicle__customer__name="Bob")
    assert list(RepairOrder.objects.for_shop(shop).search("")) == [order]
    assert list(RepairOrder.objects.for_shop(shop).search("--")) == []
