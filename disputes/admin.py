"""Disputes in the Django admin: everything can be read, nothing can be changed.

Reasons are kept on the shop's own page; cases and what hangs on them have one door, the services,
which hold amounts and audit.
"""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from disputes.models import (
    CaseFile,
    CaseMessage,
    Chargeback,
    ChargebackNotice,
    ChargebackPart,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    Offer,
    ResolverAnswer,
    ReworkFile,
    ReworkRequest,
)


class _Reading:
    """Lets administrators look, and nothing else."""

    # A count over every row would be the most expensive part of a page.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ItemInline(_Reading, admin.TabularInline):
    """What a case contests."""

    model = DisputeItem
    fields = ("invoice", "line", "amount", "state", "added_at", "ended_at", "end_reason")
    readonly_fields = (
        "ended_at",
        "end_reason",
    )
    ordering = ("added_at",)
    extra = 0


class FollowUpInline(_Reading, admin.TabularInline):
    """Who looks at a case again, and when."""

    model = FollowUp
    fields = ("due_on", "person", "note", "status", "finished_at", "finished_by")
    readonly_fields = (
        "finished_at",
        "finished_by",
    )
    ordering = ("due_on",)
    extra = 0


class MessageInline(_Reading, admin.TabularInline):
    """What was said in a case."""

    model = CaseMessage
    fields = ("said_at", "side", "said_by", "internal", "text")
    ordering = ("said_at",)
    extra = 0


class PartInline(_Reading, admin.TabularInline):
    """On which invoices a chargeback falls."""

    model = ChargebackPart
    fields = ("invoice", "amount", "hold", "taken", "given_back")
    ordering = ("invoice__number",)
    extra = 0


class NoticeInline(_Reading, admin.TabularInline):
    """Which countdowns were told."""

    model = ChargebackNotice
    fields = ("due_by", "days_left", "told_at")
    ordering = ("told_at",)
    extra = 0


@admin.register(DisputeReason)
class ReasonAdmin(_Reading, admin.ModelAdmin):
    """Reasons, as the shops use them."""

    list_display = ("code", "shop", "follow_up_days", "resolver_email", "severity", "is_active")
    list_filter = ("is_active", "shop")
    list_select_related = ("shop",)
    search_fields = ("code", "resolver_email")
    ordering = ("shop__name", "position")


@admin.register(DisputeCase)
class CaseAdmin(_Reading, admin.ModelAdmin):
    """Cases."""

    list_display = ("number", "customer", "shop", "reason", "status", "opened_at", "closing_code")
    list_filter = ("status", "opening", "closing_code", "shop")
    list_select_related = ("shop", "customer", "reason")
    search_fields = ("number", "customer__name", "search_text")
    ordering = ("-opened_at",)
    readonly_fields = (
        "opening",
        "stops_storage",
        "chased_on",
        "closed_at",
        "closed_by",
        "reopen_until",
        "reopened",
        "search_text",
    )
    inlines = (ItemInline, FollowUpInline, MessageInline)


@admin.register(DisputeItem)
class ItemAdmin(_Reading, admin.ModelAdmin):
    """Contested amounts."""

    list_display = ("case", "invoice", "line", "shop", "amount", "state")
    list_filter = ("state", "shop")
    list_select_related = ("shop", "case", "invoice", "line")
    search_fields = ("case__number", "invoice__number")
    ordering = ("-added_at",)
    readonly_fields = ("ended_at", "ended_by", "end_reason")


@admin.register(FollowUp)
class FollowUpAdmin(_Reading, admin.ModelAdmin):
    """Follow-ups."""

    list_display = ("case", "due_on", "person", "shop", "status")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "case", "person")
    search_fields = ("case__number", "note")
    ordering = ("due_on",)
    readonly_fields = ("finished_at", "finished_by")


