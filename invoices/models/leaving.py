"""The vehicle's last days in the shop: storage, and the hand-over."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection
from invoices.states import CollectorAuthority, PaymentState, SuspensionReason
from shopdisputes.documents.models import Document
from shopdisputes.money import ZERO, MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature


class StorageNoticeQuerySet(ShopQuerySet):
    """Reads of notices."""

    def in_force(self) -> Self:
        """Return the notices whose clock was not stopped."""
        return self.filter(stopped_on=None)


class StorageNotice(ShopOwned):
    """The customer was told that the vehicle is ready, what a day costs and from when on.

    Storage is never billed without one. ``first_day`` is the first day that may cost
    something; what was counted is computed day by day and stored nowhere.
    """

    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, related_name="storage_notices"
    )
    ready_on = models.DateField(_("ready since"))
    daily_rate = MoneyField(_("a day, before tax"))
    tax_rate = models.DecimalField(_("tax, %"), max_digits=5, decimal_places=2, default=ZERO)
    free_days = models.PositiveSmallIntegerField(_("free days"))
    first_day = models.DateField(_("first day that counts"))
    message = models.TextField(_("message to the customer"), max_length=2000, blank=True)
    #: How the notice went out: by e-mail, or in words (letter, number of the registered one).
    sent_to = models.EmailField(blank=True, editable=False)
    served_how = models.CharField(_("how it was given"), max_length=300, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: The last day that may count: the vehicle was collected, or the shop stopped counting.
    stopped_on = models.DateField(null=True, editable=False)
    stop_reason = models.CharField(max_length=300, blank=True, editable=False)

    objects = StorageNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("storage notice")
        verbose_name_plural = _("storage notices")
        constraints = [
            models.UniqueConstraint(
                fields=["repair_order"],
                condition=Q(stopped_on=None),
                name="storage_one_clock_per_order",
            ),
            models.CheckConstraint(
                condition=Q(daily_rate__gte=0), name="storage_rate_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repair_order} · {self.first_day}"


class StorageSuspension(ShopOwned):
    """Days that do not count; ``until_on`` null: until further notice, both days included."""

    notice = models.ForeignKey(StorageNotice, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.CharField(_("reason"), max_length=10, choices=SuspensionReason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension of storage")
        verbose_name_plural = _("suspensions of storage")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")),
                name="storage_suspension_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_reason_display()}"


class HandOver(ShopOwned):
    """The vehicle left: who took it, what went with it, what was paid. Never changed."""

    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, related_name="hand_overs"
    )
    happened_at = models.DateTimeField(_("when"))
    odometer = models.PositiveIntegerField(_("odometer"), null=True, blank=True)
    collected_by = models.CharField(_("collected by"), max_length=200)
    authority = models.CharField(
        _("by what right"), max_length=12, choices=CollectorAuthority.choices
    )
    identity_checked = models.BooleanField(_("identity checked"), default=False)
    #: Keys, replaced parts, documents.
    items_returned = models.CharField(_("handed over with it"), max_length=500, blank=True)
    remarks = models.TextField(_("remarks of the collector"), max_length=2000, blank=True)
    check_out = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="hand_overs"
    )
    currency = models.CharField(max_length=3)
    payment_state = models.CharField(max_length=12, choices=PaymentState.choices)
    #: What was still owed at that moment: on invoices, or authorized and not billed, less deposits.
    balance = MoneyField(_("owed at that moment"))
    #: Who allowed the release although not everything was paid, and why.
    approved_by = models.CharField(max_length=200, blank=True)
    approval_reason = models.CharField(max_length=500, blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="hand_over"
    )
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.CheckConstraint(
                condition=Q(payment_state__in=["paid", "nothing_due"])
                | (~Q(approved_by="") & ~Q(approval_reason="")),
                name="hand_over_unpaid_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repair_order} · {self.happened_at:%Y-%m-%d}"
