"""What is contested in a case: lines, or invoices as a whole, each with its amount."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import DisputeCase
from disputes.states import ItemState
from invoices.models import Hold, Invoice, InvoiceLine
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet

#: What is contested: a line, or an invoice as a whole.
_WHAT = Coalesce("line_id", "invoice_id")


class ItemQuerySet(ShopQuerySet):
    """Reads of contested amounts."""

    def with_first(self) -> Self:
        """Add ``is_first``: whether its case had not contested the same before.

        A case that is opened again contests the same a second time; "at first" counts it once.
        """
        earlier = (
            DisputeItem.objects.annotate(what=_WHAT)
            .filter(
                case=models.OuterRef("case"),
                what=Coalesce(models.OuterRef("line_id"), models.OuterRef("invoice_id")),
            )
            .filter(
                Q(added_at__lt=models.OuterRef("added_at"))
                | Q(added_at=models.OuterRef("added_at"), pk__lt=models.OuterRef("pk"))
            )
        )
        return self.annotate(is_first=~models.Exists(earlier))


class DisputeItem(ShopOwned):
    """One contested amount: of a line, or of a whole invoice (``line`` null). Tax included."""

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="items")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="dispute_items")
    line = models.ForeignKey(
        InvoiceLine, on_delete=models.PROTECT, null=True, related_name="dispute_items"
    )
    amount = MoneyField(_("amount"))
    #: Of what is paid as well: should the money go again, it is not asked for.
    hold = models.OneToOneField(
        Hold, on_delete=models.PROTECT, null=True, related_name="dispute_item"
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ItemState.choices, default=ItemState.OPEN
    )
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.CharField(max_length=200, blank=True, editable=False)
    end_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("contested amount")
        verbose_name_plural = _("contested amounts")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_item_positive"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state=ItemState.OPEN, line__isnull=False),
                name="dispute_item_one_open_a_line",
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state=ItemState.OPEN, line=None),
                name="dispute_item_one_open_an_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.invoice}"
