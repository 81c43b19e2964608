"""Having the open invoices of a shop looked at anew, because the rules for all of them changed."""

from datetime import datetime

from django.db.models import Q

from dunning.models import DunningSettings
from invoices.models import DunningPosition
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop


def locked_settings(shop: Shop) -> DunningSettings:
    """Return the shop's switch with its row locked: nothing is planned for the shop meanwhile."""
    settings, _made = DunningSettings.objects.select_for_update().get_or_create(shop=shop)
    return settings


def wake_shop(*, shop: Shop, at: datetime) -> None:
    """Have every open invoice of a shop looked at today; call it behind the shop's switch.

    Those whose steps are all taken stay with the person who decides about them.
    """
    today = local_day(at, zone=shop.zone)
    DunningPosition.objects.for_shop(shop).filter(
        Q(look_on=None) | Q(look_on__gt=today),
        stopped_at=None,
        ended_at=None,
        invoice__status="issued",
        invoice__balance__gt=0,
    ).update(look_on=today)
