"""Changing how a shop works: not in ``shops``, because the audit trail stands between."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.audit import changes
from shopdisputes.audit import services as audit
from shopdisputes.shops.models import Shop


@transaction.atomic
def change(*, shop: Shop, section: str, values: Mapping[str, Any], by: Actor, at: datetime) -> Shop:
    """Set fields of a shop, already validated; the trail keeps each one's old and new value.

    ``section`` is the page's name: identity, links, hours, signatures. Nothing is recorded when
    nothing changes.
    """
    shop = Shop.objects.select_for_update().get(pk=shop.pk)
    changed = changes.apply(shop, values)
    if changed:
        shop.save(update_fields=[*changed])
        audit.record(
            shop=shop,
            action="shop.changed",
            target=shop,
            by=by,
            at=at,
            data={"section": section, "changes": changed},
        )
    return shop
