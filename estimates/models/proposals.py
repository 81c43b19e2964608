"""What is proposed: estimates, their revisions, the lines."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from estimates.states import LineKind, Necessity, PartCondition, RevisionStatus
from inspections.models import InspectionItem
from shopdisputes.documents.models import Document
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.money import HALF_A_CENT, ZERO, MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class EstimateQuerySet(ShopQuerySet):
    """Reads of estimates."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: everything about an estimate happens behind it, one at a time."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def search(self, words: str) -> Self:
        """Return estimates of whom every word is found in number, order, customer or vehicle."""
        found = self
        for word in words.split():
            plate = "".join(character for character in word.upper() if character.isalnum())
            condition = (
                Q(number__icontains=word)
                | Q(repair_order__number__icontains=word)
                | Q(repair_order__customer__name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(repair_order__customer__name__contains=word.capitalize())
                | Q(repair_order__vehicle__make__icontains=word)
            )
            if plate:
                condition |= Q(repair_order__vehicle__plate_key__startswith=plate)
            found = found.filter(condition)
        return found

    def waiting(self) -> Self:
        """Return those of which a revision waits for the customer's answer."""
        return self.filter(pk__in=_estimates_with(status=RevisionStatus.SENT))

    def call_wanted(self) -> Self:
        """Return those whose customer asked for a call that nobody has made yet."""
        return self.filter(
            pk__in=_estimates_with(
                status=RevisionStatus.SENT, call_requested_at__isnull=False, call_done_at=None
            )
        )

    def paper_wanted(self) -> Self:
        """Return those whose customer wants to sign on paper and has not answered yet."""
        return self.filter(
            pk__in=_estimates_with(status=RevisionStatus.SENT, paper_requested_at__isnull=False)
        )

    def expiring(self, *, until: date) -> Self:
        """Return the unanswered ones whose last day of validity is ``until`` or before."""
        return self.filter(
            pk__in=_estimates_with(status=RevisionStatus.SENT, valid_until__lte=until)
        )

    def with_newest(self) -> Self:
        """Add the newest revision's number, last day, and what the customer asked for."""
        newest = EstimateRevision.objects.filter(estimate=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            newest_number=models.Subquery(newest.values("number")[:1]),
            valid_until=models.Subquery(newest.values("valid_until")[:1]),
            wants_call=models.Exists(
                newest.filter(
                    status=RevisionStatus.SENT, call_requested_at__isnull=False, call_done_at=None
                )
            ),
            wants_paper=models.Exists(
                newest.filter(status=RevisionStatus.SENT, paper_requested_at__isnull=False)
            ),
        )


def _estimates_with(**facts: object) -> "models.QuerySet[EstimateRevision, Any]":
    return EstimateRevision.objects.filter(**facts).values("estimate")


class Estimate(ShopOwned):
    """A priced proposal on a repair order; what is in it stands in its revisions.

    ``status`` and ``total`` repeat those of the newest revision, written by the same service
    in the same transaction, so that lists can filter and page by them.
    """

    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, related_name="estimates"
    )
    number = models.CharField(_("number"), max_length=20)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=RevisionStatus.choices,
        default=RevisionStatus.DRAFT,
    )
    total = MoneyField(_("total"), default=ZERO)
    created_at = models.DateTimeField()

    objects = EstimateQuerySet.as_manager()

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="estimate_number_unique"),
        ]
        indexes = [
            models.Index(fields=["shop", "-created_at", "id"], name="estimate_newest"),
            models.Index(fields=["shop", "status", "-created_at", "id"], name="estimate_by_status"),
        ]

    def __str__(self) -> str:
        return self.number


