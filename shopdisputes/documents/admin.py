"""Documents in the Django admin."""

from django.contrib import admin

from shopdisputes.documents.models import Document
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """PDFs and how far they are."""

    list_display = ("title", "kind", "status", "shop", "pages", "attempts", "created_at")
    list_filter = ("status", "kind", "timestamp_state", "shop")
    list_select_related = ("shop",)
    search_fields = ("title", "filename", "sha256", "target_id", "repair_order_id")
    ordering = ("-created_at",)
    readonly_fields = (
        "attempts",
        "last_error",
        "claimed_at",
        "lease_until",
        "next_try_at",
        "ready_at",
        "sha256",
        "size",
        "pages",
        "seal_fingerprint",
        "timestamp_state",
    )
    exclude = ("file",)
