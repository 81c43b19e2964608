"""Outgoing e-mail: worded when it is decided, delivered later, kept for ever as it was sent."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class OutgoingEmailQuerySet(ShopQuerySet):
    """Reads and claims of e-mails."""

    def due(self, *, at: datetime) -> Self:
        """Return what a sender may take now: its time has come and its attachments are ready.

        What was tried before comes last, so that one mail that brings a sender down, or a
        server to hang up, never stands before all others.
        """
        unfinished = Document.objects.exclude(status=DocumentStatus.READY).filter(
            emails=models.OuterRef("pk")
        )
        return (
            self.filter(status=EmailStatus.QUEUED, next_try_at__lte=at)
            .exclude(models.Exists(unfinished))
            .order_by(models.F("claimed_at").asc(nulls_first=True), "next_try_at", "created_at")
        )

    def claim_due(self, *, most: int, at: datetime, lease_until: datetime) -> "list[OutgoingEmail]":
        """Take up to ``most`` due e-mails for this worker, with shop, link and attachments.

        What was tried before is taken alone: should it bring the worker down, it takes nothing
        along.
        """
        with transaction.atomic():
            fresh = self.filter(claimed_at=None).due(at=at).order_by("next_try_at", "created_at")
            keys = fresh._free_keys(most) or self.due(at=at)._free_keys(1)
            won = self.filter(pk__in=keys, status=EmailStatus.QUEUED).update(
                status=EmailStatus.CLAIMED, claimed_at=at, lease_until=lease_until
            )
        return self._complete(keys) if won else []

    def _free_keys(self, most: int) -> list[UUID]:
        """Lock and return the first rows that nobody else has locked."""
        free = self.select_for_update(of=("self",), skip_locked=True)
        return list(free.values_list("pk", flat=True)[:most])

    def _complete(self, keys: list[UUID]) -> "list[OutgoingEmail]":
        found = self.filter(pk__in=keys).prefetch_related("shop", "attachments")
        by_key = {email.pk: email for email in found}
        models.prefetch_related_objects(
            [email for email in by_key.values() if email.link_id is not None], "link"
        )
        return [by_key[key] for key in keys]

    def claim(self, pk: object, *, at: datetime, lease_until: datetime) -> "OutgoingEmail | None":
        """Take a queued e-mail for this worker; None if another one has it."""
        won = self.filter(pk=pk, status=EmailStatus.QUEUED).update(
            status=EmailStatus.CLAIMED, claimed_at=at, lease_until=lease_until
        )
        return self.select_related("shop", "link").get(pk=pk) if won else None


class OutgoingEmail(ShopOwned):
    """One e-mail to one address.

    The stored text holds a mark where the personal link (or the code) stands; both are filled
    in at delivery only, so neither is ever at rest.
    """

    #: Which function worded it, for example ``estimate_sent``.
    kind = models.CharField(_("kind"), max_length=40)
    #: What makes it the same e-mail: a second queueing under this key does nothing.
    key = models.CharField(max_length=120)
    recipient = models.EmailField(_("to"))
    recipient_name = models.CharField(max_length=200, blank=True)
    reply_to = models.EmailField(blank=True)
    sender_name = models.CharField(max_length=120)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="emails"
    )
    repair_order_id = models.UUIDField(null=True)
    #: What it speaks of, so that it can be withdrawn when that changes.
    target_id = models.UUIDField(null=True)
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="emails")
    attachments = models.ManyToManyField(Document, related_name="emails", blank=True)

    status = models.CharField(
        _("status"), max_length=10, choices=EmailStatus.choices, default=EmailStatus.QUEUED
    )
    message_id = models.CharField("Message-ID", max_length=120, unique=True, editable=False)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    handed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    #: What the server said last, or ``mail log`` when there is no server.
    reply = models.CharField(_("server's answer"), max_length=300, blank=True, editable=False)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing e-mail")
        verbose_name_plural = _("outgoing e-mails")
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="email_created_once"),
            models.CheckConstraint(
                condition=~Q(status=EmailStatus.SENT) | Q(sent_at__isnull=False),
                name="email_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(status__in=[EmailStatus.QUEUED, EmailStatus.CLAIMED]),
                name="email_waiting",
            ),
            # Senders take from its head, however many wait.
            models.Index(
                fields=["next_try_at", "created_at"],
                condition=Q(status=EmailStatus.QUEUED, claimed_at=None),
                name="email_fresh",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=[EmailStatus.CLAIMED, EmailStatus.HANDING]),
                name="email_leased",
            ),
            models.Index(
                fields=["status"],
                condition=Q(status__in=[EmailStatus.IN_DOUBT, EmailStatus.FAILED]),
                name="email_needs_a_person",
            ),
            models.Index(fields=["-handed_at"], name="email_handed_last"),
            models.Index(fields=["shop", "-created_at", "id"], name="email_newest"),
            models.Index(fields=["shop", "target_id"], name="email_by_target"),
        ]

    def __str__(self) -> str:
        # One that is worded when it leaves has no subject before.
        return self.subject or str(_("E-mail without words yet"))