@admin.register(CaseMessage)
class MessageAdmin(_Reading, admin.ModelAdmin):
    """Messages."""

    list_display = ("case", "side", "said_by", "said_at", "internal", "shop")
    list_filter = ("side", "internal", "shop")
    list_select_related = ("shop", "case")
    search_fields = ("case__number", "text", "said_by")
    ordering = ("-said_at",)


@admin.register(ResolverAnswer)
class AnswerAdmin(_Reading, admin.ModelAdmin):
    """What resolvers answer."""

    list_display = ("case", "given_by", "given_at", "status", "proposed_amount", "shop")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "case")
    search_fields = ("case__number", "text", "given_by")
    ordering = ("-given_at",)
    readonly_fields = ("decided_at", "decided_by", "note")


@admin.register(CaseFile)
class FileAdmin(_Reading, admin.ModelAdmin):
    """Files of cases."""

    list_display = ("sent_as", "case", "side", "added_by", "added_at", "shop")
    list_filter = ("side", "shop")
    list_select_related = ("shop", "case", "file")
    search_fields = ("sent_as", "case__number")
    ordering = ("-added_at",)


@admin.register(Offer)
class OfferAdmin(_Reading, admin.ModelAdmin):
    """Settlement offers."""

    list_display = ("case", "position", "side", "kind", "amount", "status", "expires_on", "shop")
    list_filter = ("status", "side", "kind", "shop")
    list_select_related = ("shop", "case")
    search_fields = ("case__number", "text")
    ordering = ("-made_at",)
    readonly_fields = (
        "canonical_json",
        "sha256",
        "decided_at",
        "decided_by",
        "signature",
        "document",
        "executed_at",
        "failure",
    )


@admin.register(ReworkRequest)
class ReworkAdmin(_Reading, admin.ModelAdmin):
    """Requests to do work again."""

    list_display = ("number", "invoice", "shop", "status", "asked_at", "answer_by")
    list_filter = ("status", "refusal_reason", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("number", "invoice__number", "description")
    ordering = ("-asked_at",)
    readonly_fields = (
        "answered_at",
        "answered_by",
        "customer_until",
        "delivered_at",
        "check_until",
        "tries",
        "ended_at",
        "offer",
    )


@admin.register(ReworkFile)
class ReworkFileAdmin(_Reading, admin.ModelAdmin):
    """Files of requests."""

    list_display = ("sent_as", "rework", "by_customer", "added_at", "shop")
    list_filter = ("by_customer", "shop")
    list_select_related = ("shop", "rework", "file")
    search_fields = ("sent_as", "rework__number")
    ordering = ("-added_at",)


@admin.register(Chargeback)
class ChargebackAdmin(_Reading, admin.ModelAdmin):
    """What banks ask about or take back."""

    list_display = (
        "number",
        "payment",
        "shop",
        "kind",
        "status",
        "funds",
        "amount",
        "evidence_due_by",
    )
    list_filter = ("status", "kind", "funds", "shop")
    list_select_related = ("shop", "payment")
    search_fields = ("number", "reference", "payment__number", "network_reason")
    ordering = ("-recorded_at",)
    readonly_fields = ("withdrawn_by_customer_at", "submitted_at", "closed_at")
    inlines = (PartInline, NoticeInline)


@admin.register(ChargebackPart)
class PartAdmin(_Reading, admin.ModelAdmin):
    """Parts of chargebacks."""

    list_display = ("chargeback", "invoice", "amount", "shop")
    list_filter = ("shop",)
    list_select_related = ("shop", "chargeback", "invoice")
    search_fields = ("chargeback__number", "invoice__number")
    ordering = ("chargeback__number",)


@admin.register(ChargebackNotice)
class NoticeAdmin(_Reading, admin.ModelAdmin):
    """Countdowns of chargebacks."""

    list_display = ("chargeback", "due_by", "days_left", "told_at", "shop")
    list_filter = ("shop",)
    list_select_related = ("shop", "chargeback")
    search_fields = ("chargeback__number",)
    ordering = ("-told_at",)
