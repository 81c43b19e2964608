"""Inspections in the Django admin: everything can be found and read, nothing changed.

What was seen, shared or answered has one door, the services, which number, hash and audit it;
checklists have theirs, which writes versions.
"""

from django.contrib import admin

from inspections.models import (
    Acknowledgement,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    Inspection,
    InspectionItem,
    ItemMedia,
    ItemRemark,
    RemarkFile,
)
from shopdisputes.shops.administration import ReadOnly, ReadOnlyAdmin

_OF_INSPECTION = (
    "inspection__number",
    "inspection__repair_order__number",
    "inspection__repair_order__customer__name",
)


class VersionInline(ReadOnly, admin.TabularInline):
    """The versions of a checklist."""

    model = ChecklistVersion
    fields = ("number", "created_at", "created_by")
    ordering = ("-number",)
    show_change_link = True
    extra = 0


class ChecklistItemInline(ReadOnly, admin.TabularInline):
    """The items of a version, in their order."""

    model = ChecklistItem
    fields = ("position", "name", "kind", "unit", "photo_rule", "pair_key")
    ordering = ("position",)
    extra = 0


class ItemInline(ReadOnly, admin.TabularInline):
    """What was seen at an inspection, in its order."""

    model = InspectionItem
    fields = ("position", "name", "result", "reason", "measurement", "unit", "note")
    ordering = ("position",)
    show_change_link = True
    extra = 0


class AcknowledgementInline(ReadOnly, admin.TabularInline):
    """What the customer said to an inspection."""

    model = Acknowledgement
    fields = ("answer", "person", "evidence_level", "at", "recorded_by")
    ordering = ("-at",)
    show_change_link = True
    extra = 0


class MediaInline(ReadOnly, admin.TabularInline):
    """The files of an item, those taken away too."""

    model = ItemMedia
    fields = ("file", "shot", "caption", "source", "added_at", "added_by", "removed_at")
    readonly_fields = ("removed_at",)
    ordering = ("added_at",)
    extra = 0


class RemarkInline(ReadOnly, admin.TabularInline):
    """What the customer said about single items."""

    model = ItemRemark
    fields = ("item", "text")
    extra = 0


class RemarkFileInline(ReadOnly, admin.TabularInline):
    """The files that the customer signed along."""

    model = RemarkFile
    fields = ("file", "item", "added_at")
    extra = 0


@admin.register(Checklist)
class ChecklistAdmin(ReadOnlyAdmin):
    """Checklists; they are changed on the settings' pages, which make the next version."""

    list_display = ("__str__", "shop", "stage", "ready_made", "is_active")
    list_filter = ("stage", "is_active", "shop")
    list_select_related = ("shop",)
    search_fields = ("name", "ready_made", "shop__name")
    ordering = ("shop", "stage", "position")
    readonly_fields = ("ready_made",)
    inlines = (VersionInline,)


@admin.register(ChecklistVersion)
class ChecklistVersionAdmin(ReadOnlyAdmin):
    """Versions of checklists."""

    list_display = ("checklist", "number", "shop", "created_at", "created_by")
    list_filter = ("checklist__stage", "shop")
    list_select_related = ("shop", "checklist")
    search_fields = ("checklist__name", "created_by")
    ordering = ("-created_at",)
    inlines = (ChecklistItemInline,)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ReadOnlyAdmin):
    """Items of checklists."""

    list_display = ("__str__", "version", "shop", "position", "kind", "photo_rule", "pair_key")
    list_filter = ("kind", "photo_rule", "shop")
    list_select_related = ("shop", "version__checklist")
    search_fields = ("name", "section", "pair_key")
    ordering = ("-version__created_at", "position")


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    """Inspections, with what was frozen at their completion."""

    list_display = ("number", "shop", "repair_order", "stage", "status", "created_at")
    list_filter = ("stage", "status", "shop")
    list_select_related = ("shop", "repair_order")
    search_fields = (
        "number",
        "sha256",
        "repair_order__number",
        "repair_order__customer__name",
        "repair_order__vehicle__plate_key",
    )
    ordering = ("-created_at",)
    readonly_fields = (
        "completed_at",
        "completed_by",
        "canonical_json",
        "sha256",
        "report",
        "shared_at",
        "sent_to",
        "answered_at",
    )
    inlines = (ItemInline, AcknowledgementInline)


@admin.register(InspectionItem)
class InspectionItemAdmin(ReadOnlyAdmin):
    """Items of inspections."""

    list_display = ("__str__", "inspection", "shop", "result", "measurement", "unit")
    list_filter = ("result", "kind", "shop")
    list_select_related = ("shop", "inspection")
    search_fields = ("name", "note", "reading", *_OF_INSPECTION)
    ordering = ("-inspection__created_at", "position")
    readonly_fields = ("recorded_at", "recorded_by")
    inlines = (MediaInline,)


@admin.register(ItemMedia)
class ItemMediaAdmin(ReadOnlyAdmin):
    """Photos, videos and PDFs of items, those taken away too."""

    list_display = ("file", "item", "shop", "source", "added_at", "added_by", "removed_at")
    list_filter = ("source", "file__kind", ("removed_at", admin.EmptyFieldListFilter), "shop")
    list_select_related = ("shop", "file", "item")
    search_fields = ("file__name", "file__sha256", "caption", "item__inspection__number")
    ordering = ("-added_at",)
    readonly_fields = ("removed_at", "removed_by")


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    """The customers' answers, and the notes that there was none."""

    list_display = ("inspection", "shop", "answer", "person", "evidence_level", "at")
    list_filter = ("answer", "evidence_level", "shop")
    list_select_related = ("shop", "inspection")
    search_fields = ("person", "remarks", "sha256", *_OF_INSPECTION)
    ordering = ("-at",)
    readonly_fields = ("canonical_json", "sha256", "document")
    inlines = (RemarkInline, RemarkFileInline)


@admin.register(ItemRemark)
class ItemRemarkAdmin(ReadOnlyAdmin):
    """The customers' remarks about single items."""

    list_display = ("item", "text", "acknowledgement", "shop")
    list_filter = ("acknowledgement__answer", "shop")
    list_select_related = ("shop", "item", "acknowledgement__inspection")
    search_fields = ("text", "acknowledgement__inspection__number")
    ordering = ("-acknowledgement__at",)


@admin.register(RemarkFile)
class RemarkFileAdmin(ReadOnlyAdmin):
    """Files that customers added; drafts until they sign."""

    list_display = ("file", "inspection", "shop", "item", "added_at", "acknowledgement")
    list_filter = ("file__kind", ("acknowledgement", admin.EmptyFieldListFilter), "shop")
    list_select_related = ("shop", "file", "inspection", "item", "acknowledgement__inspection")
    search_fields = ("file__name", "file__sha256", *_OF_INSPECTION)
    ordering = ("-added_at",)
    readonly_fields = ("removed_at",)
