"""Keeping customers and their vehicles."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Actor
from shopdisputes.audit import changes
from shopdisputes.audit import services as audit
from shopdisputes.customers import phones, vin
from shopdisputes.customers.models import Customer, CustomerKind, Vehicle
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop

#: Shop-internal remarks about a person: the trail keeps that they changed, not what they say.
_PRIVATE = ("notes",)


class VinTooLong(Refused):
    """More signs than any vehicle's number has (ISO 3779: 17)."""

    code = "vin-too-long"
    default_message = _("A VIN has 17 signs at most.")


@dataclass(frozen=True, kw_only=True)
class CustomerDetails:
    """What is known of a customer.

    ``phone`` in any writing; ``language`` empty: the shop's; ``country`` empty: not known.
    """

    name: str
    kind: str = CustomerKind.PERSON
    email: str = ""
    phone: str = ""
    language: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class VehicleDetails:
    """What is known of a vehicle; ``vin`` and ``plate`` in any writing."""

    make: str
    model: str
    plate: str = ""
    vin: str = ""
    year: int | None = None


@transaction.atomic
def create(*, shop: Shop, details: CustomerDetails, by: Actor, at: datetime) -> Customer:
    """Add a customer.

    Raises:
        NotAPhoneNumber: the phone cannot be dialled.
    """
    customer = Customer.objects.create(
        shop=shop, created_at=at, **_customer_values(details, shop=shop)
    )
    audit.record(
        shop=shop,
        action="customer.created",
        target=customer,
        by=by,
        at=at,
        data={"name": customer.name, "email": customer.email},
    )
    return customer


@transaction.atomic
def change(*, customer: Customer, details: CustomerDetails, by: Actor, at: datetime) -> Customer:
    """Replace what is known of a customer; the trail keeps old and new.

    Raises:
        NotAPhoneNumber: the phone cannot be dialled.
    """
    customer = (
        Customer.objects.select_for_update(of=("self",)).select_related("shop").get(pk=customer.pk)
    )
    changed = changes.apply(
        customer, _customer_values(details, shop=customer.shop), private=_PRIVATE
    )
    if changed:
        customer.save(update_fields=[*changed])
        audit.record(
            shop=customer.shop,
            action="customer.changed",
            target=customer,
            by=by,
            at=at,
            data={"name": customer.name, "changes": changed},
        )
    return customer


@transaction.atomic
def create_vehicle(
    *, customer: Customer, details: VehicleDetails, by: Actor, at: datetime
) -> Vehicle:
    """Add a vehicle for which ``customer`` answers.

    Raises:
        VinTooLong: more than 17 letters and digits.
    """
    vehicle = Vehicle.objects.create(
        shop=customer.shop, customer=customer, created_at=at, **_vehicle_values(details)
    )
    audit.record(
        shop=customer.shop,
        action="vehicle.created",
        target=vehicle,
        by=by,
        at=at,
        data={"vehicle": str(vehicle), "customer": customer.name},
    )
    return vehicle


@transaction.atomic
def change_vehicle(
    *, vehicle: Vehicle, details: VehicleDetails, by: Actor, at: datetime
) -> Vehicle:
    """Replace what is known of a vehicle; the trail keeps old and new.

    Raises:
        VinTooLong: more than 17 letters and digits.
    """
    vehicle = (
        Vehicle.objects.select_for_update(of=("self",)).select_related("shop").get(pk=vehicle.pk)
    )
    values = _vehicle_values(details)
    del values["plate_key"]
    changed = changes.apply(vehicle, values)
    if changed:
        vehicle.plate_key = vin.normalize(vehicle.plate)
        vehicle.save(update_fields=[*changed, "plate_key"])
        audit.record(
            shop=vehicle.shop,
            action="vehicle.changed",
            target=vehicle,
            by=by,
            at=at,
            data={"vehicle": str(vehicle), "changes": changed},
        )
    return vehicle


def _customer_values(details: CustomerDetails, *, shop: Shop) -> dict[str, Any]:
    values = asdict(details)
    values["phone"] = phones.normalize(details.phone, country=details.country or shop.country)
    values["language"] = details.language or shop.language
    return values


def _vehicle_values(details: VehicleDetails) -> dict[str, Any]:
    values = asdict(details)
    values["vin"] = vin.normalize(details.vin)
    values["plate"] = " ".join(details.plate.upper().split())
    # The key shares the VIN's rule: capitals, nothing but letters and digits.
    values["plate_key"] = vin.normalize(details.plate)
    if len(values["vin"]) > vin.LENGTH:
        raise VinTooLong(fields={"vin": VinTooLong.default_message})
    return values
