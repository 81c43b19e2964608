"""Files that people bring: kept as they came, found again by their hash."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason


class FileKind(models.TextChoices):
    """What a file is, judged by its content, never by its name."""

    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    PDF = "application/pdf", "PDF"
    MP4 = "video/mp4", "MP4"


def storage_name(stored: "StoredFile", _filename: str) -> str:
    """Return where the original lies: below the shop, named by its hash, never by people."""
    return f"originals/{stored.shop_id}/{stored.sha256[:2]}/{stored.sha256}"


class StoredFile(ShopOwned):
    """An original, untouched. The same bytes are kept once a shop.

    ``facts`` is what its examination read from the content when it came; every key may be
    missing: ``width`` and ``height`` in pixels as shown upright, ``duration_ms``, ``pages``,
    ``taken_at`` (ISO 8601, the camera's claim, without a zone), ``camera``, ``has_position``
    (the original holds GPS), ``trailing_bytes`` (after the end of the picture), ``active``
    (names of a PDF that can act by itself).
    """

    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    kind = models.CharField(_("kind"), max_length=20, choices=FileKind.choices)
    #: The name under which it came; shown, never used as a path.
    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to=storage_name, max_length=200)
    facts = models.JSONField(default=dict, editable=False)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.UniqueConstraint(fields=["shop", "sha256"], name="stored_file_once_per_shop"),
        ]
        # The daily search for files without a row asks by name; likewise below.
        indexes = [models.Index(fields=["file"], name="stored_file_by_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether it is a JPEG or PNG."""
        return self.kind in {FileKind.JPEG, FileKind.PNG}


def thumbnail_name(intake: "Intake", _filename: str) -> str:
    """Return where the small picture lies: named anew each time, never overwritten."""
    return f"previews/{intake.shop_id}/{intake.file_id}-small.jpg"


def web_name(intake: "Intake", _filename: str) -> str:
    """Return where the picture in screen size lies."""
    return f"previews/{intake.shop_id}/{intake.file_id}-web.jpg"


class IntakeQuerySet(ShopQuerySet):
    """Reads and claims of intakes."""

    def due(self, *, at: datetime) -> Self:
        """Return what a worker may take now; what was tried before comes last."""
        return self.filter(
            status__in=[IntakeStatus.WAITING, IntakeStatus.QUEUED], next_try_at__lte=at
        ).order_by(models.F("claimed_at").asc(nulls_first=True), "next_try_at", "created_at")

    def claim(self, pk: object, *, at: datetime, lease_until: datetime) -> "Intake | None":
        """Take a file whose previews are to be made for this worker; None if another has it."""
        won = self.filter(pk=pk, status=IntakeStatus.QUEUED).update(
            status=IntakeStatus.CLAIMED, lease_until=lease_until, claimed_at=at
        )
        return self.select_related("file", "shop").get(pk=pk) if won else None


class Intake(ShopOwned):
    """What became of a file since it came: looked at for viruses, previews drawn.

    Previews are drawn anew from the pixels, so they carry no EXIF and no place. A video's are
    its poster frame, a PDF's its first page.
    """

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="intake")
    status = models.CharField(_("status"), max_length=12, choices=IntakeStatus.choices)
    reason = models.CharField(
        _("why it is kept apart"), max_length=20, choices=QuarantineReason.choices, blank=True
    )
    #: What the scanner said, word for word: the name of a signature.
    scanner_said = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField()
    #: When the scanner let it pass; empty where there is no scanner.
    scanned_at = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField(editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    #: At most 480 pixels a side, JPEG.
    thumbnail = models.FileField(upload_to=thumbnail_name, max_length=200, blank=True)
    #: At most 1,600 pixels a side, JPEG.
    web = models.FileField(upload_to=web_name, max_length=200, blank=True)
    web_width = models.PositiveSmallIntegerField(null=True, editable=False)
    web_height = models.PositiveSmallIntegerField(null=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake of a file")
        verbose_name_plural = _("intakes of files")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=IntakeStatus.READY)
                | (~Q(thumbnail="") & ~Q(web="") & Q(ready_at__isnull=False)),
                name="intake_ready_has_its_previews",
            ),
            models.CheckConstraint(
                condition=Q(status=IntakeStatus.QUARANTINED, reason__gt="")
                | (~Q(status=IntakeStatus.QUARANTINED) & Q(reason="")),
                name="intake_quarantined_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(status__in=["waiting", "queued", "claimed"]),
                name="intake_unfinished",
            ),
            models.Index(fields=["thumbnail"], name="intake_by_thumbnail"),
            models.Index(fields=["web"], name="intake_by_web"),
        ]

    def __str__(self) -> str:
        return f"{self.file} · {self.get_status_display()}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it will change by itself any more."""
        return self.status not in UNFINISHED

    @property
    def is_accepted(self) -> bool:
        """Whether its content may be shown to somebody."""
        return self.status in ACCEPTED


#: Something is still to be done with the file.
UNFINISHED: frozenset[Any] = frozenset(
    {IntakeStatus.WAITING, IntakeStatus.QUEUED, IntakeStatus.CLAIMED}
)
#: The file is shown to whoever may see it, with or without previews.
ACCEPTED: frozenset[Any] = frozenset(
    {IntakeStatus.QUEUED, IntakeStatus.CLAIMED, IntakeStatus.READY, IntakeStatus.FAILED}
)
