"""Shops and who works in them."""

from decimal import Decimal
from typing import Any

import factory

from shopdisputes.actors import Role
from shopdisputes.shops.models import Counter, Membership, Shop
from shopdisputes.signing import texts
from tests.factories.accounts import UserFactory
from tests.factories.base import ShopOwnedFactory, now


class ShopFactory(factory.django.DjangoModelFactory):
    """A French garage that speaks English, so that tests can compare words; it has its texts."""

    class Meta:
        model = Shop
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Garage {n}")
    slug = factory.Sequence(lambda n: f"garage-{n}")
    legal_name = factory.LazyAttribute(lambda shop: f"{shop.name} SARL")
    line1 = "12 rue des Ateliers"
    postal_code = "69007"
    city = "Lyon"
    country = "FR"
    phone = "+33478000000"
    email = factory.LazyAttribute(lambda shop: f"desk@{shop.slug}.example")
    language = "en"
    currency = "EUR"
    timezone = "Europe/Paris"
    jurisdiction = "GENERIC"
    labour_rate = Decimal("80.00")
    tax_rate = Decimal("20.00")
    created_at = now

    @classmethod
    def _create(cls, model_class: type[Shop], *args: Any, **kwargs: Any) -> Shop:
        made = super()._create(model_class, *args, **kwargs)
        texts.install(shop=made, at=made.created_at)
        return made


class MembershipFactory(ShopOwnedFactory):
    """Somebody who works in a shop, the owner unless a role is given."""

    class Meta:
        model = Membership

    shop = factory.SubFactory(ShopFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER
    created_at = now


class CounterFactory(ShopOwnedFactory):
    """A series of numbers of which none was given."""

    class Meta:
        model = Counter

    shop = factory.SubFactory(ShopFactory)
    series = "EST"
    year = 2026
    last = 0


def staff(shop: Shop, role: Role = Role.OWNER, **user: Any) -> Membership:
    """Put a new person to work in a shop."""
    return MembershipFactory(shop=shop, role=role, **{f"user__{k}": v for k, v in user.items()})
