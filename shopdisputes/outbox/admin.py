"""Outgoing e-mail in the Django admin."""

from django.contrib import admin

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.administration import ReadOnlyAdmin


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    """E-mails as stored: with marks where links and codes are filled in at delivery."""

    list_display = ("subject", "recipient", "kind", "status", "attempts", "shop", "created_at")
    list_filter = ("status", "kind", "language", "shop")
    list_select_related = ("shop",)
    search_fields = ("subject", "recipient", "recipient_name", "message_id", "key")
    ordering = ("-created_at",)
    readonly_fields = (
        "message_id",
        "attempts",
        "claimed_at",
        "lease_until",
        "next_try_at",
        "handed_at",
        "sent_at",
        "reply",
    )
    exclude = ("html",)
