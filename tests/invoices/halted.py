"""A repair that is stopped half-way, led there by the services themselves."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from estimates.states import LineKind
from invoices import progress
from invoices.models import StopWork, WorkItem
from invoices.services import choosing, offering, stopping, work
from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import NOW, authorized_order

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Phone/1.0"
)

#: 180.00 + 200.00 + 60.00 + 40.00 = 480.00 before tax, 576.00 with it.
CLUTCH: tuple[dict[str, Any], ...] = (
    {
        "kind": LineKind.LABOUR,
        "description": "Replace the clutch",
        "quantity": Decimal("3"),
        "unit_price": Decimal("60.00"),
        "tax_rate": Decimal("20.00"),
    },
    {
        "kind": LineKind.PART,
        "description": "Clutch kit",
        "quantity": Decimal("1"),
        "unit_price": Decimal("200.00"),
        "tax_rate": Decimal("20.00"),
    },
    {
        "kind": LineKind.TEARDOWN,
        "description": "Take the gearbox out",
        "quantity": Decimal("1"),
        "unit_price": Decimal("60.00"),
        "tax_rate": Decimal("20.00"),
        "disclosure": "The gearbox comes out; putting it back costs 40.00 before tax.",
    },
    {
        "kind": LineKind.REASSEMBLY,
        "description": "Put the gearbox back",
        "quantity": Decimal("1"),
        "unit_price": Decimal("40.00"),
        "tax_rate": Decimal("20.00"),
    },
)


def ordered(**options: Any) -> RepairOrder:
    """A visit of which the customer authorized everything."""
    return authorized_order(**{"lines": CLUTCH} | options)


def key_of(order: RepairOrder, kind: str) -> UUID:
    """The key of the order's line of this kind."""
    return next(job.key for job in progress.of(order) if job.line.kind == kind)


def note(order: RepairOrder, kind: str, **facts: Any) -> WorkItem:
    """The technician notes how far the line of this kind is."""
    return work.note(
        repair_order=order, key=key_of(order, kind), **{"by": TECHNICIAN, "at": NOW} | facts
    )


def half_done(order: RepairOrder) -> RepairOrder:
    """The gearbox is out and half of the labour is done; the kit lies in the shop."""
    note(order, LineKind.TEARDOWN, state="done")
    note(order, LineKind.LABOUR, done_quantity=Decimal("1.5"), hours_spent=Decimal("1.75"))
    note(order, LineKind.PART, part_state="received")
    return order


def stop(order: RepairOrder, **facts: Any) -> StopWork:
    """The customer stops the repair on the phone."""
    told: dict[str, Any] = {
        "happened_at": NOW,
        "reason": "It gets too expensive.",
        "channel": "phone",
        "person": "Camille Durand",
        "safety": "disassembled",
        "by": DESK,
        "at": NOW,
    }
    return stopping.record(repair_order=order, **told | facts)


def stopped(**options: Any) -> StopWork:
    """A repair that was stopped half-way."""
    return stop(half_done(ordered(**options)))


def offered(row: StopWork | None = None, **options: Any) -> StopWork:
    """A stop of which the customer was mailed the three ways of going on."""
    return offering.offer(
        stop=row or stopped(), **{"note": "", "by_email": True, "by": DESK, "at": NOW} | options
    )


def link_of(row: StopWork) -> AccessLink:
    """The newest link to a stop."""
    return AccessLink.objects.filter(target_id=row.pk).order_by("created_at", "pk").last()


def choose(row: StopWork, option: str = "reassemble", **facts: Any) -> StopWork:
    """The customer chooses through the link and signs with a typed name."""
    told: dict[str, Any] = {
        "link": link_of(row),
        "stop_sha256": row.sha256,
        "signer_name": "Camille Durand",
        "drawn": None,
        "consent": True,
        "signer_timezone": "Europe/Paris",
        "by": CUSTOMER,
        "at": NOW,
    }
    return choosing.choose(option=option, **told | facts)
