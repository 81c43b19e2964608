"""What happened to money, written into the shop's audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from invoices.models import Invoice, Payment
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent


def record(
    *,
    action: str,
    invoice: Invoice,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to ``invoice``, with its number; call it after all locks."""
    return audit.record(
        shop=invoice.shop,
        action=action,
        target=invoice,
        repair_order_id=invoice.repair_order_id,
        by=by,
        at=at,
        data={"number": invoice.number, "kind": str(invoice.kind), **(data or {})},
    )


def record_payment(
    *,
    action: str,
    payment: Payment,
    repair_order_id: Any = None,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to ``payment``, with its number; call it after all locks."""
    return audit.record(
        shop=payment.shop,
        action=action,
        target=payment,
        repair_order_id=repair_order_id or payment.repair_order_id,
        by=by,
        at=at,
        data={"number": payment.number, **(data or {})},
    )
