"""The tenant, who works in it, and the base of every row that belongs to one."""

import uuid
from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Role
from shopdisputes.dates import SendWindow
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import MoneyField


def validate_timezone(value: str) -> None:
    """Refuse what is not an IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(_("Not a known time zone."))


def weekdays_default() -> list[int]:
    """Monday to Friday."""
    return [0, 1, 2, 3, 4]


class ShopQuerySet(models.QuerySet["Any"]):
    """What every read in the web layer starts with."""

    def for_shop(self, shop: "Shop") -> Self:
        """Return only the rows of ``shop``: the gate between tenants."""
        return self.filter(shop=shop)


class Shop(models.Model):
    """A repair shop: the tenant. Its identity is printed on every document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=60, blank=True)
    mediator = models.CharField(
        _("consumer mediator"),
        max_length=300,
        blank=True,
        help_text=_("Name and address, printed where the law asks for it."),
    )
    line1 = models.CharField(_("street and number"), max_length=200, blank=True)
    line2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in FR."))],
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    # The logo lies in ``uploads``, which stands above; only its hash is kept here.
    logo_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, as in EUR."))],
    )
    timezone = models.CharField(_("time zone"), max_length=60, validators=[validate_timezone])
    jurisdiction = models.CharField(_("rules of"), max_length=10, default="GENERIC")

    labour_rate = MoneyField(_("labour rate per hour, before tax"), default=Decimal("0.00"))
    tax_rate = models.DecimalField(
        _("usual tax rate, %"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("0.00"),
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    estimate_validity_days = models.PositiveSmallIntegerField(
        _("estimates are valid for, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    expiry_reminder_days = models.PositiveSmallIntegerField(
        _("remind before expiry, days"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("0: no reminder."),
    )

    inspection_answer_days = models.PositiveSmallIntegerField(
        _("days to answer an inspection"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )

    signature_level = models.CharField(
        _("signature asked for"),
        max_length=2,
        choices=[
            (EvidenceLevel.L1, EvidenceLevel.L1.label),
            (EvidenceLevel.L2, EvidenceLevel.L2.label),
        ],
        default=EvidenceLevel.L2,
    )
    code_from_amount = MoneyField(
        _("code by e-mail from this total on"),
        null=True,
        blank=True,
        help_text=_("Empty: never ask for a code."),
    )
    oral_objection_hours = models.PositiveSmallIntegerField(
        _("hours to object to an oral authorization"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    link_life_days = models.PositiveSmallIntegerField(
        _("customer links live for, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    send_days = models.JSONField(_("days on which automated mail leaves"), default=weekdays_default)
    send_from = models.TimeField(_("automated mail leaves from"), default=time(9, 0))
    send_until = models.TimeField(_("automated mail leaves until"), default=time(18, 0))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        constraints = [
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0) & Q(tax_rate__lte=100), name="shop_tax_rate_is_a_rate"
            ),
            models.CheckConstraint(condition=Q(labour_rate__gte=0), name="shop_rate_not_negative"),
            models.CheckConstraint(
                condition=Q(send_from__lt=models.F("send_until")), name="shop_send_hours_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone: what a *day* means here."""
        return ZoneInfo(self.timezone)

    @property
    def send_window(self) -> SendWindow:
        """When automated mail may leave."""
        return SendWindow(
            zone=self.zone,
            country=self.country,
            weekdays=frozenset(self.send_days),
            opens=self.send_from,
            closes=self.send_until,
        )

    @property
    def address_lines(self) -> list[str]:
        """The postal address as it is printed, without empty lines."""
        return [
            line
            for line in (self.line1, self.line2, f"{self.postal_code} {self.city}".strip())
            if line
        ]


class ShopOwned(models.Model):
    """A row that belongs to one shop."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class MembershipQuerySet(ShopQuerySet):
    """Reads of who works where."""

    def active_for(self, user: Any) -> Self:
        """Return the memberships that let ``user`` in, the oldest first."""
        return self.filter(user=user, is_active=True).select_related("shop").order_by("created_at")


class Membership(ShopOwned):
    """Ties a user to a shop with a role."""

    ROLES: Iterable[Role] = (Role.OWNER, Role.MANAGER, Role.ADVISOR, Role.TECHNICIAN)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, role.label) for role in ROLES]
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["shop", "user"], name="membership_once_per_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.shop}"


class Counter(ShopOwned):
    """The last number given in a series of a shop; read and raised by ``numbering`` only."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "series", "year"], name="counter_once_per_series"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"
