"""Expiry and the one reminder before it: on the shop's days, once, in its hours, late or not."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from estimates import tasks
from estimates.models import EstimateRevision
from estimates.services import clockwork, requests, sending
from estimates.states import RevisionStatus
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, YES
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db

#: NOW is Monday 16 March, 10:30 in Paris; the last day is the Friday after.
FRIDAY = date(2026, 3, 20)
#: Midnight in Paris after that Friday.
OVER = datetime(2026, 3, 20, 23, 0, tzinfo=UTC)
#: Three days before, as the shop's setting says, in its send hours.
TUESDAY = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)

NOTHING = {"expired": 0, "failed": 0}
NOBODY = {"reminded": 0, "failed": 0}


def waiting(**shop: Any) -> EstimateRevision:
    order = RepairOrderFactory(shop=ShopFactory(**shop))
    return stages.sent(order=order, valid_until=FRIDAY)


def status_of(revision: EstimateRevision) -> str:
    return EstimateRevision.objects.get(pk=revision.pk).status


# Expiry.


def test_expires_when_the_last_day_is_over_in_the_shop_and_once() -> None:
    revision = waiting()
    assert clockwork.expire(at=OVER - timedelta(seconds=1)) == NOTHING
    assert clockwork.expire(at=OVER) == {"expired": 1, "failed": 0}
    assert status_of(revision) == RevisionStatus.EXPIRED
    revision.estimate.refresh_from_db()
    assert revision.estimate.status == RevisionStatus.EXPIRED
    event = AuditEvent.objects.get(action="estimate.expired")
    assert (event.actor_role, event.target_id) == ("system", revision.estimate_id)
    assert stages.mails(revision) == [("estimate_sent", "withdrawn")]
    before = stages.everything()
    assert clockwork.expire(at=OVER + timedelta(days=30)) == NOTHING
    assert stages.everything() == before


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("Pacific/Kiritimati", datetime(2026, 3, 20, 10, 0, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 3, 21, 7, 0, tzinfo=UTC)),
    ],
)
def test_the_day_is_over_where_the_shop_is(zone: str, over: datetime) -> None:
    revision = waiting(timezone=zone)
    clockwork.expire(at=over - timedelta(seconds=1))
    assert status_of(revision) == RevisionStatus.SENT
    clockwork.expire(at=over)
    assert status_of(revision) == RevisionStatus.EXPIRED


def test_what_was_answered_does_not_expire() -> None:
    revision = waiting()
    stages.answer(revision, YES, YES)
    assert clockwork.expire(at=OVER) == NOTHING
    assert status_of(revision) == RevisionStatus.ANSWERED


def test_what_was_answered_at_the_last_moment_does_not_expire() -> None:
    revision = waiting()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.answer(revision, YES, YES)
    assert not clockwork._expire(stale, at=OVER)
    assert status_of(revision) == RevisionStatus.ANSWERED


def test_one_poisoned_row_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = [waiting(), waiting()]
    poisoned = min(revisions, key=lambda revision: revision.pk)
    expire = clockwork._expire

    def fail_for_one(revision: EstimateRevision, *, at: datetime) -> bool:
        if revision.pk == poisoned.pk:
            raise RuntimeError("poison")
        return expire(revision, at=at)

    monkeypatch.setattr(clockwork, "_expire", fail_for_one)
    assert clockwork.expire(at=OVER) == {"expired": 1, "failed": 1}
    assert sorted(map(status_of, revisions)) == ["expired", "sent"]


# The reminder.


def test_reminds_once_with_a_link_that_lives() -> None:
    revision = waiting()
    assert clockwork.remind_before_expiry(at=TUESDAY) == {"reminded": 1, "failed": 0}
    revision.refresh_from_db()
    assert revision.reminded_at == TUESDAY
    email = OutgoingEmail.objects.get(kind="expiry_reminder")
    assert (email.recipient, email.link) == (revision.sent_to, stages.link_of(revision))
    assert AccessLink.objects.count() == 1
    assert stages.actions(revision)[-1] == "estimate.reminded"
    before = stages.everything()
    assert clockwork.remind_before_expiry(at=TUESDAY) == NOBODY
    assert clockwork.remind_before_expiry(at=TUESDAY + timedelta(days=1)) == NOBODY
    assert stages.everything() == before


def test_a_link_that_would_die_before_the_last_day_is_renewed() -> None:
    revision = waiting(link_life_days=1)
    clockwork.remind_before_expiry(at=TUESDAY)
    email = OutgoingEmail.objects.get(kind="expiry_reminder")
    assert AccessLink.objects.count() == 2
    assert email.link is not None
    assert email.link.created_at == TUESDAY
    assert email.link.recipient == revision.sent_to


def test_a_missed_run_is_caught_up_until_the_last_day() -> None:
    waiting()
    friday_noon = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
    assert clockwork.remind_before_expiry(at=friday_noon) == {"reminded": 1, "failed": 0}


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (datetime(2026, 3, 16, 17, 0, tzinfo=UTC), "too early"),
        (datetime(2026, 3, 17, 7, 59, tzinfo=UTC), "before nine in Paris"),
        (datetime(2026, 3, 17, 17, 0, tzinfo=UTC), "after six in Paris"),
        (datetime(2026, 3, 23, 9, 0, tzinfo=UTC), "over"),
    ],
)
def test_reminds_at_no_other_time(at: datetime, why: str) -> None:
    waiting()
    before = stages.everything()
    assert clockwork.remind_before_expiry(at=at) == NOBODY, why
    assert stages.everything() == before


def test_reminds_neither_on_free_days_nor_on_holidays() -> None:
    order = RepairOrderFactory()
    # Saturday 4 April to Easter Monday 6 April 2026.
    stages.sent(order=order, valid_until=date(2026, 4, 6))
    for day in (4, 5, 6):
        noon = datetime(2026, 4, day, 10, 0, tzinfo=UTC)
        assert clockwork.remind_before_expiry(at=noon) == NOBODY
    good_friday = datetime(2026, 4, 3, 10, 0, tzinfo=UTC)
    assert clockwork.remind_before_expiry(at=good_friday)["reminded"] == 1


def test_does_not_remind_on_the_day_of_sending() -> None:
    order = RepairOrderFactory()
    stages.sent(order=order, valid_until=date(2026, 3, 17))
    assert clockwork.remind_before_expiry(at=NOW + timedelta(hours=1)) == NOBODY
    assert clockwork.remind_before_expiry(at=TUESDAY)["reminded"] == 1


@pytest.mark.parametrize("days", [[], None])
def test_a_shop_that_never_sends_or_never_reminds_is_left_in_peace(days: Any) -> None:
    waiting(**({"send_days": []} if days == [] else {"expiry_reminder_days": 0}))
    assert clockwork.remind_before_expiry(at=TUESDAY) == NOBODY


def test_send_hours_are_the_shops() -> None:
    waiting(send_from=time(7, 0), send_until=time(8, 0))
    assert clockwork.remind_before_expiry(at=TUESDAY) == NOBODY
    at_half_past_seven = datetime(2026, 3, 17, 6, 30, tzinfo=UTC)
    assert clockwork.remind_before_expiry(at=at_half_past_seven)["reminded"] == 1


@pytest.mark.parametrize(
    "fate", ["answered", "withdrawn", "information", "handed over", "call", "closed"]
)
def test_who_need_not_answer_is_not_reminded(fate: str) -> None:
    options = {
        "information": {"request_authorization": False},
        "handed over": {"by_email": False},
    }.get(fate, {})
    order = RepairOrderFactory()
    revision = stages.sent(order=order, valid_until=FRIDAY, **options)
    if fate == "answered":
        stages.answer(revision, YES, YES)
    if fate == "withdrawn":
        sending.withdraw(revision=revision, reason="Wrong car.", by=DESK, at=NOW)
    if fate == "call":
        requests.ask_for_call(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    if fate == "closed":
        repair_orders.close(repair_order=order, by=DESK, at=NOW)
    before = stages.everything()
    assert clockwork.remind_before_expiry(at=TUESDAY) == NOBODY
    assert stages.everything() == before


def test_after_the_call_was_made_the_reminder_leaves() -> None:
    revision = waiting()
    requests.ask_for_call(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    requests.finish_call(revision=revision, by=DESK, at=NOW)
    assert clockwork.remind_before_expiry(at=TUESDAY)["reminded"] == 1


def test_a_reminder_is_withdrawn_once_it_is_untrue() -> None:
    revision = waiting()
    clockwork.remind_before_expiry(at=TUESDAY)
    stages.answer(revision, YES, YES, at=TUESDAY)
    assert ("expiry_reminder", "withdrawn") in stages.mails(revision)


def test_asks_again_behind_the_lock() -> None:
    revision = waiting()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.answer(revision, YES, YES)
    assert not clockwork._remind(stale, at=TUESDAY)
    assert not OutgoingEmail.objects.filter(kind="expiry_reminder").exists()


def test_a_reminder_taken_by_another_worker_is_not_sent_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = waiting()

    class Stale:
        """The question as it was answered before the other worker committed."""

        def filter(self, **_facts: Any) -> "Stale":
            return self

        def exists(self) -> bool:
            return True

    clockwork.remind_before_expiry(at=TUESDAY)
    monkeypatch.setattr(type(EstimateRevision.objects), "to_remind", lambda _self: Stale())
    assert not clockwork._remind(revision, at=TUESDAY)
    assert OutgoingEmail.objects.filter(kind="expiry_reminder").count() == 1


# The tasks.


def test_the_tasks_take_a_moment_or_read_the_clock(clock: Any) -> None:
    waiting()
    assert tasks.remind_before_expiry.run(at=TUESDAY.isoformat())["reminded"] == 1
    assert tasks.expire.run(at=NOW.isoformat()) == NOTHING
    clock.move_to(OVER)
    assert tasks.remind_before_expiry.run() == NOBODY
    assert tasks.expire.run() == {"expired": 1, "failed": 0}
    assert tasks.expire.run() == NOTHING
