"""What a bank takes back: a mirror of its procedure."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import DisputeCase, FollowUp
from disputes.states import RUNNING_CHARGEBACKS, ChargebackKind, ChargebackStatus, Funds
from invoices.models import Hold, Invoice, LedgerEntry, Payment
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class ChargebackQuerySet(ShopQuerySet):
    """Reads of chargebacks."""

    def lock(self, pk: object) -> None:
        """Take the row's lock, after those of invoices and payment."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def waiting(self) -> Self:
        """Return those for which evidence is due."""
        return self.filter(status=ChargebackStatus.NEEDS_RESPONSE)

    def running(self) -> Self:
        """Return those about which the bank has not decided."""
        return self.filter(status__in=sorted(RUNNING_CHARGEBACKS))

    def with_everything(self) -> Self:
        """Return them with shop, payment, customer and case in one query."""
        return self.select_related("shop", "payment__customer", "case__owner")

    def search(self, words: str) -> Self:
        """Return those of whom every word is in a number, the bank's reference, or the customer."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(reference__icontains=word)
                | Q(payment__number__icontains=word)
                | Q(case__number__icontains=word)
                | Q(payment__customer__name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(payment__customer__name__contains=word.capitalize())
            )
        return found


class Chargeback(ShopOwned):
    """The bank asks about a payment, or takes it back. It keeps its own states beside the case's.

    ``reference`` is the bank's; the same one again is the same chargeback.
    """

    number = models.CharField(_("number"), max_length=20)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="chargebacks")
    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, null=True, related_name="chargebacks"
    )
    #: The one by which somebody answers for it; submitted evidence is looked at again, too.
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, null=True, editable=False, related_name="chargebacks"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ChargebackKind.choices)
    status = models.CharField(
        _("status"),
        max_length=14,
        choices=ChargebackStatus.choices,
        default=ChargebackStatus.NEEDS_RESPONSE,
    )
    funds = models.CharField(
        _("money"), max_length=10, choices=Funds.choices, default=Funds.WITH_SHOP
    )
    amount = MoneyField(_("amount"))
    #: As the bank words it, for example "13.1 Merchandise/services not received".
    network_reason = models.CharField(_("bank's reason"), max_length=200, blank=True)
    reference = models.CharField(_("bank's reference"), max_length=100)
    evidence_due_by = models.DateTimeField(_("evidence is due by"))
    #: The customer says he withdrew it: evidence is due all the same.
    withdrawn_by_customer_at = models.DateTimeField(null=True, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    submitted_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    note = models.TextField(_("note"), max_length=4000, blank=True)

    objects = ChargebackQuerySet.as_manager()

    class Meta:
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="chargeback_number_unique"),
            models.UniqueConstraint(
                fields=["shop", "reference"], name="chargeback_once_a_reference"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="chargeback_positive"),
        ]
        indexes = [
            models.Index(fields=["shop", "-recorded_at", "id"], name="chargeback_newest"),
            models.Index(
                fields=["evidence_due_by"],
                condition=Q(status="needs_response"),
                name="chargeback_evidence_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_running(self) -> bool:
        """Whether the bank has not decided."""
        return self.status in RUNNING_CHARGEBACKS


class ChargebackPart(ShopOwned):
    """How much of a chargeback falls on an invoice that the payment had paid."""

    chargeback = models.ForeignKey(Chargeback, on_delete=models.PROTECT, related_name="parts")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="chargeback_parts")
    amount = MoneyField(_("amount"))
    hold = models.OneToOneField(
        Hold, on_delete=models.PROTECT, null=True, related_name="chargeback_part"
    )
    taken = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, null=True, related_name="chargeback_taken"
    )
    given_back = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, null=True, related_name="chargeback_given_back"
    )

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a chargeback")
        verbose_name_plural = _("parts of chargebacks")
        constraints = [
            models.UniqueConstraint(
                fields=["chargeback", "invoice"], name="chargeback_part_once_an_invoice"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="chargeback_part_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.chargeback} · {self.invoice}"


class ChargebackNotice(ShopOwned):
    """Somebody was told that evidence is due in so many days: once a count until that day.

    ``due_by`` is the day that was counted down to; a bank that asks again gives another one.
    """

    chargeback = models.ForeignKey(Chargeback, on_delete=models.PROTECT, related_name="notices")
    due_by = models.DateTimeField()
    days_left = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("countdown of a chargeback")
        verbose_name_plural = _("countdowns of chargebacks")
        constraints = [
            models.UniqueConstraint(
                fields=["chargeback", "due_by", "days_left"], name="chargeback_told_once_a_count"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chargeback} · {self.days_left}"
