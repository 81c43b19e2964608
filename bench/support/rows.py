"""What a benchmark needs in the database; run by ``bench.support.server`` in Django's shell."""

import json
import secrets

from django.utils import timezone

from tests.factories import ApiTokenFactory, InspectionFactory, ShopFactory, staff


def make() -> None:
    """Make a shop with an inspection in progress and print how to reach it, as JSON."""
    at, key = timezone.now(), secrets.token_urlsafe(32)
    shop = ShopFactory(slug="bench", created_at=at)
    owner = staff(shop)
    ApiTokenFactory(shop=shop, user=owner.user, key=key)
    inspection = InspectionFactory(shop=shop, created_at=at)
    item = inspection.items.order_by("pk")[0]
    print(json.dumps({"key": key, "inspection": str(inspection.pk), "item": str(item.pk)}))
