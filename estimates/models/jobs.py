"""Frequent jobs: named bunches of lines."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from estimates.states import LineKind, Necessity, PartCondition
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class JobTemplate(ShopOwned):
    """A frequent job: a named bunch of lines to put into an estimate."""

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("offered"), default=True)
    created_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("frequent job")
        verbose_name_plural = _("frequent jobs")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="job_template_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class JobTemplateLine(ShopOwned):
    """A line of a frequent job. Without a unit price labour takes the shop's rate."""

    template = models.ForeignKey(JobTemplate, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    description = models.CharField(_("description"), max_length=300)
    reason = models.TextField(_("why"), max_length=1000, blank=True)
    quantity = models.DecimalField(
        _("quantity or hours"),
        max_digits=9,
        decimal_places=3,
        default=Decimal("1"),
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(Decimal("9999"))],
    )
    unit_price = MoneyField(_("unit price or rate, before tax"), null=True, blank=True)
    part_condition = models.CharField(
        _("part condition"), max_length=12, choices=PartCondition.choices, blank=True
    )
    necessity = models.CharField(
        _("necessity"), max_length=12, choices=Necessity.choices, default=Necessity.REQUIRED
    )

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a frequent job")
        verbose_name_plural = _("lines of frequent jobs")

    def __str__(self) -> str:
        return self.description
