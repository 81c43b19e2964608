"""Money in the Django admin: everything can be read, nothing can be changed.

Invoices, payments and what hangs on them have one door, the services, which number, hash and
audit them.
"""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from invoices.models import (
    BankImport,
    BankTransaction,
    BillingSettings,
    Claim,
    ClaimFile,
    HandOver,
    Hold,
    Instalment,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PaymentPlan,
    Promise,
    Refund,
    StopWork,
    StopWorkFile,
    StorageNotice,
    StorageSuspension,
    WorkItem,
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


class LineInline(_Reading, admin.TabularInline):
    """The lines of an invoice, in their order."""

    model = InvoiceLine
    fields = (
        *("kind", "description", "quantity", "unit_price", "tax_rate", "net"),
        *("classification", "gaps", "override_reason", "override_by"),
    )
    readonly_fields = ("gaps", "override_by")
    ordering = ("position",)
    extra = 0


class EntryInline(_Reading, admin.TabularInline):
    """What moved an invoice's balance."""

    model = LedgerEntry
    fk_name = "invoice"
    fields = ("sequence", "kind", "amount", "balance", "on", "recorded_by", "payment", "note")
    ordering = ("sequence",)
    extra = 0


class HoldInline(_Reading, admin.TabularInline):
    """What keeps amounts of an invoice back."""

    model = Hold
    fields = ("kind", "amount", "reason", "placed_at", "released_at", "release_reason")
    readonly_fields = ("released_at", "release_reason")
    ordering = ("placed_at",)
    extra = 0


class RefundInline(_Reading, admin.TabularInline):
    """What of a payment was given back."""

    model = Refund
    fields = ("number", "amount", "method", "reason", "refunded_on", "recorded_by")
    ordering = ("recorded_at",)
    extra = 0


class InstalmentInline(_Reading, admin.TabularInline):
    """The parts of a plan."""

    model = Instalment
    fields = ("position", "due_on", "amount")
    ordering = ("position",)
    extra = 0


class ClaimFileInline(_Reading, admin.TabularInline):
    """The proofs that came with a claim."""

    model = ClaimFile
    fields = ("file", "sent_as", "added_at")
    extra = 0


class StopFileInline(_Reading, admin.TabularInline):
    """The proofs of how the customer stopped the work."""

    model = StopWorkFile
    fields = ("file", "sent_as", "added_at", "added_by")
    extra = 0


class SuspensionInline(_Reading, admin.TabularInline):
    """The days that do not count."""

    model = StorageSuspension
    fields = ("reason", "note", "from_on", "until_on", "recorded_by")
    extra = 0


class TransactionInline(_Reading, admin.TabularInline):
    """The lines of a bank statement."""

    model = BankTransaction
    fields = ("booked_on", "amount", "payer", "text", "reference", "status", "payment")
    ordering = ("booked_on",)
    extra = 0


@admin.register(Invoice)
class InvoiceAdmin(_Reading, admin.ModelAdmin):
    """Invoices and credit notes."""

    list_display = (
        *("__str__", "shop", "repair_order", "customer", "kind", "status"),
        *("total", "balance", "issued_on", "due_on"),
    )
    list_filter = ("kind", "status", "shop")
    list_select_related = ("shop", "repair_order", "customer")
    search_fields = ("search_text",)
    ordering = ("-created_at",)
    readonly_fields = (
        *("number", "reference", "taxes", "balance", "original", "canonical_json", "sha256"),
        *("document", "signed_document", "issued_at", "issued_by", "sent_at", "sent_to"),
        *("ended_at", "end_reason"),
    )
    inlines = (LineInline, EntryInline, HoldInline)


@admin.register(InvoiceLine)
class LineAdmin(_Reading, admin.ModelAdmin):
    """Lines, with what they stand on."""

    list_display = ("description", "invoice", "shop", "kind", "classification", "net", "gaps")
    list_filter = ("kind", "classification", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("description", "invoice__number")
    ordering = ("-invoice__created_at", "position")
    readonly_fields = ("basis", "gaps", "override_by", "override_at", "credited_line")


@admin.register(LedgerEntry)
class EntryAdmin(_Reading, admin.ModelAdmin):
    """What moved balances."""

    list_display = ("invoice", "sequence", "shop", "kind", "amount", "balance", "at")
    list_filter = ("kind", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number", "payment__number", "recorded_by")
    ordering = ("-at", "-sequence")


@admin.register(Payment)
class PaymentAdmin(_Reading, admin.ModelAdmin):
    """Money that came in."""

    list_display = (
        *("number", "shop", "customer", "purpose", "amount", "unallocated", "refunded"),
        *("method", "received_on", "annulled_at"),
    )
    list_filter = ("purpose", "method", "shop")
    list_select_related = ("shop", "customer")
    search_fields = ("number", "customer__name", "reference")
    ordering = ("-recorded_at",)
    readonly_fields = (
        *("unallocated", "refunded", "idempotency_key", "receipt", "receipt_sent_to"),
        *("annulled_at", "annulled_by", "annul_reason"),
    )
    inlines = (RefundInline,)


@admin.register(Refund)
class RefundAdmin(_Reading, admin.ModelAdmin):
    """Money that was given back."""

    list_display = ("number", "payment", "shop", "amount", "method", "refunded_on")
    list_filter = ("method", "shop")
    list_select_related = ("shop", "payment")
    search_fields = ("number", "payment__number", "reason")
    ordering = ("-recorded_at",)


@admin.register(Hold)
class HoldAdmin(_Reading, admin.ModelAdmin):
    """What is not asked for."""

    list_display = ("invoice", "shop", "kind", "amount", "reason", "placed_at", "released_at")
    list_filter = ("kind", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number", "reason", "subject")
    ordering = ("-placed_at",)
    readonly_fields = (
        *("subject", "source_id", "expires_at"),
        *("released_at", "released_by", "release_reason"),
    )


@admin.register(Promise)
class PromiseAdmin(_Reading, admin.ModelAdmin):
    """Promises to pay."""

    list_display = ("invoice", "shop", "amount", "promised_on", "status", "paid", "made_at")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number", "made_by", "note")
    ordering = ("-made_at",)
    readonly_fields = ("paid", "settled_at")


@admin.register(PaymentPlan)
class PlanAdmin(_Reading, admin.ModelAdmin):
    """Payment plans."""

    list_display = ("number", "invoice", "shop", "status", "total", "answer_by", "signed_at")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("number", "invoice__number")
    ordering = ("-created_at",)
    readonly_fields = (
        *("sent_to", "canonical_json", "sha256", "signed_at", "agreed_how", "document"),
        *("ended_at", "end_reason"),
    )
    inlines = (InstalmentInline,)


@admin.register(Claim)
class ClaimAdmin(_Reading, admin.ModelAdmin):
    """What customers say about invoices."""

    list_display = ("invoice", "shop", "kind", "status", "amount", "made_by", "made_at")
    list_filter = ("kind", "status", "shop")
    list_select_related = ("shop", "invoice")
    search_fields = ("invoice__number", "text", "made_by")
    ordering = ("-made_at",)
    readonly_fields = ("answered_at", "answered_by")
    inlines = (ClaimFileInline,)


@admin.register(WorkItem)
class WorkAdmin(_Reading, admin.ModelAdmin):
    """How far authorized lines are."""

    list_display = ("repair_order", "line", "shop", "state", "done_quantity", "part_state")
    list_filter = ("state", "part_state", "shop")
    list_select_related = ("shop", "repair_order", "line")
    search_fields = ("repair_order__number", "line__description")
    ordering = ("-updated_at",)


@admin.register(StopWork)
class StopAdmin(_Reading, admin.ModelAdmin):
    """Repairs that customers stopped."""

    list_display = ("repair_order", "shop", "happened_at", "channel", "option", "lifted_at")
    list_filter = ("channel", "option", "safety", "shop")
    list_select_related = ("shop", "repair_order")
    search_fields = ("repair_order__number", "reason", "person")
    ordering = ("-happened_at",)
    readonly_fields = (
        *("work", "option_prices", "offered_at", "offered_to", "recorded_choice_by"),
        *("canonical_json", "sha256", "document", "signed_document", "lifted_at", "lift_reason"),
    )
    inlines = (StopFileInline,)


@admin.register(StorageNotice)
class NoticeAdmin(_Reading, admin.ModelAdmin):
    """Notices of storage."""

    list_display = ("repair_order", "shop", "ready_on", "daily_rate", "first_day", "stopped_on")
    list_filter = ("shop",)
    list_select_related = ("shop", "repair_order")
    search_fields = ("repair_order__number", "served_how", "sent_to")
    ordering = ("-sent_at",)
    readonly_fields = ("sent_to", "document", "stopped_on", "stop_reason")
    inlines = (SuspensionInline,)


@admin.register(HandOver)
class HandOverAdmin(_Reading, admin.ModelAdmin):
    """Vehicles that left."""

    list_display = (
        *("repair_order", "shop", "happened_at", "collected_by", "payment_state", "balance"),
        "approved_by",
    )
    list_filter = ("payment_state", "authority", "shop")
    list_select_related = ("shop", "repair_order")
    search_fields = ("repair_order__number", "collected_by", "approved_by")
    ordering = ("-happened_at",)
    readonly_fields = ("canonical_json", "sha256", "document")


@admin.register(BankImport)
class ImportAdmin(_Reading, admin.ModelAdmin):
    """Bank statements that were brought in."""

    list_display = ("filename", "shop", "format", "account", "taken", "known", "imported_at")
    list_filter = ("format", "shop")
    list_select_related = ("shop",)
    search_fields = ("filename", "account", "sha256")
    ordering = ("-imported_at",)
    inlines = (TransactionInline,)


@admin.register(BankTransaction)
class TransactionAdmin(_Reading, admin.ModelAdmin):
    """Money that came in according to the bank."""

    list_display = ("booked_on", "shop", "payer", "amount", "reference", "status", "payment")
    list_filter = ("status", "shop")
    list_select_related = ("shop", "payment")
    search_fields = ("payer", "text", "reference", "payment__number")
    ordering = ("-booked_on",)
    readonly_fields = ("fingerprint", "decided_at", "decided_by")


@admin.register(BillingSettings)
class SettingsAdmin(_Reading, admin.ModelAdmin):
    """How shops bill; the shop itself changes it, and that is audited."""

    list_display = ("shop", "account_holder", "iban", "due_days", "ask_signature")
    list_select_related = ("shop",)
    search_fields = ("shop__name", "account_holder", "iban")
    ordering = ("shop__name",)


@admin.register(Instalment)
class InstalmentAdmin(_Reading, admin.ModelAdmin):
    """Parts of payment plans."""

    list_display = ("plan", "position", "shop", "due_on", "amount")
    list_filter = ("shop",)
    list_select_related = ("shop", "plan")
    search_fields = ("plan__number",)
    ordering = ("plan__number", "position")


@admin.register(ClaimFile)
class ClaimFileAdmin(_Reading, admin.ModelAdmin):
    """Proofs that customers sent."""

    list_display = ("sent_as", "claim", "shop", "added_at")
    list_filter = ("shop",)
    list_select_related = ("shop", "claim__invoice")
    search_fields = ("sent_as", "claim__invoice__number")
    ordering = ("-added_at",)


@admin.register(StopWorkFile)
class StopFileAdmin(_Reading, admin.ModelAdmin):
    """Proofs of how customers stopped the work."""

    list_display = ("sent_as", "stop", "shop", "added_at", "added_by")
    list_filter = ("shop",)
    list_select_related = ("shop", "stop__repair_order")
    search_fields = ("sent_as", "stop__repair_order__number")
    ordering = ("-added_at",)


@admin.register(StorageSuspension)
class SuspensionAdmin(_Reading, admin.ModelAdmin):
    """Days on which storage does not count."""

    list_display = ("notice", "shop", "reason", "from_on", "until_on")
    list_filter = ("reason", "shop")
    list_select_related = ("shop", "notice__repair_order")
    search_fields = ("notice__repair_order__number", "note")
    ordering = ("-recorded_at",)
