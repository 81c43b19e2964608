"""How a shop bills."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.money import ZERO, MoneyField
from shopdisputes.shops.models import Shop, ShopOwned, ShopQuerySet


class BillingSettings(ShopOwned):
    """How a shop bills. A shop without a row has the defaults; ``settings_of`` reads it."""

    #: The name in which the account is held; empty: the shop's legal name.
    account_holder = models.CharField(_("account holder"), max_length=70, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    #: For banks without IBAN: printed as it is.
    bank_details = models.TextField(_("other bank details"), max_length=500, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=14, validators=[MaxValueValidator(120)]
    )
    ask_signature = models.BooleanField(
        _("ask customers to sign the invoice"),
        default=False,
        help_text=_("The customer can confirm with a signature that the invoice was received."),
    )
    late_terms = models.TextField(
        _("terms of late payment"),
        max_length=1000,
        blank=True,
        help_text=_("Printed on invoices: interest, fixed charge for businesses."),
    )
    tax_note = models.CharField(
        _("tax note"),
        max_length=200,
        blank=True,
        help_text=_("Printed on invoices, for example why no tax is charged."),
    )
    guarantee = models.TextField(_("guarantee"), max_length=1000, blank=True)
    promise_grace_days = models.PositiveSmallIntegerField(
        _("days of grace after a promised day"), default=3, validators=[MaxValueValidator(30)]
    )
    plan_answer_days = models.PositiveSmallIntegerField(
        _("days to sign a payment plan"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    storage_daily_rate = MoneyField(_("storage a day, before tax"), default=ZERO)
    storage_tax_rate = models.DecimalField(
        _("tax on storage, %"),
        max_digits=5,
        decimal_places=2,
        default=ZERO,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    storage_free_days = models.PositiveSmallIntegerField(
        _("free days after the notice"), default=3, validators=[MaxValueValidator(60)]
    )

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing settings")
        verbose_name_plural = _("billing settings")
        constraints = [
            models.UniqueConstraint(fields=["shop"], name="billing_settings_once_a_shop"),
            models.CheckConstraint(
                condition=Q(storage_daily_rate__gte=0), name="billing_storage_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.shop)


def settings_of(shop: Shop) -> BillingSettings:
    """Return how a shop bills; with the defaults, unsaved, for a shop that has no row yet."""
    return BillingSettings.objects.for_shop(shop).first() or BillingSettings(shop=shop)
