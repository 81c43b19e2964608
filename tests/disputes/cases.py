"""Cases as people open and move them, made short."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from disputes.models import (
    CaseFile,
    CaseMessage,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    ResolverAnswer,
)
from disputes.services import opening
from disputes.services.opening import Contested
from inspections.states import Stage
from invoices import collecting
from invoices.models import Claim, Hold, Invoice, InvoiceLine
from invoices.services import drafting, issuing
from invoices.states import InvoiceKind
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Counter, Shop
from tests.factories import (
    NOW,
    AccessLinkFactory,
    DisputeReasonFactory,
    EstimateFactory,
    InspectionFactory,
    InspectionItemFactory,
    InvoiceFactory,
    ItemMediaFactory,
    LineFactory,
    RepairOrderFactory,
    authorized_order,
)

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor")
BOSS = Actor(role=Role.MANAGER, name="Max Manager")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
CUSTOMER = Actor(role=Role.CUSTOMER, name="Camille Durand", ip_address="203.0.113.7")
RESOLVER = Actor(role=Role.RESOLVER, name="Theo Technician", ip_address="203.0.113.9")
TODAY = date(2026, 3, 16)


def later(days: int, hours: int = 0) -> datetime:
    """So many days after ``NOW``, a Monday at half past ten in the shop."""
    return NOW + timedelta(days=days, hours=hours)


def brakes(shop: Shop | None = None, **order: Any) -> Invoice:
    """The brakes, 242.28 with tax: authorized by link, drafted, issued."""
    visit = authorized_order(shop, **order)
    made = drafting.draft(repair_order=visit, kind=InvoiceKind.FULL, by=DESK, at=NOW)
    return issuing.issue(invoice=made, by=DESK, at=NOW)


def photographed(shop: Shop, *stages: Stage, **line: Any) -> Invoice:
    """A line about a place that is looked at twice, with a photo at each of these stages."""
    order = RepairOrderFactory(shop=shop)
    places = {
        stage: InspectionItemFactory(
            inspection=InspectionFactory(repair_order=order, stage=stage),
            name={"en": "Front brakes"},
            pair_key="front-brakes",
        )
        for stage in (Stage.CHECK_IN, Stage.CHECK_OUT)
    }
    for stage in stages:
        ItemMediaFactory(item=places[stage], file__ready=True)
    revision = EstimateFactory(repair_order=order).revisions.get()
    cited = LineFactory(revision=revision, finding=places[Stage.CHECK_IN])
    lines = ({"estimate_line": cited} | line,)
    made: Invoice = InvoiceFactory(issued=True, repair_order=order, lines=lines)
    return made


def reason(invoice: Invoice, **facts: Any) -> DisputeReason:
    """A reason of the invoice's shop: the price, unless another code is given."""
    return DisputeReasonFactory(shop=invoice.shop, **facts)


def contest(
    invoice: Invoice,
    amount: str | None = None,
    line: InvoiceLine | None = None,
    by: Actor = DESK,
    at: datetime = NOW,
    **facts: Any,
) -> DisputeCase:
    """A case about one invoice, or a part of it."""
    wanted = Contested(invoice=invoice, line=line, amount=Decimal(amount) if amount else None)
    told: dict[str, Any] = {
        "reason": facts.pop("reason", None) or reason(invoice),
        "comment": "The pads were to cost 90.00.",
        "items": [wanted],
    }
    return opening.open_case(customer=invoice.customer, **told | facts, by=by, at=at)


def figures(invoice: Invoice, at: datetime = NOW) -> tuple[Decimal, Decimal]:
    """What is contested of an invoice, and what of it can be asked for."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    now = collecting.standing(fresh, at=at).figures
    return now.disputed, now.collectible


def euros(contested: str, collectible: str) -> tuple[Decimal, Decimal]:
    """The same, as numbers."""
    return Decimal(contested), Decimal(collectible)


def link_to(case: DisputeCase, purpose: str = LinkPurpose.DISPUTE, **facts: Any) -> AccessLink:
    """The customer's link to a case, or the resolver's."""
    return AccessLinkFactory(shop=case.shop, purpose=purpose, target_id=case.pk, **facts)


def fresh(row: Any) -> Any:
    """The row as a process of its own reads it."""
    return type(row)._default_manager.get(pk=row.pk)


def mails() -> dict[str, str]:
    """To whom which kind of mail about disputes went."""
    found = OutgoingEmail.objects.filter(kind__startswith="dispute_").order_by("created_at")
    return dict(found.values_list("kind", "recipient"))


def events(case: DisputeCase) -> list[str]:
    """What the audit trail tells of a case, the oldest first."""
    found = AuditEvent.objects.filter(target_id=case.pk).order_by("sequence")
    return list(found.values_list("action", flat=True))


def everything() -> list[Any]:
    """What must not change when something is refused."""
    models: tuple[Any, ...] = (
        *(DisputeCase, DisputeItem, FollowUp, CaseMessage, CaseFile, ResolverAnswer),
        *(Hold, Claim, OutgoingEmail, AccessLink, AuditEvent, Counter),
    )
    return [list(model._default_manager.order_by("pk").values()) for model in models]
