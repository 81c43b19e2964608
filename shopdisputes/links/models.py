"""Links that let a customer in without an account."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class LinkPurpose(models.TextChoices):
    """What a link opens; it opens nothing else."""

    ESTIMATE = "estimate", _("Answer an estimate")
    ESTIMATE_IN_PERSON = "estimate_in_person", _("Answer an estimate on the shop's tablet")
    INSPECTION = "inspection", _("Acknowledge an inspection")
    INSPECTION_IN_PERSON = (
        "inspection_in_person",
        _("Acknowledge an inspection on the shop's tablet"),
    )
    INVOICE = "invoice", _("See an invoice and answer it")
    PLAN = "plan", _("Sign a payment plan")
    PLAN_IN_PERSON = "plan_in_person", _("Sign a payment plan on the shop's tablet")
    STOP = "stop", _("Choose how a stopped repair goes on")
    STOP_IN_PERSON = "stop_in_person", _("Choose how a stopped repair goes on, on the tablet")
    DISPUTE = "dispute", _("Follow a dispute and answer offers")
    DISPUTE_IN_PERSON = "dispute_in_person", _("Answer an offer on the shop's tablet")
    RESOLVER = "resolver", _("Answer what the shop asks about a dispute")
    REWORK = "rework", _("Follow a request to do work again")


#: For whoever stands at the desk now: mailed to nobody, and short-lived.
IN_PERSON = frozenset(
    {
        LinkPurpose.ESTIMATE_IN_PERSON,
        LinkPurpose.INSPECTION_IN_PERSON,
        LinkPurpose.PLAN_IN_PERSON,
        LinkPurpose.STOP_IN_PERSON,
        LinkPurpose.DISPUTE_IN_PERSON,
    }
)


class AccessLinkQuerySet(ShopQuerySet):
    """Reads of links."""

    def live(self, *, at: datetime) -> Self:
        """Return the links that still open at ``at``."""
        return self.filter(revoked_at=None, expires_at__gt=at)


class AccessLink(ShopOwned):
    """A purposed, expiring, revocable permission for one target.

    The token in the address is a signature over this row's key and is stored nowhere, so a
    copy of the database opens nothing.
    """

    purpose = models.CharField(_("purpose"), max_length=30, choices=LinkPurpose.choices)
    target_id = models.UUIDField()
    #: Whose inbox it was mailed to; empty for the shop's own tablet.
    recipient = models.EmailField(_("recipient"), blank=True)
    recipient_name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    repair_order_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: When a page behind the link was shown to a person: reported by the page itself, because
    #: mail scanners open links too.
    displayed_at = models.DateTimeField(null=True, editable=False)

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("access link")
        verbose_name_plural = _("access links")
        indexes = [models.Index(fields=["shop", "target_id"], name="link_by_target")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.recipient}"
