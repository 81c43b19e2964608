"""Reworks as people ask for them and move them, made short."""

from datetime import datetime
from itertools import count
from typing import Any

from disputes.models import ReworkFile, ReworkRequest
from disputes.services import asking_rework, deciding_rework, reworking
from disputes.states import RefusalReason
from invoices.models import Invoice
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.disputes.cases import CUSTOMER, DESK
from tests.disputes.cases import everything as everything_of_cases
from tests.factories import NOW, AccessLinkFactory, InvoiceFactory, RepairOrderFactory
from tests.invoices.money import euros

#: Visits of last year: those that are opened in a test count from one.
_VISITS = count(1)


def bill(shop: Shop | None = None, customer: Customer | None = None) -> Invoice:
    """Three lines of 120.00, 60.00 and 24.00, tax included."""
    whose: dict[str, Any] = {"shop": shop} if shop else {}
    if customer is not None:
        whose = {"shop": customer.shop, "vehicle__customer": customer}
    made: Invoice = InvoiceFactory(
        repair_order=RepairOrderFactory(number=f"RO-2025-{next(_VISITS):04d}", **whose),
        issued=True,
        total="204.00",
        lines=[
            {"description": "Brake pads", "quantity": 1, "unit_price": euros("100.00")},
            {"description": "Brake discs", "quantity": 1, "unit_price": euros("50.00")},
            {"description": "Brake fluid", "quantity": 1, "unit_price": euros("20.00")},
        ],
    )
    return made


def ask(
    invoice: Invoice | None = None,
    *,
    lines: int = 1,
    by: Actor = CUSTOMER,
    at: datetime = NOW,
    **facts: Any,
) -> ReworkRequest:
    """The customer asks to have the first lines of an invoice done again."""
    invoice = invoice or bill()
    told = {"description": "They squeal again."} | facts
    return asking_rework.ask(
        invoice=invoice, lines=list(invoice.lines.in_order()[:lines]), **told, by=by, at=at
    )


def refuse(rework: ReworkRequest, at: datetime = NOW, by: Actor = DESK) -> ReworkRequest:
    return deciding_rework.refuse(
        rework=rework,
        reason=RefusalReason.NEW_FAULT,
        explanation="The noise comes from the rear axle.",
        by=by,
        at=at,
    )


def accept(rework: ReworkRequest, at: datetime = NOW, **facts: Any) -> ReworkRequest:
    return deciding_rework.accept(rework=rework, **facts, by=DESK, at=at)


def deliver(rework: ReworkRequest, at: datetime = NOW) -> ReworkRequest:
    """The vehicle comes, and the work is done at the same moment."""
    reworking.begin(rework=rework, by=DESK, at=at)
    return reworking.deliver(rework=rework, note="New pads are fitted.", by=DESK, at=at)


def link_to(rework: ReworkRequest, **facts: Any) -> AccessLink:
    """The customer's link to a request."""
    return AccessLinkFactory(
        shop=rework.shop, purpose=LinkPurpose.REWORK, target_id=rework.pk, **facts
    )


def mails() -> list[str]:
    """Which mails about reworks were queued, the oldest first."""
    found = OutgoingEmail.objects.filter(kind__startswith="rework_").order_by("created_at", "kind")
    return list(found.values_list("kind", flat=True))


def events(rework: ReworkRequest) -> list[str]:
    """What the audit trail tells of a request, the oldest first."""
    found = AuditEvent.objects.filter(target_id=rework.pk).order_by("sequence")
    return list(found.values_list("action", flat=True))


def everything() -> list[Any]:
    """What must not change when something is refused."""
    models: tuple[Any, ...] = (ReworkRequest, ReworkFile, RepairOrder)
    own = [list(model._default_manager.order_by("pk").values()) for model in models]
    return own + everything_of_cases()


def now(rework: ReworkRequest) -> ReworkRequest:
    """The same, as it stands now."""
    return ReworkRequest.objects.with_everything().get(pk=rework.pk)


def visit_of(rework: ReworkRequest) -> RepairOrder:
    """The free visit that was opened for it."""
    assert rework.repair_order is not None
    return rework.repair_order
