"""Two people, or a person and the clockwork, at one rework at the same time.

Each race has a twin without the locks, in which what must not happen does.
"""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from disputes import invariants
from disputes.models import DisputeCase, ReworkRequest
from disputes.services import rework_disputes, reworking
from disputes.services.rework_clockwork import rework_clocks
from disputes.services.rework_steps import AnsweredMeanwhile
from disputes.states import ReworkStatus as S
from inspections.models import Checklist, Inspection
from inspections.services import beginning
from invoices.models import Hold
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.tokens import token_of
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition
from tests.disputes.cases import CUSTOMER, TECHNICIAN, contest, reason
from tests.disputes.reworks import accept, ask, bill, events, link_to, mails, refuse
from tests.factories import NOW, ChecklistFactory
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

_BEFORE_THE_COMMIT = "disputes.services.rework_steps.record"


@pytest.fixture
def rework() -> ReworkRequest:
    invoice = bill()
    reason(invoice, code="badly_done")
    return ask(invoice)


def answered(rework: ReworkRequest) -> tuple[Future[Any], Future[Any]]:
    return overtake(
        lambda: refuse(rework).status,
        lambda: accept(rework).repair_order,
        pause_in=_BEFORE_THE_COMMIT,
    )


def answers() -> list[str]:
    told = AuditEvent.objects.filter(action__in=["rework.refused", "rework.accepted"])
    return list(told.order_by("action").values_list("action", flat=True))


def test_whoever_accepts_what_is_being_refused_comes_after_it(rework: ReworkRequest) -> None:
    first, second = answered(rework)

    # Accepting may follow a refusal, and sees it: nothing of it is left.
    assert (first.result(), second.exception()) == (S.REFUSED, None)
    now = ReworkRequest.objects.get()
    assert (now.status, now.customer_until) == (S.ACCEPTED, None)
    assert list(invariants.broken()) == []


def test_refusing_what_is_being_accepted_is_too_late(rework: ReworkRequest) -> None:
    first, second = overtake(
        lambda: accept(rework).status, lambda: refuse(rework), pause_in=_BEFORE_THE_COMMIT
    )

    assert first.result() == S.ACCEPTED
    assert isinstance(second.exception(), IllegalTransition)
    assert answers() == ["rework.accepted"]


def test_without_locks_it_is_accepted_and_refused(rework: ReworkRequest) -> None:
    with without_locks():
        overtake(lambda: accept(rework).status, lambda: refuse(rework), pause_in=_BEFORE_THE_COMMIT)

    assert answers() == ["rework.accepted", "rework.refused"]


def call_off(rework: ReworkRequest) -> ReworkRequest:
    return reworking.call_off(rework=rework, note="It went away.", by=CUSTOMER, at=NOW)


def called_off_while_accepting(rework: ReworkRequest) -> tuple[Future[Any], Future[Any]]:
    """The customer calls off what the desk promises at this moment, on a visit not seen yet."""
    return overtake(
        lambda: accept(rework).repair_order,
        lambda: call_off(rework),
        pause_in=_BEFORE_THE_COMMIT,
    )


def holding() -> list[str]:
    return list(Hold.objects.filter(released_at=None).values_list("kind", flat=True))


def test_calling_off_what_is_being_accepted_has_to_look_at_it_again(rework: ReworkRequest) -> None:
    first, second = called_off_while_accepting(rework)

    assert isinstance(second.exception(), AnsweredMeanwhile)
    visit = RepairOrder.objects.get(pk=first.result().pk)
    now = ReworkRequest.objects.get()
    assert (visit.status, now.status, now.repair_order) == ("open", S.ACCEPTED, visit)
    assert holding() == ["rework"]
    assert events(rework) == ["rework.asked", "rework.accepted"]
    assert "rework_ended" not in mails()
    assert list(invariants.broken()) == []


def test_without_locks_what_is_promised_is_called_off_as_well(rework: ReworkRequest) -> None:
    with without_locks():
        _first, second = called_off_while_accepting(rework)

    assert second.exception() is None
    assert ReworkRequest.objects.get().status == S.ACCEPTED
    assert holding() == []
    assert "rework.called_off" in events(rework)


def test_the_customer_s_page_says_that_it_was_accepted_meanwhile(
    rework: ReworkRequest, client: Client
) -> None:
    link = link_to(rework, recipient=rework.invoice.customer.email)
    _first, second = overtake(
        lambda: accept(rework),
        lambda: client.post(f"/c/rework/{token_of(link)}/call-off/", {"note": ""}),
        pause_in=_BEFORE_THE_COMMIT,
    )

    page = second.result()
    assert page.status_code == 409
    assert "Something was done about this meanwhile." in page.content.decode()
    assert ReworkRequest.objects.get().status == S.ACCEPTED


