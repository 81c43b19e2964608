"""Opening a repair order and leading it to its end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.audit import changes
from shopdisputes.audit import services as audit
from shopdisputes.customers import services as customers
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.errors import Conflict, Refused
from shopdisputes.jurisdictions import profiles
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import TRANSITIONS, RepairOrderStatus
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop

SERIES = "RO"


class NotTheirVehicle(Refused):
    """The vehicle is another customer's."""

    code = "not-their-vehicle"
    default_message = _("This vehicle belongs to another customer.")


class RepairOrderNotOpen(Conflict):
    """The visit is over; reopening it is a step of its own."""

    code = "repair-order-not-open"
    default_message = _("This repair order is not open. Reopen it first.")


class ReasonMissing(Refused):
    """An end that somebody will ask about one day needs its reason."""

    code = "reason-missing"
    default_message = _("Say why; the reason is kept in the timeline.")


@transaction.atomic
def open_order(
    *,
    customer: Customer,
    vehicle: Vehicle,
    concern: str,
    odometer: int | None = None,
    by: Actor,
    at: datetime,
) -> RepairOrder:
    """Open a visit of ``vehicle``; the rules of the shop's jurisdiction are frozen on it.

    ``odometer`` is in the unit that the vehicle shows.

    Raises:
        NotTheirVehicle: ``vehicle`` is not one of ``customer``.
    """
    if vehicle.customer_id != customer.pk:
        raise NotTheirVehicle(fields={"vehicle": NotTheirVehicle.default_message})
    shop = customer.shop
    order = RepairOrder.objects.create(
        shop=shop,
        number=numbering.next_number(
            shop=shop, series=SERIES, year=dates.local_day(at, zone=shop.zone).year
        ),
        customer=customer,
        vehicle=vehicle,
        concern=concern,
        odometer=odometer,
        profile=profiles.freeze(shop.jurisdiction),
        opened_at=at,
    )
    audit.record(
        shop=shop,
        action="repair_order.opened",
        target=order,
        repair_order_id=order.pk,
        by=by,
        at=at,
        data={"number": order.number, "customer": customer.name, "vehicle": str(vehicle)},
    )
    return order


@transaction.atomic
def check_in(
    *,
    shop: Shop,
    customer: Customer | CustomerDetails,
    vehicle: Vehicle | VehicleDetails,
    concern: str,
    odometer: int | None = None,
    by: Actor,
    at: datetime,
) -> RepairOrder:
    """Open a visit of somebody who may be new, with a vehicle that may be new: all or nothing.

    Raises:
        NotAPhoneNumber, VinTooLong: what is known of them cannot be kept.
        NotTheirVehicle: ``vehicle`` is not one of ``customer``.
    """
    if isinstance(customer, CustomerDetails):
        customer = customers.create(shop=shop, details=customer, by=by, at=at)
    if isinstance(vehicle, VehicleDetails):
        vehicle = customers.create_vehicle(customer=customer, details=vehicle, by=by, at=at)
    return open_order(
        customer=customer, vehicle=vehicle, concern=concern, odometer=odometer, by=by, at=at
    )


@transaction.atomic
def change(
    *, repair_order: RepairOrder, concern: str, odometer: int | None, by: Actor, at: datetime
) -> RepairOrder:
    """Correct what was noted at check-in; the trail keeps old and new.

    Raises:
        RepairOrderNotOpen: it is closed or cancelled.
    """
    order = _locked(repair_order)
    if order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen
    changed = changes.apply(order, {"concern": concern, "odometer": odometer})
    if changed:
        order.save(update_fields=[*changed])
        audit.record(
            shop=order.shop,
            action="repair_order.changed",
            target=order,
            repair_order_id=order.pk,
            by=by,
            at=at,
            data={"number": order.number, "changes": changed},
        )
    return order


def close(*, repair_order: RepairOrder, note: str = "", by: Actor, at: datetime) -> RepairOrder:
    """End the visit: the vehicle is gone.

    Raises:
        IllegalTransition: it is not open.
        NotYourTransition: not for this role.
    """
    return _move(repair_order, "close", reason=note, by=by, at=at)


def cancel(*, repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> RepairOrder:
    """Call the visit off.

    Raises:
        ReasonMissing: ``reason`` is empty.
        IllegalTransition: it is not open.
        NotYourTransition: not for this role.
    """
    _need_reason(reason)
    return _move(repair_order, "cancel", reason=reason, by=by, at=at)


def reopen(*, repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> RepairOrder:
    """Go on with a visit that was closed or called off.

    Raises:
        ReasonMissing: ``reason`` is empty.
        IllegalTransition: it is open.
        NotYourTransition: not for this role.
    """
    _need_reason(reason)
    return _move(repair_order, "reopen", reason=reason, by=by, at=at)


#: How each action is told in the trail.
_PAST_TENSE = {"close": "closed", "cancel": "cancelled", "reopen": "reopened"}


@transaction.atomic
def _move(
    repair_order: RepairOrder, action: str, *, reason: str, by: Actor, at: datetime
) -> RepairOrder:
    order = _locked(repair_order)
    order.status = TRANSITIONS.target(action, state=order.status, by=by)
    order.closed_at = None if order.status == RepairOrderStatus.OPEN else at
    order.save(update_fields=["status", "closed_at"])
    audit.record(
        shop=order.shop,
        action=f"repair_order.{_PAST_TENSE[action]}",
        target=order,
        repair_order_id=order.pk,
        by=by,
        at=at,
        data={"number": order.number, "reason": reason.strip()},
    )
    return order


def _locked(repair_order: RepairOrder) -> RepairOrder:
    RepairOrder.objects.lock(repair_order.pk)
    return RepairOrder.objects.select_related("shop", "customer", "vehicle").get(pk=repair_order.pk)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
