"""Changing how a shop bills."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from invoices.models import BillingSettings
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.audit import changes
from shopdisputes.audit import services as audit
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition


@transaction.atomic
def change(*, shop: Shop, values: Mapping[str, Any], by: Actor, at: datetime) -> BillingSettings:
    """Set how a shop bills, already validated; the trail keeps each field's old and new value.

    Nothing is recorded when nothing changes. What is issued already stays as it is.

    Raises:
        NotYourTransition: ``by`` is not of the management.
    """
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    Shop.objects.select_for_update().get(pk=shop.pk)
    settings, _made = BillingSettings.objects.get_or_create(shop=shop)
    changed = changes.apply(settings, values)
    if changed:
        settings.save(update_fields=[*changed])
        audit.record(
            shop=shop,
            action="billing.changed",
            target=settings,
            by=by,
            at=at,
            data={"changes": changed},
        )
    return settings
