"""Requests to do work again for nothing."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import DisputeCase
from disputes.models.offers import Offer
from disputes.states import REWORK_ENDED, RefusalReason, ReworkStatus
from estimates.models import Estimate
from inspections.models import Inspection
from invoices.models import Hold, Invoice, InvoiceLine
from shopdisputes.links.models import AccessLink
from shopdisputes.money import MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.uploads.models import StoredFile


class ReworkQuerySet(ShopQuerySet):
    """Reads of requests."""

    def lock(self, pk: object) -> None:
        """Take the row's lock, after its invoice's."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def for_link(self, link: AccessLink) -> Self:
        """Return the one request that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def running(self) -> Self:
        """Return the requests that have not ended."""
        return self.exclude(status__in=REWORK_ENDED)

    def to_answer(self) -> Self:
        """Return those that the shop owes an answer: asked for, or done and still not right."""
        return self.filter(
            status__in=[ReworkStatus.REQUESTED, ReworkStatus.NOT_FIXED], answered_at=None
        )

    def late(self, *, at: datetime) -> Self:
        """Return those that the shop should have answered by ``at``."""
        return self.to_answer().filter(answer_by__lte=at)

    def with_everything(self) -> Self:
        """Return them with shop, invoice, customer and vehicle in one query."""
        return self.select_related(
            "shop",
            "invoice__shop",
            "invoice__customer",
            "invoice__repair_order__vehicle",
            "repair_order__vehicle",
            "case",
            "compared_with",
            "supplement",
            "hold",
        )

    def unused_visits(self) -> QuerySet[Any, UUID]:
        """Return the keys of the free visits that were called off with their requests.

        Nothing was done on them: whatever was used stays open, and a person ends it later.
        """
        called_off = self.filter(
            repair_order__status=RepairOrderStatus.CANCELLED,
            repair_order__closed_at=F("ended_at"),
        )
        return called_off.values_list("repair_order", flat=True)

    def search(self, words: str) -> Self:
        """Return requests of whom every word is found in number, invoice, customer or plate."""
        found = self
        for word in words.split():
            plate = "".join(character for character in word.upper() if character.isalnum())
            every = (
                Q(number__icontains=word)
                | Q(invoice__number__icontains=word)
                | Q(invoice__customer__name__icontains=word)
                # SQLite knows capitals of ASCII only.
                | Q(invoice__customer__name__contains=word.capitalize())
            )
            if plate:
                every |= Q(invoice__repair_order__vehicle__plate_key__startswith=plate)
            found = found.filter(every)
        return found


class ReworkRequest(ShopOwned):
    """The customer asks to have work done again; the amount of its lines is held meanwhile.

    The shop answers by ``answer_by``; after a refusal the customer has until ``customer_until``
    to open a dispute, silence closes it without prejudice. What is done again is checked by the
    customer until ``check_until``.
    """

    number = models.CharField(_("number"), max_length=20)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reworks")
    lines = models.ManyToManyField(InvoiceLine, related_name="reworks")
    amount = MoneyField(_("amount"))
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="rework")
    description = models.TextField(_("what is not right"), max_length=4000)
    status = models.CharField(
        _("status"), max_length=14, choices=ReworkStatus.choices, default=ReworkStatus.REQUESTED
    )
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(max_length=200)
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.CharField(max_length=200, blank=True, editable=False)
    refusal_reason = models.CharField(
        _("reason"), max_length=13, choices=RefusalReason.choices, blank=True
    )
    explanation = models.TextField(_("explanation"), max_length=4000, blank=True)
    customer_until = models.DateField(null=True, editable=False)
    #: When the vehicle is to come, and what the customer should know of it.
    appointment_on = models.DateField(_("appointment"), null=True, blank=True)
    appointment_note = models.CharField(_("about the appointment"), max_length=500, blank=True)
    #: The free visit on which it is done again.
    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, null=True, related_name="reworks"
    )
    #: What it is compared with: how the vehicle left the first time.
    compared_with = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Extra work that is not free, as a supplement.
    #: Thrown away as a draft, it can be written anew.
    supplement = models.ForeignKey(Estimate, on_delete=models.SET_NULL, null=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, editable=False)
    #: What was found and done, as the customer reads it.
    work_note = models.TextField(_("what was done"), max_length=4000, blank=True)
    #: What is still not right after the last try, in the customer's words.
    complaint = models.TextField(_("what is still not right"), max_length=4000, blank=True)
    check_until = models.DateField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, null=True, related_name="reworks"
    )
    #: The settlement by which it came.
    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, null=True, editable=False, related_name="rework"
    )

    objects = ReworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("rework request")
        verbose_name_plural = _("rework requests")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="rework_number_unique"),
            models.CheckConstraint(
                condition=~Q(status=ReworkStatus.REFUSED)
                | (~Q(refusal_reason="") & ~Q(explanation="")),
                name="rework_refused_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "-asked_at", "id"], name="rework_newest"),
            models.Index(
                fields=["status", "answer_by"],
                condition=Q(status__in=["requested", "refused", "delivered"]),
                name="rework_clock_runs",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it is held any more."""
        return self.status in REWORK_ENDED

    def told_to_come(self, *, today: date) -> date | None:
        """The day, not over yet, on which the customer was told to bring the vehicle."""
        day = self.appointment_on
        return day if day is not None and day >= today else None

    def is_late(self, *, at: datetime) -> bool:
        """Whether the shop should have answered by ``at``, and has not."""
        return not self.has_ended and self.answered_at is None and at >= self.answer_by


class ReworkFile(ShopOwned):
    """A photo or paper with a request, or with the shop's answer."""

    rework = models.ForeignKey(ReworkRequest, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sent_as = models.CharField(max_length=200, blank=True)
    by_customer = models.BooleanField()
    added_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a rework request")
        verbose_name_plural = _("files of rework requests")
        constraints = [
            models.UniqueConstraint(fields=["rework", "file"], name="rework_file_once"),
        ]

    def __str__(self) -> str:
        return self.sent_as or self.file.name