class RevisionQuerySet(ShopQuerySet):
    """Reads of revisions."""

    def for_link(self, link: AccessLink) -> Self:
        """Return the one revision that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def proposed(self) -> Self:
        """Return what customers have been shown: everything but drafts."""
        return self.exclude(status=RevisionStatus.DRAFT)

    def with_everything(self) -> Self:
        """Return them with shop, estimate, repair order, customer and vehicle in one query."""
        return self.select_related(
            "shop", "estimate__repair_order__customer", "estimate__repair_order__vehicle"
        )

    def open_beyond(self, day: date) -> Self:
        """Return the unanswered ones whose last day of validity is before ``day``."""
        return self.filter(status=RevisionStatus.SENT, valid_until__lt=day).select_related(
            "shop", "estimate"
        )

    def to_remind(self) -> Self:
        """Return the mailed ones that wait for an answer and may get their one reminder.

        Not those whose customer waits for a call, and not those of visits that are over. Whether
        it is time is a matter of the shop's calendar.
        """
        call_waits = Q(call_requested_at__isnull=False, call_done_at=None)
        return (
            self.filter(
                status=RevisionStatus.SENT,
                reminded_at=None,
                request_authorization=True,
                estimate__repair_order__status=RepairOrderStatus.OPEN,
                shop__expiry_reminder_days__gt=0,
            )
            .exclude(sent_to="")
            .exclude(call_waits)
            .select_related("shop", "estimate")
        )


class EstimateRevision(ShopOwned):
    """One version of an estimate. Once sent, what it says never changes.

    Amounts: ``subtotal`` is before tax, ``tax`` is computed once per rate, ``total`` is their
    sum. ``canonical_json`` is what the customer was shown, ``sha256`` its hash.
    """

    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("revision"))
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=RevisionStatus.choices,
        default=RevisionStatus.DRAFT,
    )
    #: Why a further revision was made, in words for the customer.
    reason = models.TextField(_("why it was revised"), max_length=2000, blank=True)
    valid_until = models.DateField(_("valid until"))
    deposit_amount = MoneyField(_("deposit asked for"), default=ZERO)
    message = models.TextField(_("message to the customer"), max_length=4000, blank=True)
    request_authorization = models.BooleanField(_("ask for authorization"), default=True)
    request_signature = models.BooleanField(_("ask for a signature"), default=True)
    #: Fixed when sent, from the shop's policy and the total.
    required_level = models.CharField(
        _("evidence level asked for"),
        max_length=2,
        choices=EvidenceLevel.choices,
        default=EvidenceLevel.L1,
    )
    currency = models.CharField(max_length=3)
    subtotal = MoneyField(_("subtotal"), default=ZERO)
    tax = MoneyField(_("tax"), default=ZERO)
    total = MoneyField(_("total"), default=ZERO)
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    #: The PDF offered before signing.
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    sent_to = models.EmailField(_("sent to"), blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    call_requested_at = models.DateTimeField(_("asked for a call"), null=True, editable=False)
    #: When the customer can be reached, in his words.
    call_note = models.CharField(max_length=300, blank=True, editable=False)
    call_done_at = models.DateTimeField(null=True, editable=False)
    paper_requested_at = models.DateTimeField(
        _("wants to sign on paper"), null=True, editable=False
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of an estimate")
        verbose_name_plural = _("revisions of estimates")
        constraints = [
            models.UniqueConstraint(fields=["estimate", "number"], name="revision_number_unique"),
            models.UniqueConstraint(
                fields=["estimate"],
                condition=Q(status=RevisionStatus.DRAFT),
                name="revision_one_draft_per_estimate",
            ),
            models.UniqueConstraint(
                fields=["estimate"],
                condition=Q(status__in=[RevisionStatus.SENT, RevisionStatus.ANSWERED]),
                name="revision_one_in_force_per_estimate",
            ),
            models.CheckConstraint(
                # Less than half a cent apart is equal: SQLite keeps decimals as floats.
                condition=Q(total__gt=models.F("subtotal") + models.F("tax") - HALF_A_CENT)
                & Q(total__lt=models.F("subtotal") + models.F("tax") + HALF_A_CENT),
                name="revision_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status=RevisionStatus.DRAFT)
                | (~Q(sha256="") & Q(sent_at__isnull=False)),
                name="revision_sent_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(deposit_amount__gte=0)
                & (Q(status=RevisionStatus.DRAFT) | Q(deposit_amount__lte=models.F("total"))),
                name="revision_deposit_within_total",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"],
                condition=Q(status=RevisionStatus.SENT),
                name="revision_open_by_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.estimate.number} · {self.number}"


class EstimateLineQuerySet(ShopQuerySet):
    """Reads of lines."""

    def in_order(self) -> Self:
        """Return them as they stand in their revision."""
        return self.order_by("position")


class EstimateLine(ShopOwned):
    """One line of a revision. ``net`` is rounded to cents first, before any tax.

    ``key`` is the same in every revision in which the line lives on.
    """

    revision = models.ForeignKey(EstimateRevision, on_delete=models.CASCADE, related_name="lines")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    description = models.CharField(_("description"), max_length=300)
    #: Why, in words for the customer.
    reason = models.TextField(_("why"), max_length=1000, blank=True)
    #: Hours for labour, else pieces; up to three places.
    quantity = models.DecimalField(
        _("quantity or hours"),
        max_digits=9,
        decimal_places=3,
        default=Decimal("1"),
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(Decimal("9999"))],
    )
    #: Before tax; negative for a discount only.
    unit_price = MoneyField(_("unit price or rate, before tax"))
    tax_rate = models.DecimalField(
        _("tax, %"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    part_condition = models.CharField(
        _("part condition"), max_length=12, choices=PartCondition.choices, blank=True
    )
    necessity = models.CharField(
        _("necessity"), max_length=12, choices=Necessity.choices, default=Necessity.REQUIRED
    )
    #: May become necessary once the vehicle is taken apart; disclosed before it can be billed.
    contingent = models.BooleanField(_("only if needed after disassembly"), default=False)
    #: What disassembly does, what reassembly costs, what cannot be reused, the longest time.
    disclosure = models.TextField(_("what disassembly means"), max_length=2000, blank=True)
    net = MoneyField(_("net"))
    #: What was seen on the car and made this line necessary; its photos stand beside the line. Only
    #: a draft's can be taken off the inspection; the line then stands by itself.
    finding = models.ForeignKey(
        InspectionItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="estimate_lines",
    )

    objects = EstimateLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an estimate")
        verbose_name_plural = _("lines of estimates")
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="line_key_once_a_revision"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(quantity__lte=9999), name="line_quantity_sane"
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0) & Q(tax_rate__lte=100), name="line_tax_rate_sane"
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.DISCOUNT, unit_price__lte=0)
                | (~Q(kind=LineKind.DISCOUNT) & Q(unit_price__gte=0)),
                name="line_negative_only_for_discounts",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def says_the_same_as(self, other: "EstimateLine") -> bool:
        """Say whether it is the same work or part at the same price.

        Then an authorization of ``other`` is one of this line. Words about why it is needed
        may change without a new question; what disassembly means, and whether the work is certain,
        may not.
        """
        return not self.differences_from(other)

    def differences_from(self, other: "EstimateLine") -> tuple[str, ...]:
        """Name the fields in which it proposes something else than ``other``."""
        return tuple(
            name
            for name in (
                "kind",
                "description",
                "quantity",
                "unit_price",
                "tax_rate",
                "part_condition",
                "contingent",
                "disclosure",
            )
            if getattr(self, name) != getattr(other, name)
        )
