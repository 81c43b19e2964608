"""Opening a shop: everything it needs on its first day, in one transaction."""

from datetime import datetime

from django.db import transaction

from shopdisputes.accounts import services as accounts
from shopdisputes.actors import Actor, Role
from shopdisputes.audit import services as audit
from shopdisputes.shops import services as shops
from shopdisputes.shops.models import Shop
from shopdisputes.signing import texts
from shopdisputes.web.contributions import contributions


@transaction.atomic
def open_shop(
    *,
    name: str,
    slug: str,
    country: str,
    currency: str,
    timezone: str,
    language: str,
    owner_email: str,
    owner_password: str,
    owner_name: str = "",
    by: Actor,
    at: datetime,
) -> Shop:
    """Make a shop with its ready-made texts in every language, what the apps add, and its owner.

    An owner who already logs in keeps their password.

    Raises:
        SlugTaken: the short name is in use.
        ValidationError: a value is not one (currency, time zone, country).
        WeakPassword: a new owner's password is missing or too easy.
    """
    shop = shops.create(
        name=name,
        slug=slug,
        country=country,
        currency=currency,
        timezone=timezone,
        language=language,
        at=at,
    )
    audit.record(shop=shop, action="shop.created", target=shop, by=by, at=at, data={"name": name})
    texts.install(shop=shop, at=at)
    for contribution in contributions():
        contribution.furnish(shop, at)
    accounts.add_member(
        shop=shop,
        email=owner_email,
        name=owner_name or name,
        role=Role.OWNER,
        password=owner_password,
        by=by,
        at=at,
    )
    return shop
