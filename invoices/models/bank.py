"""Bank statements that were brought in, and what became of their lines."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.payments import Payment
from invoices.states import BankFormat, TransactionStatus
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class BankImport(ShopOwned):
    """One file of a bank. ``sha256`` is that of its bytes: the same file again is refused."""

    filename = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=10, choices=BankFormat.choices)
    sha256 = models.CharField("SHA-256", max_length=64)
    account = models.CharField(_("account"), max_length=40, blank=True)
    #: Lines in the file: taken in, already known, money that went out.
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    outgoing = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        constraints = [
            models.UniqueConstraint(fields=["shop", "sha256"], name="bank_import_once"),
        ]
        indexes = [models.Index(fields=["shop", "-imported_at", "id"], name="bank_import_newest")]

    def __str__(self) -> str:
        return self.filename


class BankTransactionQuerySet(ShopQuerySet):
    """Reads of lines of statements."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: two people never book the same money."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def undecided(self) -> Self:
        """Return what waits for a person."""
        return self.filter(status=TransactionStatus.NEW)


class BankTransaction(ShopOwned):
    """Money that came in according to the bank; a person decides what it is.

    ``fingerprint`` makes the same line of two overlapping statements one.
    """

    statement = models.ForeignKey(BankImport, on_delete=models.PROTECT, related_name="transactions")
    fingerprint = models.CharField(max_length=64, editable=False)
    booked_on = models.DateField(_("booked on"))
    amount = MoneyField(_("amount"))
    currency = models.CharField(max_length=3)
    payer = models.CharField(_("payer"), max_length=200, blank=True)
    payer_account = models.CharField(_("payer's account"), max_length=40, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    #: The structured reference (ISO 11649), when the payer's bank sent one.
    reference = models.CharField(_("reference"), max_length=35, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=TransactionStatus.choices,
        default=TransactionStatus.NEW,
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, related_name="bank_transaction"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True, editable=False)

    objects = BankTransactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank transaction")
        verbose_name_plural = _("bank transactions")
        constraints = [
            models.UniqueConstraint(fields=["shop", "fingerprint"], name="bank_transaction_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_transaction_positive"),
            models.CheckConstraint(
                condition=Q(status=TransactionStatus.BOOKED, payment__isnull=False)
                | (~Q(status=TransactionStatus.BOOKED) & Q(payment=None)),
                name="bank_transaction_booked_has_its_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "-booked_on", "id"],
                condition=Q(status="new"),
                name="bank_transaction_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} · {self.payer} · {self.amount}"
