"""What is noted of the work on authorized lines."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from estimates.states import LineKind
from invoices.models import WorkItem
from invoices.services import work
from invoices.states import WorkState
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.repairorders import services as repairorders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, EstimateFactory, RepairOrderFactory, StoredFileFactory
from tests.invoices import halted
from tests.invoices.halted import DESK, TECHNICIAN, note, ordered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "state", "done"),
    [
        ({"state": "done"}, "done", "3"),
        ({"state": "in_progress"}, "in_progress", "0"),
        ({"state": "in_progress", "done_quantity": Decimal("1")}, "in_progress", "1"),
        ({"done_quantity": Decimal("1.5")}, "in_progress", "1.5"),
        ({"done_quantity": Decimal("3")}, "done", "3"),
        ({"done_quantity": Decimal("0")}, "not_started", "0"),
        ({"state": "done", "done_quantity": Decimal("2")}, "done", "2"),
    ],
)
def test_state_and_quantity_follow_from_each_other(
    facts: dict[str, Any], state: str, done: str
) -> None:
    item = note(ordered(), LineKind.LABOUR, **facts)
    item.refresh_from_db()
    assert (item.state, item.done_quantity, item.updated_by) == (
        state,
        Decimal(done),
        "Theo Technician",
    )


def test_a_part_that_is_fitted_is_done_and_one_sent_back_is_not() -> None:
    order = ordered()
    fitted = note(order, LineKind.PART, part_state="installed")
    assert (fitted.state, fitted.done_quantity) == (WorkState.DONE, Decimal("1"))
    back = note(order, LineKind.PART, part_state="returned")
    assert (back.state, back.done_quantity) == (WorkState.NOT_STARTED, Decimal("0"))


def test_what_is_not_said_stays_and_what_is_to_be_forgotten_goes() -> None:
    order = ordered()
    proof = StoredFileFactory(shop=order.shop)
    note(order, LineKind.PART, part_state="special_order", supplier_proof=proof, note="Ask Monday")
    item = note(order, LineKind.PART, restocking_fee=Decimal("12.00"))
    assert (item.part_state, item.note, item.supplier_proof) == (
        "special_order",
        "Ask Monday",
        proof,
    )
    assert note(order, LineKind.PART, forget=["supplier_proof"]).supplier_proof is None


def test_the_trail_says_what_changed_and_the_same_again_says_nothing() -> None:
    order = ordered()
    note(order, LineKind.LABOUR, state="in_progress")
    note(order, LineKind.LABOUR, state="in_progress")
    event = AuditEvent.objects.get(action="work.noted")
    assert event.data["description"] == "Replace the clutch"
    assert event.data["changes"] == {"state": ["not_started", "in_progress"]}


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (LineKind.LABOUR, {"done_quantity": Decimal("3.001")}, "done_quantity"),
        (LineKind.LABOUR, {"done_quantity": Decimal("-1")}, "done_quantity"),
        (LineKind.LABOUR, {"done_quantity": Decimal("0.0001")}, "done_quantity"),
        (LineKind.LABOUR, {"hours_spent": Decimal("-1")}, "hours_spent"),
        (LineKind.LABOUR, {"state": "finished"}, "state"),
        (LineKind.LABOUR, {"state": "stopped"}, "state"),
        (LineKind.LABOUR, {"part_state": "installed"}, "part_state"),
        (LineKind.PART, {"part_state": "lost"}, "part_state"),
        (LineKind.PART, {"restocking_fee": Decimal("0.001")}, "restocking_fee"),
        (LineKind.PART, {"note": "x" * 501}, "note"),
    ],
)
def test_refuses_what_cannot_be_right(kind: str, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(work.WorkRefused) as refusal:
        note(ordered(), kind, **facts)
    assert list(refusal.value.fields) == [field]
    assert not WorkItem.objects.exists()


def test_nobody_works_on_what_was_not_authorized() -> None:
    order = RepairOrderFactory()
    estimate = EstimateFactory(repair_order=order, answered=("authorized", "declined"))
    declined = estimate.revisions.get().lines.get(position=2)
    for key in (declined.key, uuid.uuid4()):
        with pytest.raises(work.NotAuthorized):
            work.note(repair_order=order, key=key, state="done", by=DESK, at=NOW)
    assert not WorkItem.objects.exists()


def test_nothing_is_noted_on_a_closed_visit_or_by_a_customer() -> None:
    order = ordered()
    with pytest.raises(NotYourTransition):
        note(order, LineKind.LABOUR, state="done", by=Actor(role=Role.CUSTOMER, name="C"))
    repairorders.close(repair_order=order, by=DESK, at=NOW)
    with pytest.raises(RepairOrderNotOpen):
        note(order, LineKind.LABOUR, state="done")
    assert not WorkItem.objects.exists()


def test_a_stopped_repair_can_only_be_wound_up() -> None:
    stop = halted.stopped()
    order = stop.repair_order
    for facts in ({"state": "done"}, {"done_quantity": Decimal("2")}, {"hours_spent": Decimal(1)}):
        with pytest.raises(work.Stopped):
            note(order, LineKind.LABOUR, **facts)
    with pytest.raises(work.Stopped):
        note(order, LineKind.PART, part_state="installed")
    assert note(order, LineKind.PART, part_state="returned").part_state == "returned"


def test_what_was_chosen_to_be_put_together_can_be_noted() -> None:
    stop = halted.choose(halted.offered(), "reassemble")
    item = note(stop.repair_order, LineKind.REASSEMBLY, state="done")
    assert item.state == WorkState.DONE


def test_nothing_may_raise_the_price_by_which_the_customer_chose() -> None:
    stop = halted.choose(halted.offered(), "release_as_is")
    proof = StoredFileFactory(shop=stop.shop)
    with pytest.raises(work.PriceWasTold):
        note(stop.repair_order, LineKind.PART, part_state="special_order", supplier_proof=proof)
    assert WorkItem.objects.get(line__kind=LineKind.PART).part_state == "received"


def test_items_are_the_authorized_lines_with_what_was_noted() -> None:
    order = ordered()
    note(order, LineKind.LABOUR, state="in_progress", by=TECHNICIAN)
    found = work.items_of(order)
    assert [(job.line.kind, job.work and job.work.state) for job in found] == [
        ("labour", "in_progress"),
        ("part", None),
        ("teardown", None),
        ("reassembly", None),
    ]
