"""Making a shop. Changing one is audited and therefore lives above, in ``accounts``."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopdisputes.errors import Conflict
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop


class SlugTaken(Conflict):
    """Another shop has this short name."""

    code = "slug-taken"
    default_message = _("Another shop has this short name.")


@transaction.atomic
def create(
    *,
    name: str,
    slug: str,
    country: str,
    currency: str,
    timezone: str,
    language: str,
    at: datetime,
) -> Shop:
    """Make a shop with the rules of its country where there is a profile, else the general ones.

    Raises:
        SlugTaken: the short name is in use.
        ValidationError: a value is not one (currency, time zone, country).
    """
    if Shop.objects.filter(slug=slug).exists():
        raise SlugTaken(fields={"slug": SlugTaken.default_message})
    offered = {code for code, _name in profiles.choices()}
    jurisdiction = country if country in offered else profiles.GENERIC.code
    shop = Shop(
        name=name,
        slug=slug,
        country=country,
        currency=currency,
        timezone=timezone,
        language=language,
        jurisdiction=jurisdiction,
        estimate_validity_days=profiles.load(jurisdiction).estimate_validity_days,
        created_at=at,
    )
    shop.full_clean()
    shop.save(force_insert=True)
    return shop
