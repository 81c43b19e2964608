"""Visits of vehicles."""

import factory

from shopdisputes.jurisdictions import profiles
from shopdisputes.repairorders.models import RepairOrder
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.customers import VehicleFactory
from tests.factories.shops import ShopFactory


class RepairOrderFactory(ShopOwnedFactory):
    """An open visit; the customer is the one who answers for the vehicle."""

    _parents = ("vehicle", "customer")

    class Meta:
        model = RepairOrder

    shop = factory.SubFactory(ShopFactory)
    vehicle = factory.SubFactory(VehicleFactory, shop=factory.SelfAttribute("..shop"))
    customer = factory.SelfAttribute("vehicle.customer")
    number = factory.Sequence(lambda n: f"RO-2026-{n + 1:04d}")
    concern = "The brakes squeal."
    odometer = 84_000
    profile = factory.LazyFunction(lambda: profiles.freeze("GENERIC"))
    opened_at = now
