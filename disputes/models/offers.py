"""Settlement offers, from either side."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import DisputeCase
from disputes.states import OfferKind, OfferSide, OfferStatus, Resume
from invoices.models import Invoice, PaymentPlan, Refund
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO, MoneyField, format_money
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature


class OfferQuerySet(ShopQuerySet):
    """Reads of offers."""

    def lock(self, pk: object) -> None:
        """Take the row's lock, after its case's."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def with_everything(self) -> Self:
        """Return them with shop, case, signature and document in one query."""
        return self.select_related(
            *("shop", "signature", "document", "plan", "case__shop", "case__customer"),
            *("case__reason", "case__repair_order__vehicle", "case__repair_order__customer"),
        )


class Offer(ShopOwned):
    """A proposal to settle a case, open until ``expires_on`` (the shop's day) is over.

    ``amount`` is what the customer gets, tax included; null where the kind has none. Once
    accepted it is carried out once: what came of it stands beside it.
    """

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="offers")
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=OfferSide.choices)
    kind = models.CharField(_("offer"), max_length=14, choices=OfferKind.choices)
    amount = MoneyField(_("amount"), null=True, blank=True)
    text = models.TextField(_("in words"), max_length=4000)
    #: Of a payment plan: [{"due_on": "2026-05-01", "amount": "50.00"}].
    terms = models.JSONField(default=list, blank=True)
    expires_on = models.DateField(_("open until"))
    #: How dunning goes on once it is carried out, as chosen by whoever made it.
    resume = models.CharField(max_length=12, choices=Resume.choices, default=Resume.KEEP_STEP)
    new_due_on = models.DateField(_("new day to pay"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=OfferStatus.choices, default=OfferStatus.SENT
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")
    canonical_json = models.TextField(editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True, editable=False)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="offer"
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    credit_notes = models.ManyToManyField(Invoice, related_name="+", blank=True)
    #: Of each payment that money came by, what of it was given back.
    refunds = models.ManyToManyField(Refund, related_name="+", blank=True)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, null=True, related_name="+")
    executed_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=500, blank=True, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement offer")
        verbose_name_plural = _("settlement offers")
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="offer_in_order"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["sent", "accepted"]),
                name="offer_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["credit", "discount", "refund"], amount__gt=0)
                | Q(kind__in=["rework", "plan", "keep_as_billed"]),
                name="offer_of_money_has_its_amount",
            ),
            models.CheckConstraint(
                condition=~Q(resume=Resume.NEW_DUE_DATE) | Q(new_due_on__isnull=False),
                name="offer_of_a_new_day_names_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"], condition=Q(status="sent"), name="offer_open_by_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.position}"

    @property
    def instalments(self) -> list[tuple[date, Decimal]]:
        """The parts of a payment plan, each with its day; of other kinds there are none."""
        return [
            (date.fromisoformat(part["due_on"]), Decimal(part["amount"])) for part in self.terms
        ]

    @property
    def in_words(self) -> str:
        """What it comes to, as one sentence in the active language."""
        match self.kind:
            case OfferKind.CREDIT:
                return gettext("A credit of %(amount)s") % {"amount": self._money(self.amount)}
            case OfferKind.DISCOUNT:
                return gettext("A discount of %(amount)s") % {"amount": self._money(self.amount)}
            case OfferKind.REFUND:
                return gettext("A refund of %(amount)s") % {"amount": self._money(self.amount)}
            case OfferKind.REWORK:
                return gettext("The work is done again, free of charge")
            case OfferKind.PLAN:
                parts = self.instalments
                return ngettext(
                    "%(amount)s is paid in %(count)s part",
                    "%(amount)s is paid in %(count)s parts",
                    len(parts),
                ) % {
                    "amount": self._money(sum((amount for _day, amount in parts), ZERO)),
                    "count": len(parts),
                }
            case _:
                return gettext("The invoice stays as it was billed")

    def _money(self, amount: Decimal | None) -> str:
        return format_money(
            amount or ZERO,
            currency=self.shop.currency,
            language=get_language() or self.shop.language,
        )
