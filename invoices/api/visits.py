"""What the calls about one repair order share."""

from typing import Any

from shopdisputes.api.views import ShopViewSet
from shopdisputes.repairorders.models import RepairOrder


class VisitViewSet(ShopViewSet):
    """Calls that are made on a repair order, read with its customer and vehicle."""

    queryset = RepairOrder.objects.all()
    ordering = ("-opened_at", "id")

    def get_queryset(self) -> Any:
        """The shop's visits, each in one query."""
        return super().get_queryset().select_related("shop", "customer", "vehicle")
