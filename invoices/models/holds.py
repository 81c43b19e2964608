"""What is not asked for at present: holds, promises, plans, and what customers claim."""

from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.billing import Invoice
from invoices.states import (
    ClaimKind,
    ClaimStatus,
    HoldKind,
    PaymentMethod,
    PlanStatus,
    PromiseStatus,
)
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO, MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.models import StoredFile


class HoldQuerySet(ShopQuerySet):
    """Reads of holds."""

    def active(self, *, at: datetime) -> Self:
        """Return the holds in force at ``at``; the newest last."""
        in_force = Q(expires_at=None) | Q(expires_at__gt=at)
        return self.filter(in_force, released_at=None).order_by("placed_at", "pk")


class Hold(ShopOwned):
    """Takes an amount of an invoice, or all of it, out of what is asked for.

    ``amount`` null: everything that is owed. ``subject`` names what it belongs to (a dispute's
    number), ``source_id`` is that row's key.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(_("kind"), max_length=20, choices=HoldKind.choices)
    amount = MoneyField(_("amount"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    subject = models.CharField(max_length=40, blank=True, editable=False)
    source_id = models.UUIDField(null=True, editable=False)
    #: Who looks after it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    #: It ends by itself then; null: a person ends it.
    expires_at = models.DateTimeField(null=True, editable=False)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.CharField(max_length=200, blank=True, editable=False)
    release_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0), name="hold_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["invoice", "kind", "source_id"],
                condition=Q(released_at=None, source_id__isnull=False),
                name="hold_once_a_source",
            ),
        ]
        indexes = [
            models.Index(fields=["invoice"], condition=Q(released_at=None), name="hold_unreleased"),
            models.Index(
                fields=["shop", "review_on"],
                condition=Q(released_at=None),
                name="hold_by_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.get_kind_display()}"

    @property
    def told(self) -> str:
        """Its kind and what it belongs to, in the active language: "Dispute D-2026-0104"."""
        kind = self.get_kind_display()
        if self.kind == HoldKind.UNDELIVERABLE and self.subject:
            return f"{kind} ({self.subject})"
        return f"{kind} {self.subject}".strip()

    @property
    def last_moment(self) -> datetime | None:
        """The last moment in force of one that ends by itself: on the day it is said to last until.

        ``expires_at`` is the midnight after that day.
        """
        return None if self.expires_at is None else self.expires_at - timedelta(microseconds=1)


class PromiseQuerySet(ShopQuerySet):
    """Reads of promises."""

    def open_beyond(self, day: date) -> Self:
        """Return the open ones whose day of grace is before ``day``."""
        return self.filter(status=PromiseStatus.OPEN, grace_until__lt=day).select_related(
            "shop", "invoice"
        )


class Promise(ShopOwned):
    """The customer says when and how much he will pay; that amount is held until then.

    ``grace_until`` is the last day of grace. ``paid`` is what came in after it was made, at most
    ``amount``.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="promises")
    amount = MoneyField(_("amount"))
    promised_on = models.DateField(_("promised day"))
    grace_until = models.DateField()
    status = models.CharField(
        _("status"), max_length=12, choices=PromiseStatus.choices, default=PromiseStatus.OPEN
    )
    #: The number of the ledger's last entry when it was made: what came later counts.
    after_entry = models.PositiveIntegerField()
    paid = MoneyField(_("paid"), default=ZERO, editable=False)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="promise")
    note = models.CharField(_("note"), max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_positive"),
            models.CheckConstraint(
                condition=Q(grace_until__gte=models.F("promised_on")),
                name="promise_grace_follows",
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status=PromiseStatus.OPEN),
                name="promise_one_open_per_invoice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["grace_until"],
                condition=Q(status=PromiseStatus.OPEN),
                name="promise_open_by_grace",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.promised_on}"


class PlanQuerySet(ShopQuerySet):
    """Reads of payment plans."""

    def for_link(self, link: AccessLink) -> Self:
        """Return the one plan that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def lock(self, pk: object) -> None:
        """Take the row's lock, after its invoice's."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()


class PaymentPlan(ShopOwned):
    """An invoice paid in instalments, signed by the customer.

    The instalments sum to what could be collected when it was offered (``total``). While it is
    offered a ``reply_pending`` hold keeps the amount back; once signed a ``plan`` hold does,
    which asks for each instalment from its own day on.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="plans")
    number = models.CharField(_("number"), max_length=20)
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus.choices, default=PlanStatus.OFFERED
    )
    total = MoneyField(_("total"))
    #: The number of the ledger's last entry when it was offered: what came later pays it.
    after_entry = models.PositiveIntegerField()
    note = models.TextField(_("note to the customer"), max_length=1000, blank=True)
    answer_by = models.DateField(_("to be signed by"))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    sent_to = models.EmailField(blank=True, editable=False)
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="payment_plan"
    )
    signed_at = models.DateTimeField(null=True, editable=False)
    #: Of a plan agreed on paper or orally: how, in words.
    agreed_how = models.CharField(max_length=300, blank=True, editable=False)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    end_reason = models.CharField(max_length=500, blank=True, editable=False)
    #: The hold of the moment: ``reply_pending``, then ``plan``.
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="plans")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment plan")
        verbose_name_plural = _("payment plans")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="plan_number_unique"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE]),
                name="plan_one_in_force_per_invoice",
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="plan_positive"),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                condition=Q(status=PlanStatus.OFFERED),
                name="plan_offered_by_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Instalment(ShopOwned):
    """One part of a plan, due on its own day; the first may be a down-payment."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due on"))
    amount = MoneyField(_("amount"))

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="instalment_in_order"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.position}"


class Claim(ShopOwned):
    """What a customer says about an invoice on its page; the invoice is held until answered."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(_("kind"), max_length=16, choices=ClaimKind.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=ClaimStatus.choices, default=ClaimStatus.OPEN
    )
    text = models.TextField(_("in the customer's words"), max_length=4000, blank=True)
    #: Of "already paid": when, how and how much.
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=14, choices=PaymentMethod.choices, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="claim")
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.CharField(max_length=200, blank=True, editable=False)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's claim")
        verbose_name_plural = _("customers' claims")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "kind"],
                condition=Q(status=ClaimStatus.OPEN),
                name="claim_one_open_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "made_at"],
                condition=Q(status=ClaimStatus.OPEN),
                name="claim_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.get_kind_display()}"


class ClaimFile(ShopOwned):
    """A proof that a customer adds to what he says."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    #: The name under which it was sent here; the same bytes may have come from somebody else.
    sent_as = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a customer's claim")
        verbose_name_plural = _("files of customers' claims")
        constraints = [
            models.UniqueConstraint(fields=["claim", "file"], name="claim_file_once"),
        ]

    def __str__(self) -> str:
        return self.sent_as or self.file.name
