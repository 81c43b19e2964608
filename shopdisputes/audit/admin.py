"""The audit trail in the Django admin: read, never written."""

from django.contrib import admin

from shopdisputes.audit.models import AuditEvent, AuditHead
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What happened. The salt stays hidden: with it, erased data could be guessed back."""

    list_display = ("sequence", "at", "action", "actor_name", "actor_role", "target_type", "shop")
    list_filter = ("actor_role", "action", "shop", "at")
    list_select_related = ("shop",)
    search_fields = ("action", "actor_name", "target_id", "repair_order_id", "ip_address")
    ordering = ("-at", "-sequence")
    exclude = ("salt",)


@admin.register(AuditHead)
class AuditHeadAdmin(ReadOnlyAdmin):
    """Where each shop's chain ends."""

    list_display = ("shop", "sequence", "hash")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    search_fields = ("shop__name", "hash")
    ordering = ("shop__name",)
