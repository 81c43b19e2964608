"""Reminders against everything that must stop them: nothing leaves once that has committed.

The sender stands right before its mark, with everything decided; somebody else acts meanwhile.
Each race has a twin without the locks, in which the mail leaves after all.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from dunning.models import DunningSettings, Reminder
from dunning.services import pausing, planning
from invoices.models import DunningPosition, Invoice
from invoices.services import ending, holds, payments
from invoices.states import HoldKind
from shopdisputes.actors import Actor, Role
from shopdisputes.outbox.models import OutgoingEmail
from tests.dunning.leaving import planned
from tests.dunning.leaving import run as send
from tests.factories import ADVISOR, NOW, DunningPositionFactory, InvoiceFactory
from tests.races import overtake, without_locks
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

MANAGER = Actor(role=Role.MANAGER, name="Mia Manager")
_BEFORE_ITS_MARK = "shopdisputes.outbox.delivery._mark"


def hold(reminder: Reminder) -> None:
    holds.place(invoice=reminder.invoice, kind=HoldKind.DISPUTE, by=ADVISOR, at=NOW)


def pay(reminder: Reminder) -> None:
    _pay(reminder, allocations=[(reminder.invoice, reminder.invoice.balance)])


def pay_on_account(reminder: Reminder) -> None:
    _pay(reminder)


def _pay(reminder: Reminder, allocations: list[tuple[Invoice, Decimal]] | None = None) -> None:
    payments.record(
        customer=reminder.customer,
        amount=reminder.invoice.balance,
        method="cash",
        received_on=NOW.date(),
        allocations=allocations or [],
        by=ADVISOR,
        at=NOW,
    )


def void(reminder: Reminder) -> None:
    ending.void(invoice=reminder.invoice, reason="Billed twice.", by=MANAGER, at=NOW)


def pause(reminder: Reminder) -> None:
    pausing.pause(shop=reminder.shop, reason="The books are checked.", by=MANAGER, at=NOW)


ACTS = [hold, pay, pay_on_account, void, pause]


def seen_after(act: Callable[[Reminder], None], reminder: Reminder) -> str:
    """Act, and return where the mail stood once that had committed."""
    act(reminder)
    return OutgoingEmail.objects.get(pk=reminder.email_id).status


@pytest.mark.parametrize("act", ACTS)
def test_has_left_before_this_commits(server: Sink, act: Callable[[Reminder], None]) -> None:
    reminder = planned()
    DunningSettings.objects.get_or_create(shop=reminder.shop)

    sender, other = overtake(send, lambda: seen_after(act, reminder), pause_in=_BEFORE_ITS_MARK)

    # Whoever acts waits for the mark: afterwards there is nothing left that could leave.
    assert sender.result() == {"sent": 1}
    assert other.result() in {"handing", "sent"}
    assert len(server.messages()) == 1


@pytest.mark.parametrize("act", ACTS)
def test_without_locks_leaves_after_this_committed(
    server: Sink, act: Callable[[Reminder], None]
) -> None:
    reminder = planned()
    DunningSettings.objects.get_or_create(shop=reminder.shop)

    with without_locks():
        sender, other = overtake(send, lambda: seen_after(act, reminder), pause_in=_BEFORE_ITS_MARK)

    assert other.result() == "claimed"
    assert sender.result() == {"sent": 1}


def test_waits_for_a_hold_that_is_being_placed_and_stays(server: Sink) -> None:
    reminder = planned()

    holder, sender = overtake(
        lambda: hold(reminder), send, pause_in="shopdisputes.audit.services.record"
    )

    assert holder.result() is None
    assert sender.result() == {"not_now": 1, "withdrawn": 1}
    assert server.messages() == []
    assert Reminder.objects.get(pk=reminder.pk).status == "held"


def test_moves_the_last_day_to_pay_beside_the_planner(server: Sink) -> None:
    reminder = planned(position=3, pay_by=NOW.date())
    # Woken: the planner holds where it stands, and plans a letter to the same payer beside it.
    DunningPosition.objects.update(look_on=NOW.date())
    due_on = NOW.date() - timedelta(days=31)
    DunningPositionFactory(
        shop=reminder.shop,
        invoice__shop=reminder.shop,
        invoice__customer=reminder.customer,
        invoice__due_on=due_on,
        begun_on=due_on - timedelta(days=14),
        reached_key=4,
        reached_offset=20,
    )

    planner, sender = overtake(
        lambda: planning.plan(at=NOW), send, pause_in="dunning.services.writing.write"
    )

    assert (planner.result()["awaiting"], planner.result()["failed"]) == (1, 0)
    assert sender.result() == {"sent": 1}
    assert Reminder.objects.get(pk=reminder.pk).pay_by == NOW.date() + timedelta(days=7)


def two_mails() -> None:
    """Two mails for one payer; the second is due a second later."""
    first = planned()
    second = planned(
        InvoiceFactory(shop=first.shop, customer=first.customer, issued=True),
        email__key="reminder:another-day",
    )
    OutgoingEmail.objects.filter(pk=second.email_id).update(next_try_at=NOW + timedelta(seconds=1))


def test_two_senders_send_one_of_two_mails_to_a_payer(server: Sink) -> None:
    two_mails()

    first, second = overtake(
        send, lambda: send(NOW + timedelta(seconds=1)), pause_in=_BEFORE_ITS_MARK
    )

    assert first.result()["sent"] == 1
    assert "sent" not in second.result()
    assert len(server.messages()) == 1


def test_without_locks_two_senders_send_both(server: Sink) -> None:
    two_mails()

    with without_locks():
        overtake(send, lambda: send(NOW + timedelta(seconds=1)), pause_in=_BEFORE_ITS_MARK)

    assert len(server.messages()) == 2
