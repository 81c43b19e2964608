"""What happened in a dispute, written into the shop's audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from disputes.models import DisputeCase
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent


def record(
    *,
    action: str,
    case: DisputeCase,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to a case, with its number; call it after all locks."""
    return audit.record(
        shop=case.shop,
        action=action,
        target=case,
        repair_order_id=case.repair_order_id,
        by=by,
        at=at,
        data={"number": case.number, **(data or {})},
    )
