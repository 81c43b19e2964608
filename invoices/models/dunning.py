"""Where open invoices stand in being asked for."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.billing import Invoice
from shopdisputes.customers.models import Customer
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class DunningPositionQuerySet(ShopQuerySet):
    """Reads of positions."""

    def in_order(self, positions: Self) -> Self:
        """Return the same positions for an UPDATE that locks them in the one order of them all.

        Where locks do nothing (SQLite) there is one writer at a time.
        """
        locked = positions.order_by("invoice_id").select_for_update(of=("self",), no_key=True)
        return self.filter(pk__in=locked.values("pk"))


class DunningPosition(ShopOwned):
    """What was asked for last about an invoice, and the day on which it is looked at again.

    It lies beside the invoice and not on it: thousands of positions move in one run, and an
    invoice's row is wide, frozen and much indexed. Made when the invoice is issued; afterwards
    what happens to money only wakes it (``look_on``), all else is the dunning's.
    """

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="dunning")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    #: 1, and one more each time the steps are begun anew.
    cycle = models.PositiveSmallIntegerField(default=1)
    #: The day from which the steps count: the due day, an instalment's, or one agreed later.
    base_on = models.DateField()
    #: The day on which this cycle began: earlier steps were never to be taken.
    begun_on = models.DateField()
    #: The last step taken in this cycle: its key, and its days after ``base_on`` then.
    reached_key = models.PositiveSmallIntegerField(null=True)
    reached_offset = models.SmallIntegerField(null=True)
    #: What the last reminder gave as time to pay.
    pay_by = models.DateField(null=True)
    #: The shop's day on which somebody looks at it; null: there is nothing to come.
    look_on = models.DateField(null=True)
    #: The step that is to come then, as far as is known now.
    next_key = models.PositiveSmallIntegerField(null=True)
    #: All steps are taken and money is still owed: a person decides.
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=200, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)

    objects = DunningPositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position in dunning")
        verbose_name_plural = _("positions in dunning")
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(look_on=None),
                name="dunning_stopped_is_not_looked_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "look_on", "customer"],
                condition=Q(look_on__isnull=False),
                name="dunning_position_due",
            ),
            models.Index(
                fields=["shop", "ended_at"],
                condition=Q(ended_at__isnull=False),
                name="dunning_position_ended",
            ),
        ]

    def __str__(self) -> str:
        return str(self.invoice)
