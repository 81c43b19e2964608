"""Documents: frozen HTML, and the PDF made of it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.documents.states import DocumentStatus, TimestampState
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class DocumentKind(models.TextChoices):
    """What a document is."""

    ESTIMATE = "estimate", _("Estimate")
    ESTIMATE_FOR_PAPER = "estimate_for_paper", _("Estimate to sign on paper")
    SIGNED_ESTIMATE = "signed_estimate", _("Signed estimate")
    INSPECTION = "inspection", _("Inspection report")
    ACKNOWLEDGED_INSPECTION = "acknowledged_inspection", _("Acknowledged inspection")
    COMPARISON = "comparison", _("Check-in beside check-out")
    INVOICE = "invoice", _("Invoice")
    SIGNED_INVOICE = "signed_invoice", _("Signed invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    RECEIPT = "receipt", _("Receipt")
    STATEMENT = "statement", _("Statement of open items")
    PAYMENT_PLAN = "payment_plan", _("Payment plan")
    STOP_WORK = "stop_work", _("Record of a stopped repair")
    SIGNED_STOP_WORK = "signed_stop_work", _("Signed choice after a stopped repair")
    STORAGE_NOTICE = "storage_notice", _("Storage notice")
    HAND_OVER = "hand_over", _("Hand-over record")
    REMINDER_LETTER = "reminder_letter", _("Reminder by letter")
    FORMAL_DEMAND = "formal_demand", _("Formal demand")
    ADDRESS_SHEET = "address_sheet", _("Address sheet of letters")
    SETTLEMENT = "settlement", _("Settlement of a dispute")


def pdf_name(document: "Document", _filename: str) -> str:
    """Return where the PDF lies; a retry after a crash never meets a half-written file."""
    return f"documents/{document.shop_id}/{document.pk}.pdf"


class DocumentQuerySet(ShopQuerySet):
    """Reads and claims of documents."""

    def due(self, *, at: datetime) -> Self:
        """Return what a typesetter may take now; what was tried before comes last.

        So one document that brings a typesetter down never stands before all others.
        """
        return self.filter(status=DocumentStatus.QUEUED, next_try_at__lte=at).order_by(
            models.F("claimed_at").asc(nulls_first=True), "next_try_at", "created_at"
        )

    def claim(self, pk: object, *, at: datetime, lease_until: datetime) -> "Document | None":
        """Take a queued document for this worker; None if another one has it."""
        won = self.filter(pk=pk, status=DocumentStatus.QUEUED).update(
            status=DocumentStatus.CLAIMED, lease_until=lease_until, claimed_at=at
        )
        return self.select_related("shop").get(pk=pk) if won else None


class Document(ShopOwned):
    """A text frozen in one language and its PDF.

    ``html`` is complete in itself: what is typeset years later is what was frozen. ``sealed``
    documents carry the shop's electronic seal (PAdES), which proves that the bytes have not
    changed since; it is not the customer's own cryptographic signature.
    """

    kind = models.CharField(_("kind"), max_length=30, choices=DocumentKind.choices)
    title = models.CharField(_("title"), max_length=200)
    #: The name under which people save it, without a path.
    filename = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    target_id = models.UUIDField()
    repair_order_id = models.UUIDField(null=True)
    html = models.TextField(editable=False)
    #: JSON put into the PDF as an attachment, byte for byte; empty for none.
    attachment_name = models.CharField(max_length=80, blank=True, editable=False)
    attachment = models.TextField(blank=True, editable=False)
    seal_wanted = models.BooleanField(default=False)

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=DocumentStatus.choices,
        default=DocumentStatus.QUEUED,
    )
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField(editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    file = models.FileField(upload_to=pdf_name, max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size, bytes"), null=True, editable=False)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)
    seal_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    timestamp_state = models.CharField(
        max_length=10,
        choices=TimestampState.choices,
        default=TimestampState.NONE,
        editable=False,
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.READY)
                | (~Q(sha256="") & ~Q(file="") & Q(ready_at__isnull=False)),
                name="document_ready_has_its_pdf",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=~Q(status=DocumentStatus.READY),
                name="document_unfinished",
            ),
            models.Index(fields=["shop", "target_id"], name="document_by_target"),
        ]

    def __str__(self) -> str:
        return self.title
