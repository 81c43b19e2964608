"""Reminders in the Django admin: everything can be read, nothing can be changed.

Ladders, texts and reminders have one door, the services, which version, ask again and audit.
"""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from dunning.models import (
    CustomerLadder,
    DunningSettings,
    Fee,
    Ladder,
    LadderVersion,
    Reminder,
    ReminderText,
    Step,
)
from invoices.models import DunningPosition


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


class StepInline(_Reading, admin.TabularInline):
    """The steps of a version, in their order."""

    model = Step
    fields = (
        *("position", "key", "offset_days", "channel", "template", "requires_approval"),
        *("fee_rule", "fee_amount", "pay_within_days"),
    )
    ordering = ("position",)
    extra = 0


@admin.register(DunningSettings)
class SettingsAdmin(_Reading, admin.ModelAdmin):
    """The switches of the shops."""

    list_display = ("shop", "paused_at", "paused_by", "pause_reason")
    list_select_related = ("shop",)
    search_fields = ("shop__name",)
    ordering = ("shop__name",)
    readonly_fields = ("paused_at", "paused_by")


@admin.register(Ladder)
class LadderAdmin(_Reading, admin.ModelAdmin):
    """Ladders."""

    list_display = ("name", "shop", "is_default", "created_at")
    list_filter = ("is_default", "shop")
    list_select_related = ("shop",)
    search_fields = ("name",)
    ordering = ("shop__name", "name")


@admin.register(LadderVersion)
class VersionAdmin(_Reading, admin.ModelAdmin):
    """Versions of ladders, with their steps."""

    list_display = ("__str__", "shop", "min_gap_days", "min_amount", "created_at", "created_by")
    list_filter = ("shop",)
    list_select_related = ("shop", "ladder")
    search_fields = ("ladder__name", "created_by")
    ordering = ("-created_at",)
    inlines = (StepInline,)


@admin.register(Step)
class StepAdmin(_Reading, admin.ModelAdmin):
    """Steps."""

    list_display = ("__str__", "version", "shop", "offset_days", "channel", "requires_approval")
    list_filter = ("template", "channel", "shop")
    list_select_related = ("shop", "version__ladder")
    search_fields = ("version__ladder__name",)
    ordering = ("-version__created_at", "position")


@admin.register(CustomerLadder)
class CustomerLadderAdmin(_Reading, admin.ModelAdmin):
    """Customers with a ladder of their own, or with none."""

    list_display = ("customer", "shop", "ladder", "reason", "set_at", "set_by")
    list_filter = ("shop",)
    list_select_related = ("shop", "customer", "ladder")
    search_fields = ("customer__name", "reason")
    ordering = ("-set_at",)


@admin.register(ReminderText)
class TextAdmin(_Reading, admin.ModelAdmin):
    """The words of reminders."""

    list_display = ("template", "language", "version", "shop", "subject", "created_at")
    list_filter = ("template", "language", "shop")
    list_select_related = ("shop",)
    search_fields = ("subject", "body")
    ordering = ("-created_at",)


@admin.register(DunningPosition)
class PositionAdmin(_Reading, admin.ModelAdmin):
    """Where invoices stand in being asked for."""

    list_display = (
        *("invoice", "shop", "cycle", "base_on", "reached_key", "look_on", "next_key"),
        *("ended_at", "stopped_at"),
    )
    list_filter = ("shop",)
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number",)
    ordering = ("look_on", "id")


@admin.register(Reminder)
class ReminderAdmin(_Reading, admin.ModelAdmin):
    """Reminders."""

    list_display = (
        *("invoice", "shop", "customer", "step_key", "cycle", "channel", "status", "reason"),
        *("amount", "planned_on"),
    )
    list_filter = ("status", "channel", "shop")
    list_select_related = ("shop", "invoice", "customer")
    search_fields = ("invoice__number", "customer__name")
    ordering = ("-planned_on",)
    readonly_fields = (
        *("step_key", "pay_by", "email", "document", "before_key", "before_offset"),
        *("approved_at", "approved_by", "ended_at", "ended_by", "outcome", "note"),
    )


@admin.register(Fee)
class FeeAdmin(_Reading, admin.ModelAdmin):
    """Charges for being late."""

    list_display = ("invoice", "shop", "rule", "status", "amount", "base", "proposed_at")
    list_filter = ("status", "rule", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number", "reason")
    ordering = ("-proposed_at",)
    readonly_fields = (
        *("step_key", "cycle", "explanation", "decided_at", "decided_by", "reason", "entry"),
    )
