"""Two people at once, staged: the second comes while the first stands in the middle.

Each race has a twin that takes the row locks away. Where conditional updates and unique
constraints alone must hold (as on SQLite), the twin shows that they do.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from estimates.models import Authorization, Estimate, EstimateRevision, LineAnswer
from estimates.services import answering, clockwork, drafting, sending
from estimates.services.sending import Expired
from estimates.states import RevisionStatus
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.signing.models import Signature
from shopdisputes.transitions import IllegalTransition
from shopdisputes.web import calling_off
from tests.estimates import stages
from tests.estimates.stages import DESK, LATER, NO, YES
from tests.factories import NOW
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

AUDIT = "shopdisputes.audit.services.record"
OVER = datetime(2026, 4, 15, 22, 0, tzinfo=UTC)


def of(revision: EstimateRevision) -> EstimateRevision:
    """The row as a process of its own reads it."""
    return EstimateRevision.objects.with_everything().get(pk=revision.pk)


def status_of(revision: EstimateRevision) -> str:
    return EstimateRevision.objects.get(pk=revision.pk).status


def answered_once(revision: EstimateRevision) -> bool:
    return (
        Authorization.objects.filter(revision=revision).count() == 1
        and Signature.objects.filter(target_id=revision.pk).count() == 1
        and LineAnswer.objects.filter(line__revision=revision).count() == 2
        and Document.objects.filter(seal_wanted=True).count() == 1
        and OutgoingEmail.objects.filter(kind="signed_copy").count() == 1
    )


def test_a_double_click_signs_once_and_both_get_the_same() -> None:
    revision = stages.sent()
    first, second = overtake(
        lambda: stages.answer(of(revision), YES, LATER),
        lambda: stages.answer(of(revision), YES, LATER),
        pause_in=AUDIT,
    )
    assert first.result().pk == second.result().pk
    assert answered_once(revision)


def test_without_the_lock_a_double_click_still_signs_once() -> None:
    revision = stages.sent()
    with without_locks():
        first, second = overtake(
            lambda: stages.answer(of(revision), YES, LATER),
            lambda: stages.answer(of(revision), YES, LATER),
            pause_in=AUDIT,
        )
    # Only the lock lets the second one see that it is the same answer.
    assert first.result().revision_id == revision.pk
    assert isinstance(second.exception(), answering.AlreadyAnswered)
    assert answered_once(revision)


def test_two_people_with_the_same_link_cannot_both_answer() -> None:
    revision = stages.sent()
    first, second = overtake(
        lambda: stages.answer(of(revision), YES, LATER),
        lambda: stages.answer(of(revision), NO, NO, signer_name="Somebody Else"),
        pause_in=AUDIT,
    )
    assert first.result().person == "Camille Durand"
    assert isinstance(second.exception(), answering.AlreadyAnswered)
    assert answered_once(revision)


def test_a_phone_call_and_a_link_cannot_both_answer() -> None:
    revision = stages.sent()
    first, second = overtake(
        lambda: stages.record(of(revision), YES, YES),
        lambda: stages.answer(of(revision), NO, NO),
        pause_in=AUDIT,
    )
    assert first.result().mode == "oral"
    assert isinstance(second.exception(), answering.AlreadyAnswered)
    assert Authorization.objects.count() == 1


@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_before_a_further_revision_is_kept_under_it(locks: bool) -> None:
    revision = stages.sent()
    draft = drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)
    first, second = race(
        locks,
        lambda: stages.answer(of(revision), YES, LATER),
        lambda: stages.send(of(draft)),
    )
    assert first.result().revision_id == revision.pk
    if locks:
        assert second.result().status == RevisionStatus.SENT
        assert status_of(revision) == RevisionStatus.SUPERSEDED
        kept = [line for line in stages.lines_of(draft) if line.position == 1]
        assert LineAnswer.objects.filter(line__key=kept[0].key, answer=YES).count() == 1
    else:
        # Without the lock the sender has read a revision that was not answered yet.
        assert isinstance(second.exception(), IllegalTransition)
        assert status_of(revision) == RevisionStatus.ANSWERED
        assert status_of(draft) == RevisionStatus.DRAFT


@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_after_a_further_revision_is_refused_and_told_of_it(locks: bool) -> None:
    revision = stages.sent()
    link = stages.link_of(revision)
    draft = drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)
    first, second = race(
        locks,
        lambda: stages.send(of(draft)),
        lambda: stages.answer(of(revision), YES, LATER, link=link),
    )
    assert first.result().number == 2
    refusal = second.exception()
    if locks:
        assert isinstance(refusal, answering.RevisionChanged)
        assert refusal.details == {"current": 2}
    else:
        assert isinstance(refusal, answering.AlreadyAnswered)
    assert not Authorization.objects.exists()
    assert not Signature.objects.exists()
    assert (status_of(revision), status_of(draft)) == ("superseded", "sent")


@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_and_a_withdrawal_cannot_both_be(locks: bool) -> None:
    revision = stages.sent()
    first, second = race(
        locks,
        lambda: stages.answer(of(revision), YES, LATER),
        lambda: sending.withdraw(revision=of(revision), reason="Wrong car.", by=DESK, at=NOW),
    )
    assert first.result().revision_id == revision.pk
    assert isinstance(second.exception(), IllegalTransition)
    assert status_of(revision) == RevisionStatus.ANSWERED


def test_a_withdrawal_is_told_to_who_answers_meanwhile() -> None:
    revision = stages.sent()
    first, second = overtake(
        lambda: sending.withdraw(revision=of(revision), reason="Wrong car.", by=DESK, at=NOW),
        lambda: stages.answer(of(revision), YES, LATER),
        pause_in=AUDIT,
    )
    assert first.exception() is None
    assert isinstance(second.exception(), answering.Withdrawn)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_of_the_last_second_does_not_expire(locks: bool) -> None:
    revision = stages.sent()
    first, second = race(
        locks,
        lambda: stages.answer(of(revision), YES, LATER, at=OVER - timedelta(seconds=1)),
        lambda: clockwork.expire(at=OVER),
    )
    assert first.result().revision_id == revision.pk
    assert second.result() == {"expired": 0, "failed": 0}
    assert status_of(revision) == RevisionStatus.ANSWERED


def test_an_answer_during_expiry_is_refused() -> None:
    revision = stages.sent()
    first, second = overtake(
        lambda: clockwork.expire(at=OVER),
        lambda: stages.answer(of(revision), YES, LATER, at=OVER),
        pause_in=AUDIT,
    )
    assert first.result() == {"expired": 1, "failed": 0}
    assert isinstance(second.exception(), Expired)
    assert not Authorization.objects.exists()


@pytest.mark.parametrize("locks", [True, False])
def test_two_workers_expire_once(locks: bool) -> None:
    revision = stages.sent()
    first, second = race(
        locks, lambda: clockwork.expire(at=OVER), lambda: clockwork.expire(at=OVER)
    )
    assert first.result()["expired"] + second.result()["expired"] == 1
    assert stages.actions(revision).count("estimate.expired") == 1


@pytest.mark.parametrize("locks", [True, False])
def test_two_workers_remind_once(locks: bool) -> None:
    revision = stages.sent()
    day_before = datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
    first, second = race(
        locks,
        lambda: clockwork.remind_before_expiry(at=day_before),
        lambda: clockwork.remind_before_expiry(at=day_before),
    )
    assert first.result()["reminded"] + second.result()["reminded"] == 1
    assert OutgoingEmail.objects.filter(kind="expiry_reminder").count() == 1
    assert stages.actions(revision).count("estimate.reminded") == 1


@pytest.mark.parametrize("locks", [True, False])
def test_two_clicks_send_once(locks: bool) -> None:
    draft = stages.draft()
    first, second = race(locks, lambda: stages.send(of(draft)), lambda: stages.send(of(draft)))
    assert first.result().status == RevisionStatus.SENT
    assert isinstance(second.exception(), IllegalTransition)
    assert OutgoingEmail.objects.count() == 1


@pytest.mark.parametrize("locks", [True, False])
def test_two_clicks_revise_once(locks: bool) -> None:
    revision = stages.sent()

    def revise() -> Any:
        return drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)

    first, second = race(locks, revise, revise)
    assert first.result().number == 2
    # Without the lock the unique constraint on drafts is the net.
    assert isinstance(second.exception(), DomainError if locks else IntegrityError)
    assert EstimateRevision.objects.count() == 2
    assert Estimate.objects.get().status == RevisionStatus.DRAFT


def call_off(revision: EstimateRevision) -> RepairOrder:
    order = RepairOrder.objects.get(pk=revision.estimate.repair_order_id)
    return calling_off.cancel(repair_order=order, reason="It is sold.", by=DESK, at=NOW)


def test_nothing_is_sent_on_a_visit_that_is_being_called_off() -> None:
    draft = stages.draft()
    _first, second = race(True, lambda: call_off(draft), lambda: stages.send(of(draft)))
    assert isinstance(second.exception(), RepairOrderNotOpen)
    assert (status_of(draft), stages.mails(draft)) == (RevisionStatus.DRAFT, [])


def test_without_locks_an_estimate_is_sent_on_a_visit_that_was_called_off() -> None:
    draft = stages.draft()
    first, second = race(False, lambda: call_off(draft), lambda: stages.send(of(draft)))
    assert first.result().status == RepairOrderStatus.CANCELLED
    assert second.result().status == RevisionStatus.SENT


def test_what_is_being_sent_does_not_leave_when_the_visit_is_called_off() -> None:
    draft = stages.draft()
    first, second = race(True, lambda: stages.send(of(draft)), lambda: call_off(draft))
    assert first.result().status == RevisionStatus.SENT
    assert second.result().status == RepairOrderStatus.CANCELLED
    assert stages.mails(draft) == [("estimate_sent", "withdrawn")]


def test_without_locks_what_is_being_sent_leaves_although_the_visit_was_called_off() -> None:
    draft = stages.draft()
    _first, second = race(False, lambda: stages.send(of(draft)), lambda: call_off(draft))
    assert second.result().status == RepairOrderStatus.CANCELLED
    assert stages.mails(draft) == [("estimate_sent", "queued")]


def race(locks: bool, first: Any, second: Any) -> Any:
    """Stage it with the row locks or without them."""
    if locks:
        return overtake(first, second, pause_in=AUDIT)
    with without_locks():
        return overtake(first, second, pause_in=AUDIT)
