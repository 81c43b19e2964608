"""The entries that move an invoice's balance."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.billing import Invoice
from invoices.models.payments import Payment
from invoices.states import EntryKind
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet

#: What a payment moves; every such entry names its payment.
OF_PAYMENTS = [
    EntryKind.PAYMENT,
    EntryKind.PAYMENT_TAKEN_BACK,
    EntryKind.CHARGEBACK,
    EntryKind.CHARGEBACK_REVERSED,
]


class LedgerEntryQuerySet(ShopQuerySet):
    """Reads of entries."""

    def in_order(self) -> Self:
        """Return them as they were written."""
        return self.order_by("at", "sequence")


class LedgerEntry(ShopOwned):
    """One movement of an invoice's balance. Never changed, never deleted.

    ``amount`` is signed: positive makes more owed, negative less. ``on`` is the shop's day.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="entries")
    #: Counts the entries of an invoice from 1.
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind.choices)
    amount = MoneyField(_("amount"))
    #: What the invoice's balance is after it.
    balance = MoneyField(_("balance"))
    on = models.DateField(_("day"))
    at = models.DateTimeField()
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="entries"
    )
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="credited_entries"
    )
    note = models.CharField(max_length=300, blank=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "sequence"], name="ledger_entry_sequence_unique"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(kind=EntryKind.BILLED),
                name="ledger_entry_billed_once",
            ),
            models.UniqueConstraint(
                fields=["credit_note"],
                condition=Q(kind=EntryKind.CREDIT),
                name="ledger_entry_credited_once",
            ),
            models.CheckConstraint(
                condition=~Q(amount=0) | Q(kind=EntryKind.BILLED),
                name="ledger_entry_moves_something",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="ledger_entry_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_PAYMENTS, payment__isnull=False)
                | (~Q(kind__in=OF_PAYMENTS) & Q(payment=None)),
                name="ledger_entry_of_a_payment_names_it",
            ),
        ]
        indexes = [models.Index(fields=["shop", "on", "kind"], name="ledger_entry_by_day")]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.get_kind_display()} · {self.amount}"
