"""The ladders of a shop: which step comes when, how, and in what words."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunning.states import Channel, FeeRule, Template
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO, MoneyField
from shopdisputes.shops.models import Shop, ShopOwned, ShopQuerySet


class DunningSettings(ShopOwned):
    """A shop's switch for all its reminders, and the row behind which one run plans at a time."""

    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.CharField(max_length=200, blank=True, editable=False)
    pause_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings of reminders")
        verbose_name_plural = _("settings of reminders")
        constraints = [
            models.UniqueConstraint(fields=["shop"], name="dunning_settings_once_a_shop"),
        ]

    def __str__(self) -> str:
        return str(self.shop)


class LadderQuerySet(ShopQuerySet):
    """Reads of ladders."""

    def on_offer(self) -> Self:
        """Return those that may be chosen, the usual one first."""
        return self.filter(retired_at=None).order_by("-is_default", "created_at", "name")


class Ladder(ShopOwned):
    """A named sequence of steps; one of a shop's ladders is its usual one.

    A retired one is nobody's, and cannot be chosen until it is brought back.
    """

    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(_("used unless told otherwise"), default=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = LadderQuerySet.as_manager()

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="ladder_name_once_a_shop"),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(is_default=True), name="ladder_one_default_a_shop"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(retired_at=None),
                name="ladder_usual_not_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LadderVersionQuerySet(ShopQuerySet):
    """Reads of versions."""

    def in_force(self) -> Self:
        """Return the newest version of each ladder, with its steps."""
        newest = (
            LadderVersion.objects.filter(ladder=models.OuterRef("ladder"))
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest)).prefetch_related("steps")


class LadderVersion(ShopOwned):
    """A ladder as it stood from ``created_at`` on, until the next version. It never changes."""

    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    #: Days between two contacts with one customer, whatever the channel.
    min_gap_days = models.PositiveSmallIntegerField(
        _("days between two contacts"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    min_amount = MoneyField(_("smallest amount to remind of"), default=Decimal("1.00"))
    #: Yearly interest in percent; charged by step only where ``fee_rule`` says so.
    interest_business = models.DecimalField(
        _("interest a year for businesses, %"),
        max_digits=5,
        decimal_places=2,
        default=ZERO,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("40"))],
    )
    interest_person = models.DecimalField(
        _("interest a year for consumers, %"),
        max_digits=5,
        decimal_places=2,
        default=ZERO,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("40"))],
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    objects = LadderVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a ladder")
        verbose_name_plural = _("versions of ladders")
        constraints = [
            models.UniqueConstraint(fields=["ladder", "number"], name="ladder_version_once"),
            models.CheckConstraint(
                condition=Q(min_amount__gte=0) & Q(min_gap_days__gte=1),
                name="ladder_limits_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ladder} · {self.number}"


class Step(ShopOwned):
    """One step of a version. ``key`` is the step's identity through all versions of its ladder."""

    version = models.ForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.PositiveSmallIntegerField()
    #: Days after the due day; before it when negative.
    offset_days = models.SmallIntegerField(
        _("days after the due day"), validators=[MinValueValidator(-60), MaxValueValidator(365)]
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    template = models.CharField(_("text"), max_length=20, choices=Template.choices)
    requires_approval = models.BooleanField(_("only when somebody approves it"), default=False)
    fee_rule = models.CharField(
        _("charge for being late"), max_length=8, choices=FeeRule.choices, default=FeeRule.NONE
    )
    #: Of a fixed charge; it is proposed to the shop, never asked for by itself.
    fee_amount = MoneyField(_("amount of the charge"), default=ZERO)
    #: The reminder gives so many days to pay; the next step waits for them. 0: it gives none.
    pay_within_days = models.PositiveSmallIntegerField(
        _("new time to pay, days"), default=0, validators=[MaxValueValidator(60)]
    )

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="step_in_order"),
            models.UniqueConstraint(fields=["version", "key"], name="step_key_once"),
            models.UniqueConstraint(fields=["version", "offset_days"], name="step_offset_once"),
            models.CheckConstraint(
                condition=Q(fee_rule=FeeRule.FIXED, fee_amount__gt=0)
                | (~Q(fee_rule=FeeRule.FIXED) & Q(fee_amount=0)),
                name="step_fee_has_its_amount",
            ),
            models.CheckConstraint(
                # A legal threat never leaves by itself.
                condition=~Q(template=Template.FORMAL_DEMAND) | Q(requires_approval=True),
                name="step_formal_demand_needs_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position + 1} · {self.get_template_display()}"


class CustomerLadder(ShopOwned):
    """A customer who is reminded by another ladder than the usual one, or not at all."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, related_name="customer_ladder"
    )
    #: Null: this customer gets no reminders.
    ladder = models.ForeignKey(
        Ladder, on_delete=models.PROTECT, null=True, blank=True, related_name="customers"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's ladder")
        verbose_name_plural = _("customers' ladders")

    def __str__(self) -> str:
        return str(self.customer)


class ReminderTextQuerySet(ShopQuerySet):
    """Reads of texts."""

    def in_force(self) -> Self:
        """Return the newest version of each text in each language."""
        newest = (
            ReminderText.objects.filter(
                shop=models.OuterRef("shop"),
                template=models.OuterRef("template"),
                language=models.OuterRef("language"),
            )
            .order_by("-version")
            .values("version")[:1]
        )
        return self.filter(version=models.Subquery(newest))


class ReminderText(ShopOwned):
    """The words of a template in a language, with ``#hashtags``. A version never changes."""

    template = models.CharField(_("text"), max_length=20, choices=Template.choices)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField()
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=4000)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    objects = ReminderTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of reminders")
        verbose_name_plural = _("texts of reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "template", "language", "version"], name="reminder_text_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_template_display()} · {self.language} · {self.version}"


def settings_of(shop: Shop) -> DunningSettings:
    """Return a shop's switch; unsaved and on for a shop that has no row yet."""
    return DunningSettings.objects.for_shop(shop).first() or DunningSettings(shop=shop)
