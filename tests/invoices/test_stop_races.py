"""Two people at once at a repair that is being stopped, staged; each with the lock taken away."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from estimates.models import EstimateRevision
from estimates.states import Answer, LineKind, RevisionStatus
from invoices import progress
from invoices.models import StopWork, WorkItem
from invoices.services import stopping, stops, work
from invoices.states import StopOption, WorkState
from shopdisputes.signing.models import Signature
from tests.estimates import stages
from tests.factories import NOW
from tests.invoices import halted
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

AUDIT = "shopdisputes.audit.services.record"


def race(
    locks: bool, first: Callable[[], Any], second: Callable[[], Any]
) -> tuple[Future[Any], Future[Any]]:
    if locks:
        return overtake(first, second, pause_in=AUDIT)
    with without_locks():
        return overtake(first, second, pause_in=AUDIT)


@pytest.mark.parametrize("locks", [True, False])
def test_a_repair_is_stopped_once(locks: bool) -> None:
    """Without the lock the unique key still lets only one stop stand."""
    order = halted.half_done(halted.ordered())

    first, second = race(locks, lambda: halted.stop(order), lambda: halted.stop(order))

    assert isinstance(first.result(), StopWork)
    assert isinstance(second.exception(), stops.AlreadyStopped)
    assert StopWork.objects.count() == 1


@pytest.mark.parametrize("locks", [True, False])
def test_a_customer_chooses_once(locks: bool) -> None:
    """Without the lock the conditional UPDATE still lets only one choice stand."""
    stop = halted.offered()

    first, second = race(
        locks,
        lambda: halted.choose(stop, "release_as_is"),
        lambda: halted.choose(stop, "finish"),
    )

    assert first.result().option == StopOption.RELEASE_AS_IS
    assert isinstance(second.exception(), stops.AlreadyChosen)
    assert Signature.objects.filter(act="stop_choice").count() == 1


def _note_while_it_is_stopped(*, locks: bool) -> Future[Any]:
    order = halted.half_done(halted.ordered())
    _first, second = race(
        locks,
        lambda: halted.stop(order),
        lambda: halted.note(order, LineKind.LABOUR, state="done"),
    )
    return second


def test_nothing_is_noted_as_done_while_the_customer_stops() -> None:
    late = _note_while_it_is_stopped(locks=True)
    assert isinstance(late.exception(), work.Stopped)
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.STOPPED


def test_without_the_lock_work_goes_on_behind_the_stop() -> None:
    late = _note_while_it_is_stopped(locks=False)
    assert late.exception() is None
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.DONE


@pytest.mark.parametrize("locks", [True, False])
def test_what_the_customer_authorizes_at_the_moment_of_the_stop_is_in_its_record(
    locks: bool,
) -> None:
    order = halted.half_done(halted.ordered())
    supplement = stages.sent(order=order)

    _answered, stopped = race(
        locks,
        lambda: stages.answer(supplement, Answer.AUTHORIZED, Answer.DECLINED),
        lambda: halted.stop(order),
    )

    kept = {facts["key"] for facts in stopped.result().work}
    authorized = {str(job.key) for job in progress.authorized(order)}
    assert len(authorized) == len(halted.CLUTCH) + 1
    # Without the lock the record does not know what was authorized before it.
    assert (kept == authorized) is locks


@pytest.mark.parametrize("locks", [True, False])
def test_an_estimate_that_is_sent_at_the_moment_of_the_stop_bills_nothing(locks: bool) -> None:
    """Neither changes what the other one reads, so it needs no lock."""
    order = halted.half_done(halted.ordered())
    supplement = stages.draft(order=order)

    stopped, sent = race(locks, lambda: halted.stop(order), lambda: stages.send(supplement))

    assert (stopped.result().lifted_at, sent.result().status) == (None, RevisionStatus.SENT)
    before = [line.net for line in stopping.lines_to_bill(order, NOW)]
    stages.answer(
        EstimateRevision.objects.get(status=RevisionStatus.SENT),
        Answer.AUTHORIZED,
        Answer.AUTHORIZED,
    )

    after = stopping.lines_to_bill(order, NOW)
    assert [line.net for line in after] == [*before, 0, 0]
