"""What happened to an estimate, written into the shop's audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from estimates.models import EstimateRevision
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent


def record(
    *,
    action: str,
    revision: EstimateRevision,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to the estimate of ``revision``, with both numbers; call it after all locks."""
    estimate = revision.estimate
    return audit.record(
        shop=revision.shop,
        action=action,
        target=estimate,
        repair_order_id=estimate.repair_order_id,
        by=by,
        at=at,
        data={"number": estimate.number, "revision": revision.number, **(data or {})},
    )
