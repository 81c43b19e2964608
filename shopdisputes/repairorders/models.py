"""The repair order: one visit of one vehicle, on which everything else hangs."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class RepairOrderQuerySet(ShopQuerySet):
    """Reads of repair orders."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: the first one in the fixed order of locks."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def search(self, words: str) -> Self:
        """Return orders of whom every word is found in number, customer, plate, VIN or car.

        A plate is also found when it is written in groups.
        """
        if not words.split():
            return self.all()
        every = Q()
        for word in words.split():
            every &= (
                Q(number__icontains=word)
                | Q(customer__name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(customer__name__contains=word.capitalize())
                | Q(vehicle__make__icontains=word)
                | Q(vehicle__model__icontains=word)
                | _as_plate(word)
            )
        return self.filter(every | _as_plate(words))


def _as_plate(text: str) -> Q:
    """Read ``text`` as the beginning of a plate or VIN."""
    key = "".join(character for character in text.upper() if character.isalnum())
    if not key:
        return Q(pk__in=[])
    return Q(vehicle__plate_key__startswith=key) | Q(vehicle__vin__startswith=key)


class RepairOrder(ShopOwned):
    """One visit of one vehicle. Its number is the transaction identifier on every document."""

    number = models.CharField(_("number"), max_length=20)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="repair_orders")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="repair_orders")
    concern = models.TextField(_("what the customer told us"), max_length=4000)
    #: In the unit that the vehicle shows (km or miles).
    odometer = models.PositiveIntegerField(
        _("odometer"), null=True, blank=True, validators=[MaxValueValidator(9_999_999)]
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=RepairOrderStatus.choices,
        default=RepairOrderStatus.OPEN,
    )
    #: The jurisdiction profile's code, version and rules, frozen when the order was opened.
    profile = models.JSONField(editable=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = RepairOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair order")
        verbose_name_plural = _("repair orders")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="repair_order_number_unique"),
        ]
        indexes = [models.Index(fields=["shop", "-opened_at", "id"], name="repair_order_newest")]

    def __str__(self) -> str:
        return self.number
