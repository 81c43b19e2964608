"""Stored files in the Django admin: what there is, not its content."""

from django.contrib import admin

from shopdisputes.shops.administration import ReadOnlyAdmin
from shopdisputes.uploads.models import Intake, StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Originals. The storage gives no addresses, so a file is read on its shop's pages only."""

    list_display = ("name", "kind", "size", "shop", "uploaded_by", "uploaded_at")
    list_filter = ("kind", "shop", "uploaded_at")
    list_select_related = ("shop",)
    search_fields = ("name", "sha256", "uploaded_by")
    ordering = ("-uploaded_at",)
    exclude = ("file",)


@admin.register(Intake)
class IntakeAdmin(ReadOnlyAdmin):
    """How far each file is: scanned, drawn small, or kept apart and why."""

    list_display = ("file", "status", "reason", "shop", "attempts", "last_error", "created_at")
    list_filter = ("status", "reason", "shop", "created_at")
    list_select_related = ("shop", "file")
    search_fields = ("file__name", "file__sha256", "scanner_said", "last_error")
    ordering = ("-created_at",)
    readonly_fields = (
        "scanner_said",
        "scanned_at",
        "claimed_at",
        "lease_until",
        "next_try_at",
        "attempts",
        "last_error",
        "web_width",
        "web_height",
        "ready_at",
    )
    exclude = ("thumbnail", "web")
