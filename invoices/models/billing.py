"""What is billed: invoices and their lines."""

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from estimates.models import EstimateLine, LineAnswer
from estimates.states import LineKind, PartCondition
from invoices.states import Classification, InvoiceKind, InvoiceStatus
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import HALF_A_CENT, ZERO, MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature


class InvoiceQuerySet(ShopQuerySet):
    """Reads of invoices."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: everything about an invoice happens behind it, one at a time.

        Rows that only name the invoice may be written meanwhile: the planner of reminders holds
        positions for which the lock's owner may wait.
        """
        self.select_for_update(of=("self",), no_key=True).filter(pk=pk).values("pk").first()

    def lock_all(self, pks: "list[uuid.UUID]") -> None:
        """Take the locks of several rows in the one order that everybody takes them in."""
        locked = self.select_for_update(of=("self",), no_key=True)
        list(locked.filter(pk__in=pks).order_by("pk").values("pk"))

    def for_link(self, link: AccessLink) -> Self:
        """Return the one issued invoice that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id).exclude(status=InvoiceStatus.DRAFT)

    def with_everything(self) -> Self:
        """Return them with shop, repair order, customer and vehicle in one query."""
        return self.select_related(
            "shop", "customer", "repair_order__customer", "repair_order__vehicle", "original"
        )

    def for_lines(self, *, with_customer: bool = True) -> Self:
        """Return them with what a line of a list says of them, in one query; no other columns."""
        related = ["repair_order__vehicle", *(["customer"] if with_customer else [])]
        return self.select_related(*related).only(
            *("shop", "customer", "kind", "status", "number", "reference", "currency", "issued_on"),
            *("due_on", "total", "balance", "created_at", "repair_order__number"),
            *(f"repair_order__vehicle__{name}" for name in ("make", "model", "plate")),
            *(["customer__name"] if with_customer else []),
        )

    def numbered(self) -> Self:
        """Return what was issued, whatever became of it."""
        return self.exclude(status=InvoiceStatus.DRAFT)

    def billing(self) -> Self:
        """Return what asks for money and was issued: no credit notes, no drafts."""
        return self.numbered().exclude(kind=InvoiceKind.CREDIT_NOTE)

    def open_items(self) -> Self:
        """Return issued invoices of which something is still owed."""
        return self.filter(status=InvoiceStatus.ISSUED, balance__gt=0)

    def overdue(self, today: date) -> Self:
        """Return open invoices whose last day to pay is over."""
        return self.open_items().filter(due_on__lt=today)

    def search(self, words: str) -> Self:
        """Return invoices of whom every word is found in number, order, customer or plate."""
        found = self
        for word in words.casefold().split():
            plate = "".join(character for character in word if character.isalnum())
            condition = Q(search_text__contains=word)
            if plate and plate != word:
                condition |= Q(search_text__contains=plate)
            found = found.filter(condition)
        return found


class Invoice(ShopOwned):
    """A claim for money on a repair order, or a credit note. Once issued, it never changes.

    ``subtotal`` is before tax, ``tax`` is computed once per rate, ``total`` is their sum. Those
    of a credit note are positive too: ``kind`` says which way they go. ``balance`` is what is
    still owed, tax included: the sum of the invoice's ``LedgerEntry`` rows, kept here by the one
    service that writes them; never below zero, always zero for drafts and credit notes.
    """

    repair_order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=14, choices=InvoiceKind.choices)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=InvoiceStatus.choices,
        default=InvoiceStatus.DRAFT,
    )
    #: Empty until issued; then without gaps in its shop and series.
    number = models.CharField(_("number"), max_length=20, blank=True, editable=False)
    #: The ISO 11649 creditor reference by which a bank transfer is recognized.
    reference = models.CharField(_("payment reference"), max_length=25, blank=True, editable=False)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    #: The day on which the work was finished or stopped.
    performed_on = models.DateField(_("performed on"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    #: In words for the customer: of a partial repair, of storage; why, for a credit note.
    explanation = models.TextField(_("explanation"), max_length=4000, blank=True)
    subtotal = MoneyField(_("subtotal"), default=ZERO)
    tax = MoneyField(_("tax"), default=ZERO)
    total = MoneyField(_("total"), default=ZERO)
    #: [{"rate": "20.00", "base": "100.00", "tax": "20.00"}], rates rising.
    taxes = models.JSONField(default=list, editable=False)
    balance = MoneyField(_("balance"), default=ZERO, editable=False)
    #: Of a credit note: the invoice that it corrects.
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="credit_notes"
    )
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: The customer's signature of receipt, where the shop asks for one, and the sealed copy.
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="invoice"
    )
    signed_document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: Number, repair order, customer, plate and reference in small letters: what a search reads.
    search_text = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    issued_at = models.DateTimeField(null=True, editable=False)
    issued_by = models.CharField(max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    sent_to = models.EmailField(_("sent to"), blank=True, editable=False)
    #: When and why it was voided or written off.
    ended_at = models.DateTimeField(null=True, editable=False)
    end_reason = models.TextField(max_length=1000, blank=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "number"],
                condition=~Q(number=""),
                name="invoice_number_unique_per_shop",
            ),
            models.UniqueConstraint(
                fields=["repair_order", "kind"],
                condition=Q(status=InvoiceStatus.DRAFT),
                name="invoice_one_draft_of_a_kind_per_order",
            ),
            models.CheckConstraint(
                # Less than half a cent apart is equal: SQLite keeps decimals as floats.
                condition=Q(total__gt=F("subtotal") + F("tax") - HALF_A_CENT)
                & Q(total__lt=F("subtotal") + F("tax") + HALF_A_CENT),
                name="invoice_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.DRAFT, number="", balance=0)
                | (
                    ~Q(status=InvoiceStatus.DRAFT)
                    & ~Q(number="")
                    & ~Q(sha256="")
                    & Q(issued_on__isnull=False, issued_at__isnull=False, total__gte=0)
                ),
                name="invoice_issued_is_numbered_and_hashed",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="invoice_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.ISSUED) | Q(balance=0),
                name="invoice_only_issued_ones_are_owed",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.CREDIT_NOTE, original__isnull=False, balance=0)
                | (~Q(kind=InvoiceKind.CREDIT_NOTE) & Q(original=None)),
                name="invoice_credit_note_has_its_original",
            ),
        ]
        indexes = [
            # Holds everything by which lists filter, sort and add up, so that they walk over
            # thousands of invoices without reading the rows, which are large.
            models.Index(
                fields=[
                    *("shop", "-created_at", "id"),
                    *("status", "kind", "due_on", "balance", "total", "search_text"),
                ],
                name="invoice_newest",
            ),
            models.Index(fields=["shop", "status", "-created_at", "id"], name="invoice_by_status"),
            models.Index(
                fields=["shop", "due_on", "id"],
                condition=Q(status="issued", balance__gt=0),
                name="invoice_open_by_due",
            ),
            models.Index(
                fields=["shop", "-created_at", "id"],
                condition=Q(status="issued", balance__gt=0),
                name="invoice_open_newest",
            ),
            models.Index(fields=["customer", "-created_at", "id"], name="invoice_of_customer"),
            models.Index(
                fields=["customer", "due_on", "id"],
                condition=Q(status="issued", balance__gt=0),
                name="invoice_open_of_customer",
            ),
            models.Index(fields=["shop", "issued_on"], name="invoice_by_issue_day"),
            models.Index(fields=["shop", "reference"], name="invoice_by_reference"),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft"))

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives money back instead of asking for it."""
        return self.kind == InvoiceKind.CREDIT_NOTE


