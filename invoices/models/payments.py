"""Money that came in, and money that was given back."""

import uuid
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from invoices.states import PaymentMethod, PaymentPurpose
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.money import HALF_A_CENT, ZERO, MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class PaymentQuerySet(ShopQuerySet):
    """Reads of payments."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: after those of invoices, before the counter's."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def lock_all(self, pks: "list[uuid.UUID]") -> None:
        """Take the locks of several rows in the one order that everybody takes them in."""
        list(self.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk").values("pk"))

    def with_everything(self) -> Self:
        """Return them with shop, customer, visit and receipt in one query."""
        return self.select_related("shop", "customer", "repair_order", "receipt")

    def for_lines(self) -> Self:
        """Return them with what a line of a list says of them, in one query; no other columns."""
        return self.select_related("customer", "repair_order").only(
            *("shop", "customer", "repair_order", "number", "purpose", "currency", "amount"),
            *("unallocated", "refunded", "charged_back", "method", "received_on", "reference"),
            *("recorded_at", "annulled_at", "customer__name", "repair_order__number"),
        )

    def standing(self) -> Self:
        """Return what was not recorded by mistake."""
        return self.filter(annulled_at=None)

    def unallocated(self) -> Self:
        """Return money that no invoice has yet."""
        return self.standing().filter(unallocated__gt=0)

    def search(self, words: str) -> Self:
        """Return payments of whom every word is found in number, reference or customer."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(reference__icontains=word)
                | Q(customer__name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(customer__name__contains=word.capitalize())
            )
        return found

    def deposits_of(self, repair_order: RepairOrder) -> Self:
        """Return the deposits on a repair order that are not applied yet, the oldest first."""
        return (
            self.unallocated()
            .filter(repair_order=repair_order, purpose=PaymentPurpose.DEPOSIT)
            .order_by("received_on", "recorded_at", "pk")
        )


class Payment(ShopOwned):
    """Money received from a customer: for invoices, as a deposit, or on account.

    ``unallocated`` is what of it stands on no invoice, ``refunded`` what was given back,
    ``charged_back`` what a bank has taken back; the rest is on invoices. All of them are moved
    by the one service that writes ledger entries.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    #: Of a deposit: the visit it was given for.
    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="deposits"
    )
    number = models.CharField(_("number"), max_length=20)
    purpose = models.CharField(
        _("purpose"),
        max_length=10,
        choices=PaymentPurpose.choices,
        default=PaymentPurpose.PAYMENT,
    )
    currency = models.CharField(max_length=3)
    amount = MoneyField(_("amount"))
    unallocated = MoneyField(_("unallocated"), editable=False)
    refunded = MoneyField(_("refunded"), default=ZERO, editable=False)
    charged_back = MoneyField(_("taken back by the bank"), default=ZERO, editable=False)
    method = models.CharField(_("method"), max_length=14, choices=PaymentMethod.choices)
    received_on = models.DateField(_("received on"))
    #: Cheque number, card slip, what the bank says.
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    #: What makes a form or a call that is sent twice the same payment.
    idempotency_key = models.UUIDField(null=True, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    receipt = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    receipt_sent_to = models.EmailField(blank=True, editable=False)
    #: Recorded by mistake: it never came in. Nothing of it may be on an invoice then.
    annulled_at = models.DateTimeField(null=True, editable=False)
    annulled_by = models.CharField(max_length=200, blank=True, editable=False)
    annul_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="payment_number_unique"),
            models.UniqueConstraint(
                fields=["shop", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="payment_once_a_key",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(unallocated__gte=0)
                & Q(refunded__gte=0)
                & Q(charged_back__gte=0)
                & Q(amount__gt=F("unallocated") + F("refunded") + F("charged_back") - HALF_A_CENT),
                name="payment_no_more_than_it_was",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None)
                | Q(unallocated=F("amount"), refunded=0, charged_back=0),
                name="payment_annulled_is_on_no_invoice",
            ),
            models.CheckConstraint(
                condition=Q(purpose=PaymentPurpose.DEPOSIT, repair_order__isnull=False)
                | Q(purpose=PaymentPurpose.PAYMENT, repair_order=None),
                name="payment_deposit_names_its_visit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "-received_on", "-recorded_at", "id"], name="payment_newest"
            ),
            models.Index(fields=["customer", "-received_on", "id"], name="payment_of_customer"),
            models.Index(
                fields=["shop", "customer"],
                condition=Q(unallocated__gt=0, annulled_at=None),
                name="payment_unallocated",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def allocated(self) -> Decimal:
        """What of it stands on invoices."""
        return self.amount - self.unallocated - self.refunded - self.charged_back


class Refund(ShopOwned):
    """Money given back of a payment. Never changed, never deleted."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    number = models.CharField(_("number"), max_length=20)
    amount = MoneyField(_("amount"))
    method = models.CharField(_("method"), max_length=14, choices=PaymentMethod.choices)
    reason = models.CharField(_("reason"), max_length=500)
    refunded_on = models.DateField(_("refunded on"))
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(_("recorded by"), max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="refund_number_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]
        indexes = [models.Index(fields=["shop", "refunded_on"], name="refund_by_day")]

    def __str__(self) -> str:
        return self.number
