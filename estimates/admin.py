"""The estimates in the Django admin: everything can be read, little can be changed.

What was sent, answered or signed has one door, the services, which number, hash and audit it.
"""

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone

from estimates.models import (
    Authorization,
    Estimate,
    EstimateLine,
    EstimateRevision,
    JobTemplate,
    JobTemplateLine,
    LineAnswer,
    PaperCopy,
)


class _Reading:
    """Lets administrators look, and nothing else."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RevisionInline(_Reading, admin.TabularInline):
    """The revisions of an estimate."""

    model = EstimateRevision
    fields = ("number", "status", "total", "valid_until", "sent_at", "sent_to", "answered_at")
    readonly_fields = ("sent_at", "sent_to", "answered_at")
    show_change_link = True
    extra = 0


class LineInline(_Reading, admin.TabularInline):
    """The lines of a revision, in their order."""

    model = EstimateLine
    fields = ("kind", "description", "quantity", "unit_price", "tax_rate", "net", "necessity")
    ordering = ("position",)
    extra = 0


class AnswerInline(_Reading, admin.TabularInline):
    """The answers within an authorization."""

    model = LineAnswer
    fields = ("line", "answer")
    extra = 0


class JobLineInline(admin.TabularInline):
    """The lines of a frequent job."""

    model = JobTemplateLine
    exclude = ("shop",)
    ordering = ("position",)
    extra = 0


@admin.register(Estimate)
class EstimateAdmin(_Reading, admin.ModelAdmin):
    """Estimates."""

    list_display = ("number", "shop", "repair_order", "status", "total", "created_at")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "repair_order")
    search_fields = (
        "number",
        "repair_order__number",
        "repair_order__customer__name",
        "repair_order__vehicle__plate_key",
    )
    ordering = ("-created_at",)
    inlines = (RevisionInline,)


@admin.register(EstimateRevision)
class RevisionAdmin(_Reading, admin.ModelAdmin):
    """Revisions, with what the customer was shown."""

    list_display = ("estimate", "number", "shop", "status", "total", "valid_until", "sent_at")
    list_filter = ("status", "required_level", "shop")
    list_select_related = ("shop", "estimate")
    search_fields = ("estimate__number", "sent_to", "sha256")
    ordering = ("-created_at",)
    readonly_fields = ("canonical_json", "sha256", "document", "sent_at", "sent_to", "answered_at")
    inlines = (LineInline,)


@admin.register(EstimateLine)
class LineAdmin(_Reading, admin.ModelAdmin):
    """Lines."""

    list_display = ("description", "revision", "shop", "kind", "quantity", "unit_price", "net")
    list_filter = ("kind", "necessity", "shop")
    list_select_related = ("shop", "revision__estimate")
    search_fields = ("description", "revision__estimate__number")
    ordering = ("-revision__created_at", "position")


@admin.register(Authorization)
class AuthorizationAdmin(_Reading, admin.ModelAdmin):
    """The customers' answers."""

    list_display = ("revision", "shop", "mode", "evidence_level", "person", "at", "new_total")
    list_filter = ("mode", "evidence_level", "shop")
    list_select_related = ("shop", "revision__estimate")
    search_fields = ("revision__estimate__number", "person", "contact", "recorded_by")
    ordering = ("-recorded_at",)
    inlines = (AnswerInline,)


@admin.register(LineAnswer)
class LineAnswerAdmin(_Reading, admin.ModelAdmin):
    """The answers to lines."""

    list_display = ("line", "answer", "authorization", "shop")
    list_filter = ("answer", "shop")
    list_select_related = ("shop", "line", "authorization__revision__estimate")
    search_fields = ("line__description", "authorization__revision__estimate__number")
    ordering = ("-authorization__recorded_at",)


@admin.register(PaperCopy)
class PaperCopyAdmin(_Reading, admin.ModelAdmin):
    """Prints for signature."""

    list_display = ("revision", "shop", "printed_at", "printed_by")
    list_filter = ("shop",)
    list_select_related = ("shop", "revision__estimate")
    search_fields = ("revision__estimate__number", "printed_by")
    ordering = ("-printed_at",)


@admin.register(JobTemplate)
class JobAdmin(admin.ModelAdmin):
    """Frequent jobs: the one thing here that binds nobody, and so may be changed."""

    list_display = ("name", "shop", "language", "is_active")
    list_filter = ("is_active", "language", "shop")
    list_select_related = ("shop",)
    search_fields = ("name", "lines__description")
    ordering = ("shop", "name")
    exclude = ("created_at",)
    inlines = (JobLineInline,)

    def get_readonly_fields(
        self, request: HttpRequest, obj: JobTemplate | None = None
    ) -> tuple[str, ...]:
        """A job does not move to another shop."""
        return ("shop",) if obj else ()

    def save_model(
        self, request: HttpRequest, obj: JobTemplate, form: ModelForm, change: bool
    ) -> None:
        """Note when a new one was made."""
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm,
        formset: BaseModelFormSet,
        change: bool,
    ) -> None:
        """Give the lines the shop of their job."""
        for line_form in formset.forms:
            line_form.instance.shop = form.instance.shop
        super().save_formset(request, form, formset, change)


@admin.register(JobTemplateLine)
class JobLineAdmin(_Reading, admin.ModelAdmin):
    """Lines of frequent jobs; they are changed on their job's page."""

    list_display = ("description", "template", "shop", "kind", "quantity", "unit_price")
    list_filter = ("kind", "shop")
    list_select_related = ("shop", "template")
    search_fields = ("description", "template__name")
    ordering = ("template__name", "position")
