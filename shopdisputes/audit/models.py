"""What happened, who did it, when and how: append-only, chained by hashes, one chain a shop."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Role
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class AuditEventQuerySet(ShopQuerySet):
    """Reads of the audit trail."""

    def to_be_told(self) -> "AuditEventQuerySet":
        """Return events with what their sentences need: sums are told in the shop's currency."""
        return self.select_related("shop")

    def timeline(self, *, repair_order_id: object) -> "AuditEventQuerySet":
        """Return everything about one repair order, the newest first."""
        return self.to_be_told().filter(repair_order_id=repair_order_id).order_by("-sequence")

    def of_target(self, target: models.Model) -> "AuditEventQuerySet":
        """Return everything about one object, the newest first."""
        return (
            self.to_be_told()
            .filter(target_type=target._meta.label_lower, target_id=target.pk)
            .order_by("-sequence")
        )


class AuditEvent(ShopOwned):
    """One act. Written by ``audit.services.record`` and never changed afterwards.

    ``hash`` covers the previous event's hash, the position, the facts and a salted digest of
    ``data``, so a changed, removed, inserted or reordered row is found by ``verify_audit``.
    """

    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_role = models.CharField(max_length=20, choices=Role.choices)
    actor_name = models.CharField(max_length=200)
    actor_user_id = models.UUIDField(null=True)
    ip_address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    target_type = models.CharField(max_length=60)
    target_id = models.UUIDField()
    repair_order_id = models.UUIDField(null=True)
    data = models.JSONField()
    salt = models.CharField(max_length=32)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        constraints = [
            models.UniqueConstraint(fields=["shop", "sequence"], name="audit_sequence_unique"),
        ]
        indexes = [
            models.Index(fields=["shop", "repair_order_id", "-sequence"], name="audit_timeline"),
            models.Index(fields=["shop", "target_id", "-sequence"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditHead(ShopOwned):
    """The end of a shop's chain; its row lock puts the events of a shop in one line."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of the audit chain")
        verbose_name_plural = _("ends of the audit chains")
        constraints = [models.UniqueConstraint(fields=["shop"], name="audit_head_once_per_shop")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.sequence}"
