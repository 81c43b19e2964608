"""A shop in the middle of its life, and another one that must never notice; made once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from estimates.states import LineKind
from invoices.models import Invoice
from invoices.services import drafting, issuing
from invoices.states import InvoiceKind
from shopdisputes.actors import Actor, Role
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import contributions
from tests.factories import (
    NOW,
    BillingSettingsFactory,
    CustomerFactory,
    EstimateFactory,
    ShopFactory,
    VehicleFactory,
    staff,
)
from tests.invoices.halted import CLUTCH

OWNER = Actor(role=Role.OWNER, name="Olga Owner", ip_address="10.0.0.5", user_agent="Desk")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
#: When the first invoices were issued: they are due within days of ``NOW``.
BEFORE = NOW - timedelta(days=12)


@dataclass(frozen=True, kw_only=True)
class World:
    """The shop, its customers with a vehicle each, and the other shop."""

    shop: Shop
    other: Shop
    customers: tuple[Customer, ...]
    vehicles: tuple[Vehicle, ...]
    user: Any

    def actor_of(self, customer: Customer) -> Actor:
        """Return a customer as services see one."""
        return Actor(
            role=Role.CUSTOMER, name=customer.name, ip_address="203.0.113.7", user_agent="Phone"
        )


def make() -> World:
    """Make the world: of three customers one has no e-mail; three invoices are owed already."""
    shop, other = _shop(), _shop()
    customers = (
        CustomerFactory(shop=shop, name="Camille Durand"),
        CustomerFactory(shop=shop, name="Boris Petrov", language="ru"),
        CustomerFactory(shop=shop, name="Max Muster"),
    )
    vehicles = tuple(VehicleFactory(customer=customer) for customer in customers)
    world = World(
        shop=shop,
        other=other,
        customers=customers,
        vehicles=vehicles,
        user=staff(shop, Role.OWNER, name=OWNER.name).user,
    )
    for vehicle in vehicles:
        _billed(_authorized(vehicle))
    _authorized(vehicles[0], lines=CLUTCH)
    # His address is gone by now.
    customers[2].email = ""
    customers[2].save(update_fields=["email"])
    _authorized(VehicleFactory(customer=CustomerFactory(shop=other)))
    # All mail has left: in the other shop no clockwork has anything to do.
    OutgoingEmail.objects.update(status=EmailStatus.SENT, handed_at=BEFORE, sent_at=BEFORE)
    return world


def _shop() -> Shop:
    shop: Shop = ShopFactory(created_at=BEFORE)
    BillingSettingsFactory(shop=shop)
    for part in contributions():
        part.furnish(shop, BEFORE)
    return shop


def _authorized(vehicle: Vehicle, **estimate: Any) -> RepairOrder:
    order = visit(vehicle, at=BEFORE)
    EstimateFactory(repair_order=order, answered=True, created_at=BEFORE, **estimate)
    return order


def visit(vehicle: Vehicle, *, at: datetime) -> RepairOrder:
    """Let a vehicle come in."""
    return repair_orders.open_order(
        customer=vehicle.customer,
        vehicle=vehicle,
        concern="It makes a noise.",
        by=OWNER,
        at=at,
    )


def _billed(order: RepairOrder) -> Invoice:
    made = drafting.draft(repair_order=order, kind=InvoiceKind.FULL, by=OWNER, at=BEFORE)
    return issuing.issue(invoice=made, by=OWNER, at=BEFORE)


#: What is proposed during a repair, beside the brakes and the clutch.
SMALL: tuple[dict[str, Any], ...] = (
    {
        "kind": LineKind.LABOUR,
        "description": "Bleed the brakes",
        "quantity": Decimal("1"),
        "unit_price": Decimal("45.00"),
        "tax_rate": Decimal("20.00"),
    },
)
