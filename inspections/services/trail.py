"""What happened to an inspection, written into the shop's audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspections.models import Inspection
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent


def record(
    *,
    action: str,
    inspection: Inspection,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to ``inspection``, with its number and stage; call it after all locks."""
    return audit.record(
        shop=inspection.shop,
        action=action,
        target=inspection,
        repair_order_id=inspection.repair_order_id,
        by=by,
        at=at,
        data={"number": inspection.number, "stage": inspection.stage, **(data or {})},
    )
