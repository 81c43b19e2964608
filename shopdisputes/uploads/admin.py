"""Stored files in the Django admin: what there is, not its content."""

from django.contrib import admin

from shopdisputes.shops.administration import ReadOnlyAdmin
from shopdisputes.uploads.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Originals. The storage gives no addresses, so a file is read on its shop's pages only."""

    list_display = ("name", "kind", "size", "shop", "uploaded_by", "uploaded_at")
    list_filter = ("kind", "shop", "uploaded_at")
    list_select_related = ("shop",)
    search_fields = ("name", "sha256", "uploaded_by")
    ordering = ("-uploaded_at",)
    exclude = ("file",)
