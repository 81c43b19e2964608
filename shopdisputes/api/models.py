"""What makes a repeated POST harmless."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class IdempotencyRecord(ShopOwned):
    """The answer given under an ``Idempotency-Key``, written with its effect in one transaction."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [
            models.UniqueConstraint(fields=["shop", "user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