class InvoiceLineQuerySet(ShopQuerySet):
    """Reads of lines."""

    def in_order(self) -> Self:
        """Return them as they stand on the invoice."""
        return self.order_by("position")


class InvoiceLine(ShopOwned):
    """One line of an invoice. ``net`` is rounded to cents first, before any tax.

    ``basis`` is frozen when issued: ``authorization`` (which revision, who, when, how),
    ``disclosure``, ``work``; each an object, or null where there is none. A line whose basis has
    gaps stands only with ``override_reason``. Lines with net 0 say what is *not* billed.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    description = models.CharField(_("description"), max_length=300)
    #: Hours for labour, else pieces; up to three places.
    quantity = models.DecimalField(_("quantity or hours"), max_digits=9, decimal_places=3)
    #: Before tax; negative for a discount only.
    unit_price = MoneyField(_("unit price or rate, before tax"))
    tax_rate = models.DecimalField(_("tax, %"), max_digits=5, decimal_places=2)
    part_condition = models.CharField(
        _("part condition"), max_length=12, choices=PartCondition.choices, blank=True
    )
    net = MoneyField(_("net"))
    classification = models.CharField(
        _("what it is for"),
        max_length=20,
        choices=Classification.choices,
        default=Classification.AGREED,
    )
    #: Why this much, in words for the customer.
    note = models.CharField(_("note"), max_length=500, blank=True)
    #: The version of the line that the customer authorized, and the answer that did it.
    estimate_line = models.ForeignKey(
        EstimateLine, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    answer = models.ForeignKey(
        LineAnswer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    basis = models.JSONField(default=dict, editable=False)
    #: ``Gap`` values found when it was issued.
    gaps = models.JSONField(default=list, editable=False)
    override_reason = models.TextField(_("reason of the override"), max_length=1000, blank=True)
    override_by = models.CharField(max_length=200, blank=True, editable=False)
    override_at = models.DateTimeField(null=True, editable=False)
    #: Of a credit note: the line that is taken back.
    credited_line = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="credits"
    )

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0) & Q(quantity__lte=9999),
                name="invoice_line_quantity_sane",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0) & Q(tax_rate__lte=100),
                name="invoice_line_tax_rate_sane",
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.DISCOUNT, unit_price__lte=0)
                | (~Q(kind=LineKind.DISCOUNT) & Q(unit_price__gte=0)),
                name="invoice_line_negative_only_for_discounts",
            ),
            models.CheckConstraint(
                condition=Q(override_reason="", override_by="", override_at=None)
                | (~Q(override_reason="") & ~Q(override_by="") & Q(override_at__isnull=False)),
                name="invoice_line_override_is_signed",
            ),
        ]
        indexes = [models.Index(fields=["shop", "estimate_line"], name="invoice_line_by_estimate")]

    def __str__(self) -> str:
        return self.description
