"""Repair orders in the Django admin."""

from django.contrib import admin

from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(RepairOrder)
class RepairOrderAdmin(ReadOnlyAdmin):
    """Visits, with the rules that were frozen when they were opened."""

    list_display = ("number", "status", "customer", "vehicle", "shop", "opened_at", "closed_at")
    list_filter = ("status", "shop", "opened_at")
    list_select_related = ("customer", "vehicle", "shop")
    search_fields = ("number", "customer__name", "vehicle__plate_key", "vehicle__vin", "concern")
    ordering = ("-opened_at", "pk")
