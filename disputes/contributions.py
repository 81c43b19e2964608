"""What disputes add to the kernel's pages."""

from datetime import datetime

from disputes.services import reasons
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution


def _furnish(shop: Shop, at: datetime) -> None:
    reasons.install(shop=shop, at=at)


contribution = Contribution(furnish=_furnish)
