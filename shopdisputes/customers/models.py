"""Who brings vehicles, and the vehicles."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.shops.models import Shop, ShopOwned, ShopQuerySet


class CustomerKind(models.TextChoices):
    """Consumers and businesses have different rights."""

    PERSON = "person", _("Person")
    BUSINESS = "business", _("Business")


#: Fewer digits are in every phone number.
_PHONE_DIGITS = 3


def _as_number(text: str, *, shop: Shop) -> Q:
    """Read ``text`` as the beginning of a plate or VIN, or as a part of a phone number."""
    found = Q(pk__in=[])
    if key := "".join(character for character in text.upper() if character.isalnum()):
        # Of this shop alone: the index of plates is by shop, and every other shop's lie beside.
        vehicles = Vehicle.objects.for_shop(shop).filter(
            Q(plate_key__startswith=key) | Q(vin__startswith=key)
        )
        found |= Q(pk__in=vehicles.values("customer"))
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) >= _PHONE_DIGITS and key == digits:
        # Stored with the country's code, typed with a zero in its place.
        found |= Q(phone__contains=digits.lstrip("0"))
    return found


class CustomerQuerySet(ShopQuerySet):
    """Reads of customers."""

    def search(self, words: str, *, shop: Shop) -> Self:
        """Return the shop's customers of whom every word is in name, e-mail, phone, plate or VIN.

        A plate or a phone number is also found when it is written in groups.
        """
        own = self.for_shop(shop)
        if not words.split():
            return own
        every = Q()
        for word in words.split():
            every &= (
                Q(name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(name__contains=word.capitalize())
                | Q(email__icontains=word)
                | _as_number(word, shop=shop)
            )
        if len(words.split()) > 1:
            every |= _as_number(words, shop=shop)
        return own.filter(every)

    def lookalikes(self, *, email: str, phone: str, plate_key: str = "", vin: str = "") -> Self:
        """Return customers who share the e-mail, phone (E.164), plate or VIN; empty ones never.

        ``plate_key`` is the plate without spaces and dashes, in capitals.
        """
        condition = Q(pk__in=[])
        if email:
            condition |= Q(email__iexact=email)
        if phone:
            condition |= Q(phone=phone)
        if plate_key:
            condition |= Q(vehicles__plate_key=plate_key)
        if vin:
            condition |= Q(vehicles__vin=vin)
        return self.filter(condition).distinct()


class Customer(ShopOwned):
    """A person or business; mails and documents speak its language."""

    kind = models.CharField(
        _("kind"), max_length=10, choices=CustomerKind.choices, default=CustomerKind.PERSON
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    #: E.164, for example +33612345678.
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    line1 = models.CharField(_("street and number"), max_length=200, blank=True)
    line2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    notes = models.TextField(
        _("notes"), max_length=4000, blank=True, help_text=_("Only the shop sees them.")
    )
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["shop", "name", "id"], name="customer_by_name"),
            models.Index(fields=["shop", "email"], name="customer_by_email"),
            models.Index(fields=["shop", "phone"], name="customer_by_phone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address_lines(self) -> list[str]:
        """The postal address as it is printed, without empty lines."""
        return [
            line
            for line in (self.line1, self.line2, f"{self.postal_code} {self.city}".strip())
            if line
        ]


class Vehicle(ShopOwned):
    """A vehicle and the customer who answers for it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="vehicles")
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    plate = models.CharField(_("plate"), max_length=20, blank=True)
    #: The plate without spaces and dashes, in capitals: what a search compares.
    plate_key = models.CharField(max_length=20, blank=True, editable=False)
    make = models.CharField(_("make"), max_length=60)
    model = models.CharField(_("model"), max_length=80)
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1886), MaxValueValidator(2100)],
    )
    created_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        indexes = [
            models.Index(fields=["shop", "plate_key"], name="vehicle_by_plate"),
            models.Index(fields=["shop", "vin"], name="vehicle_by_vin"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.make, self.model, self.plate) if part)
