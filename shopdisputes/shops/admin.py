"""Counters in the Django admin. Shops stand with the accounts, where changing them is audited."""

from django.contrib import admin

from shopdisputes.shops.administration import ReadOnlyAdmin
from shopdisputes.shops.models import Counter


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    """The last numbers given."""

    list_display = ("series", "year", "last", "shop")
    list_filter = ("series", "year", "shop")
    list_select_related = ("shop",)
    search_fields = ("series", "shop__name")
    ordering = ("shop__name", "series", "-year")
