"""Answers kept for repeated calls, in the Django admin."""

from django.contrib import admin

from shopdisputes.api.models import IdempotencyRecord
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    """Which keys were used, with what answer."""

    list_display = ("key", "user", "shop", "status", "created_at")
    list_filter = ("status", "shop")
    list_select_related = ("user", "shop")
    search_fields = ("key", "user__email", "shop__name")
    ordering = ("-created_at",)
    exclude = ("request_sha256",)
