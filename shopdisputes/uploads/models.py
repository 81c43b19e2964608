"""Files that people bring: kept as they came, found again by their hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class FileKind(models.TextChoices):
    """What a file is, judged by its content, never by its name."""

    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    PDF = "application/pdf", "PDF"


def storage_name(stored: "StoredFile", _filename: str) -> str:
    """Return where the original lies: below the shop, named by its hash, never by people."""
    return f"originals/{stored.shop_id}/{stored.sha256[:2]}/{stored.sha256}"


class StoredFile(ShopOwned):
    """An original, untouched. The same bytes are kept once a shop."""

    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    kind = models.CharField(_("kind"), max_length=20, choices=FileKind.choices)
    #: The name under which it came; shown, never used as a path.
    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to=storage_name, max_length=200)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.UniqueConstraint(fields=["shop", "sha256"], name="stored_file_once_per_shop"),
        ]

    def __str__(self) -> str:
        return self.name
