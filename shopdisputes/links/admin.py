"""Links in the Django admin. Their tokens are stored nowhere, so none can be shown."""

from django.contrib import admin

from shopdisputes.links.models import AccessLink
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(AccessLink)
class AccessLinkAdmin(ReadOnlyAdmin):
    """Which links were given to whom, and whether they still open."""

    list_display = (
        "purpose",
        "recipient",
        "shop",
        "created_at",
        "expires_at",
        "revoked_at",
        "displayed_at",
    )
    list_filter = ("purpose", "shop", "expires_at")
    list_select_related = ("shop",)
    search_fields = ("recipient", "recipient_name", "target_id", "repair_order_id")
    ordering = ("-created_at",)
