"""What happened with a bank, written into the shop's audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from disputes.models import Chargeback
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent


def record(
    *,
    action: str,
    chargeback: Chargeback,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to a chargeback, with its number; call it after all locks."""
    case = chargeback.case
    return audit.record(
        shop=chargeback.shop,
        action=action,
        target=chargeback,
        repair_order_id=case.repair_order_id if case else None,
        by=by,
        at=at,
        data={"number": chargeback.number, **(data or {})},
    )