@pytest.fixture
def accepted(rework: ReworkRequest) -> ReworkRequest:
    ChecklistFactory(shop=rework.shop)
    return accept(rework)


def inspect(rework: ReworkRequest) -> Inspection:
    assert rework.repair_order is not None
    return beginning.begin(
        repair_order=rework.repair_order,
        checklist=Checklist.objects.get(),
        by=TECHNICIAN,
        at=NOW,
    )


def called_off_while_inspecting(rework: ReworkRequest) -> tuple[Future[Any], Future[Any]]:
    return overtake(
        lambda: inspect(rework).number,
        lambda: call_off(rework).status,
        pause_in="inspections.services.trail.record",
    )


def visit_of(rework: ReworkRequest) -> tuple[str, int]:
    """Where its visit stands, and how often somebody looked at the vehicle there."""
    visit = RepairOrder.objects.get(pk=rework.repair_order_id)
    return visit.status, visit.inspections.count()


def test_nobody_looks_at_a_vehicle_whose_visit_is_being_cancelled(accepted: ReworkRequest) -> None:
    first, second = overtake(
        lambda: call_off(accepted).status,
        lambda: inspect(accepted),
        pause_in=_BEFORE_THE_COMMIT,
    )

    assert first.result() == S.CANCELLED
    assert isinstance(second.exception(), RepairOrderNotOpen)
    assert visit_of(accepted) == ("cancelled", 0)


def test_the_visit_on_which_somebody_begins_to_look_stays_open(accepted: ReworkRequest) -> None:
    first, second = called_off_while_inspecting(accepted)

    assert (first.exception(), second.result()) == (None, S.CANCELLED)
    assert visit_of(accepted) == ("open", 1)


def test_without_locks_a_visit_is_cancelled_on_which_somebody_looks(
    accepted: ReworkRequest,
) -> None:
    with without_locks():
        called_off_while_inspecting(accepted)

    assert visit_of(accepted) == ("cancelled", 1)


@pytest.fixture
def refused(rework: ReworkRequest) -> ReworkRequest:
    return refuse(rework)


#: The first moment after the customer's last day, and the last one of it.
OVER = datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
LAST = datetime(2026, 3, 23, 22, 59, tzinfo=UTC)


def disputed_while_closing(rework: ReworkRequest) -> tuple[Future[Any], Future[Any]]:
    """The customer disputes in the last minute; the clockwork comes before he has committed."""
    return overtake(
        lambda: rework_disputes.dispute(rework=rework, by=CUSTOMER, at=LAST),
        lambda: rework_clocks(at=OVER),
        pause_in=_BEFORE_THE_COMMIT,
    )


def test_silence_does_not_close_what_is_being_disputed(refused: ReworkRequest) -> None:
    customer, clockwork = disputed_while_closing(refused)

    assert customer.result() == DisputeCase.objects.get()
    assert (clockwork.result()["closed"], clockwork.result()["failed"]) == (0, 0)
    assert ReworkRequest.objects.get().status == S.DISPUTED
    assert [hold.kind for hold in Hold.objects.filter(released_at=None)] == ["dispute"]
    assert list(invariants.broken()) == []


def test_without_locks_silence_closes_what_is_being_disputed() -> None:
    # Without a hold, so that none stands in the way of the second one.
    invoice = bill()
    reason(invoice, code="badly_done")
    free = refuse(ask(invoice))
    ReworkRequest.objects.update(hold=None)
    free.refresh_from_db()

    with without_locks():
        disputed_while_closing(free)

    ended = AuditEvent.objects.filter(action__in=["rework.disputed", "rework.closed"])
    assert ended.count() == 2


def test_a_rework_that_becomes_a_dispute_does_not_wait_for_one_that_waits_for_it(
    refused: ReworkRequest,
) -> None:
    """Both need a number and the end of the audit trail: they take them in one order."""
    shop = refused.shop
    contest(bill(shop))
    other = bill(shop)
    first, second = overtake(
        lambda: rework_disputes.dispute(rework=refused, by=CUSTOMER, at=NOW).number,
        lambda: contest(other).number,
        pause_in="disputes.services.opening.open_case",
    )

    assert (first.result(), second.result()) == ("D-2026-0002", "D-2026-0003")
