"""What there may be but one of in a shop is decided by one person at a time."""

from shopdisputes.shops.models import Shop


def lock_shop(shop: Shop) -> None:
    """Take the shop's row, the first lock of all; rows that name the shop are written meanwhile."""
    Shop.objects.select_for_update(no_key=True).filter(pk=shop.pk).values("pk").first()
