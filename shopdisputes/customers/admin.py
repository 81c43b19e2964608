"""Customers and vehicles in the Django admin."""

from django.contrib import admin

from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Customers; corrected by their shop, where every change is audited."""

    list_display = ("name", "kind", "email", "phone", "language", "shop", "created_at")
    list_filter = ("kind", "language", "shop")
    list_select_related = ("shop",)
    search_fields = ("name", "email", "phone", "vehicles__plate_key", "vehicles__vin")
    ordering = ("name", "pk")


@admin.register(Vehicle)
class VehicleAdmin(ReadOnlyAdmin):
    """Vehicles."""

    list_display = ("plate", "make", "model", "year", "vin", "customer", "shop")
    list_filter = ("make", "shop")
    list_select_related = ("customer", "shop")
    search_fields = ("plate", "plate_key", "vin", "make", "model", "customer__name")
    ordering = ("plate_key", "pk")
