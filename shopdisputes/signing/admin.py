"""Texts, codes and signatures in the Django admin: read, never changed."""

from django.contrib import admin

from shopdisputes.shops.administration import ReadOnlyAdmin
from shopdisputes.signing.models import EmailCode, LegalText, Signature


@admin.register(LegalText)
class LegalTextAdmin(ReadOnlyAdmin):
    """Every version of every text."""

    list_display = ("code", "language", "version", "shop", "created_at")
    list_filter = ("code", "language", "shop")
    list_select_related = ("shop",)
    search_fields = ("body", "sha256")
    ordering = ("shop__name", "code", "language", "-version")


@admin.register(EmailCode)
class EmailCodeAdmin(ReadOnlyAdmin):
    """Codes that were mailed; their digits are stored nowhere."""

    list_display = ("link", "shop", "created_at", "expires_at", "attempts", "verified_at")
    list_filter = ("shop", "created_at")
    list_select_related = ("shop", "link")
    search_fields = ("link__recipient", "link__recipient_name")
    ordering = ("-created_at",)


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    """Signed acts; image and strokes are part of the sealed PDF and not shown here."""

    list_display = ("signer_name", "act", "evidence_level", "method", "shop", "signed_at")
    list_filter = ("evidence_level", "method", "act", "shop")
    list_select_related = ("shop",)
    search_fields = ("signer_name", "signer_email", "target_id", "repair_order_id", "ip_address")
    ordering = ("-signed_at",)
    exclude = ("image", "strokes")
