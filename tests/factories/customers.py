"""Customers and their vehicles."""

import factory

from shopdisputes.customers.models import Customer, Vehicle
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory


class CustomerFactory(ShopOwnedFactory):
    """A person in Lyon who can be mailed and called."""

    class Meta:
        model = Customer

    shop = factory.SubFactory(ShopFactory)
    kind = "person"
    name = factory.Sequence(lambda n: f"Camille Durand {n}")
    email = factory.Sequence(lambda n: f"camille{n}@customer.example")
    phone = factory.Sequence(lambda n: f"+336{n % 100_000_000:08d}")
    language = "en"
    line1 = "3 quai Perrache"
    postal_code = "69002"
    city = "Lyon"
    country = "FR"
    created_at = now


class VehicleFactory(ShopOwnedFactory):
    """A car with a French plate and a VIN whose check digit is right."""

    _parents = ("customer",)

    class Meta:
        model = Vehicle

    shop = factory.SubFactory(ShopFactory)
    customer = factory.SubFactory(CustomerFactory, shop=factory.SelfAttribute("..shop"))
    vin = "1M8GDM9AXKP042788"
    plate = factory.Sequence(lambda n: f"AB-{n % 1000:03d}-CD")
    plate_key = factory.LazyAttribute(lambda vehicle: vehicle.plate.replace("-", ""))
    make = "Renault"
    model = "Clio"
    year = 2019
    created_at = now
