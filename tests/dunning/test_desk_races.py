"""The desk beside the planner and beside itself: one step a time, one mail a payer, nothing lost.

Each race that a lock decides has a twin without the locks, in which it goes wrong.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from dunning.models import Ladder, Reminder
from dunning.services import approving, ladders, planning, reminding
from dunning.services.planning import NotRemindable
from invoices.models import DunningPosition
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from tests.factories import (
    ADVISOR,
    NOW,
    DunningPositionFactory,
    DunningSettingsFactory,
    InvoiceFactory,
    LadderFactory,
    ReminderFactory,
    ShopFactory,
)
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

_BEFORE_IT_COMMITS = "invoices.services.trail.record"
_BEFORE_IT_WRITES = "dunning.services.writing.write"
_ALL_BUT_MOVED = "dunning.services.writing.update_rows"


@pytest.fixture
def shop() -> Shop:
    made = ShopFactory()
    LadderFactory(shop=made, default=True)
    return made


def owed(shop: Shop, **facts: object) -> DunningPosition:
    """An invoice that has been due for three days, looked at today."""
    due_on = NOW.date() - timedelta(days=3)
    return DunningPositionFactory(
        shop=shop,
        invoice__shop=shop,
        invoice__due_on=due_on,
        begun_on=due_on - timedelta(days=14),
        **facts,
    )


def remind(position: DunningPosition) -> Reminder:
    return reminding.remind_now(invoice=position.invoice, by=ADVISOR, at=NOW)


def test_two_clicks_on_remind_now_take_one_step(shop: Shop) -> None:
    position = owed(shop)

    first, second = overtake(
        lambda: remind(position), lambda: remind(position), pause_in=_BEFORE_IT_COMMITS
    )

    assert first.result().step_key == 2
    assert isinstance(second.exception(), NotRemindable)
    assert list(Reminder.objects.values_list("step_key", "status")) == [(2, "queued")]


def test_a_click_beside_the_planner_takes_no_second_step(shop: Shop) -> None:
    position = owed(shop)

    planner, click = overtake(
        lambda: planning.plan(at=NOW), lambda: remind(position), pause_in=_BEFORE_IT_WRITES
    )

    assert planner.result()["planned"] == 1
    assert isinstance(click.exception(), NotRemindable)
    assert Reminder.objects.filter(status="queued").count() == 1


def test_two_planners_share_the_shops_between_them(shop: Shop) -> None:
    other = ShopFactory()
    LadderFactory(shop=other, default=True)
    owed(shop)
    owed(other)

    first, second = overtake(
        lambda: planning.plan(at=NOW), lambda: planning.plan(at=NOW), pause_in=_BEFORE_IT_WRITES
    )

    assert (first.result()["planned"], second.result()["planned"]) == (1, 1)
    assert first.result()["failed"] == second.result()["failed"] == 0
    assert set(Reminder.objects.values_list("shop", "status")) == {
        (shop.pk, "queued"),
        (other.pk, "queued"),
    }


def test_without_locks_the_second_planner_does_the_firsts_shop_as_well(shop: Shop) -> None:
    owed(shop)

    with without_locks():
        first, second = overtake(
            lambda: planning.plan(at=NOW), lambda: planning.plan(at=NOW), pause_in=_BEFORE_IT_WRITES
        )

    # The unique key is the net: what the first had decided fails, and no reminder is there twice.
    assert (first.result()["failed"], second.result()["planned"]) == (1, 1)
    assert Reminder.objects.filter(status="queued").count() == 1


def waiting_for_approval() -> tuple[Reminder, Reminder]:
    first = ReminderFactory(awaiting=True)
    DunningSettingsFactory(shop=first.shop)
    invoice = InvoiceFactory(shop=first.shop, customer=first.customer, issued=True)
    second = ReminderFactory(invoice=invoice, step=first.step, awaiting=True)
    for reminder in (first, second):
        DunningPositionFactory(invoice=reminder.invoice, look_on=None)
    return first, second


def approve(reminder: Reminder) -> object:
    return approving.approve(reminder=reminder, by=ADVISOR, at=NOW).email_id


def test_two_approvals_for_one_payer_share_a_mail() -> None:
    one, other = waiting_for_approval()

    first, second = overtake(
        lambda: approve(one), lambda: approve(other), pause_in=_BEFORE_IT_COMMITS
    )

    assert first.result() == second.result() == OutgoingEmail.objects.get().pk


def test_without_locks_the_second_approval_fails() -> None:
    one, other = waiting_for_approval()

    with without_locks():
        first, second = overtake(
            lambda: approve(one), lambda: approve(other), pause_in=_BEFORE_IT_COMMITS
        )

    assert first.result() is not None
    assert isinstance(second.exception(), IntegrityError)


def joined_while_the_other_is_skipped(shop: Shop) -> OutgoingEmail:
    """Have the planner put a reminder into a mail whose only other one is skipped meanwhile."""
    position = owed(shop)
    invoice = InvoiceFactory(shop=shop, customer=position.customer, issued=True)
    there = ReminderFactory(invoice=invoice, queued=True)
    DunningPositionFactory(invoice=invoice, look_on=None)

    planner, skipper = overtake(
        lambda: planning.plan(at=NOW),
        lambda: approving.skip(reminder=there, reason="Agreed by phone.", by=ADVISOR, at=NOW),
        pause_in=_ALL_BUT_MOVED,
    )

    assert (planner.result()["planned"], skipper.result().status) == (1, "skipped")
    assert (
        Reminder.objects.get(invoice=position.invoice, status="queued").email_id == there.email_id
    )
    return OutgoingEmail.objects.get()


def test_a_mail_that_is_joined_is_not_withdrawn_with_its_last_reminder(shop: Shop) -> None:
    assert joined_while_the_other_is_skipped(shop).status == "queued"


def test_without_locks_a_mail_is_withdrawn_with_what_has_just_joined_it(shop: Shop) -> None:
    with without_locks():
        assert joined_while_the_other_is_skipped(shop).status == "withdrawn"


def test_a_customer_is_given_a_ladder_while_the_planner_holds_his_invoices(shop: Shop) -> None:
    position = owed(shop)
    other = LadderFactory(shop=shop)

    planner, given = overtake(
        lambda: planning.plan(at=NOW),
        lambda: ladders.assign(customer=position.customer, ladder=other, by=ADVISOR, at=NOW),
        pause_in=_BEFORE_IT_WRITES,
    )

    # Neither waits for the other for ever, and what was given is looked at when both are done.
    assert (planner.result()["planned"], planner.result()["failed"]) == (1, 0)
    assert Ladder.objects.get(customers=given.result()) == other
    position.refresh_from_db()
    assert position.look_on == NOW.date()


def cut_off_whoever_is_at_work() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND state = 'idle in transaction'"
        )


def test_a_connection_that_is_cut_costs_no_customer_his_reminder(shop: Shop) -> None:
    owed(shop)
    owed(shop)

    planner, _nobody = overtake(
        lambda: planning.plan(at=NOW), cut_off_whoever_is_at_work, pause_in=_BEFORE_IT_WRITES
    )

    assert (planner.result()["planned"], planner.result()["failed"]) == (2, 0)
    assert Reminder.objects.filter(status="queued").count() == 2
