"""What comes next about an invoice, in one sentence."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dunning import outlook
from dunning.services import planning, reminding, resuming
from dunning.services.planning import NotRemindable
from dunning.states import Reason
from invoices.models import DunningPosition, Invoice
from shopdisputes.dates import local_day
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerLadderFactory,
    DunningPositionFactory,
    DunningSettingsFactory,
    HoldFactory,
    LadderFactory,
    PaymentFactory,
    ReminderFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def shop() -> Shop:
    made = ShopFactory()
    LadderFactory(shop=made, default=True)
    return made


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """Due for three days, on the day of its second step."""
    made: Invoice = DunningPositionFactory(
        shop=shop,
        invoice__shop=shop,
        invoice__due_on=TODAY - timedelta(days=3),
        begun_on=TODAY - timedelta(days=17),
    ).invoice
    return made


def said(invoice: Invoice) -> outlook.Outlook:
    return outlook.of([Invoice.objects.select_related("shop").get(pk=invoice.pk)], NOW)[invoice.pk]


def test_the_next_step_is_named_with_its_day(invoice: Invoice) -> None:
    found = said(invoice)
    assert found.sentence == (
        "Next reminder: Friendly reminder (step 2) by e-mail on Mar 16, 2026."
    )
    assert (found.step, found.due_on, found.reason) == (2, TODAY, "")

    planning.plan(at=NOW)
    assert said(invoice).sentence == found.sentence
    OutgoingEmail.objects.update(status=EmailStatus.SENT, handed_at=NOW, sent_at=NOW)
    later = said(invoice)
    assert later.sentence == (
        "Next reminder: Is something wrong? (step 3) by e-mail on Mar 23, 2026."
    )
    assert (later.step, later.due_on) == (3, TODAY + timedelta(days=7))


def test_a_part_that_is_held_is_told_beside_what_is_asked_for(invoice: Invoice) -> None:
    HoldFactory(
        invoice=invoice,
        kind="dispute",
        subject="D-104",
        reason="price",
        review_on=TODAY + timedelta(days=2),
        amount=Decimal("20.00"),
    )
    assert said(invoice).sentence == (
        "Next reminder: Friendly reminder (step 2) by e-mail on Mar 16, 2026. "
        "It asks for €100.00. €20.00 is held: "
        "Dispute D-104 (price, to be looked at on Mar 18, 2026)."
    )


def _held(invoice: Invoice) -> None:
    HoldFactory(
        invoice=invoice,
        kind="dispute",
        subject="D-104",
        amount=None,
        expires_at=NOW + timedelta(days=2),
    )


def _money(invoice: Invoice) -> None:
    PaymentFactory(customer=invoice.customer, amount=Decimal("80.00"))


def _excluded(invoice: Invoice) -> None:
    CustomerLadderFactory(customer=invoice.customer)


def _stopped(invoice: Invoice) -> None:
    resuming.stop(invoice=invoice, reason="We talk to him.", by=ADVISOR, at=NOW)


def _paused(invoice: Invoice) -> None:
    DunningSettingsFactory(shop=invoice.shop, paused=True)


def _paid(invoice: Invoice) -> None:
    PaymentFactory(on=invoice, amount=invoice.balance)


@pytest.mark.parametrize(
    ("happens", "why", "reason"),
    [
        (_held, "Held by: Dispute D-104 (until Mar 18, 2026).", Reason.HELD),
        (_money, "Money of this customer is not allocated yet. €80.00", Reason.UNALLOCATED),
        (_excluded, "This customer gets no reminders.", Reason.EXCLUDED),
        (_stopped, "Reminders were stopped by hand.", Reason.STOPPED),
        (_paused, "All reminders of the shop are paused.", Reason.PAUSED),
        (_paid, "Nothing is owed any more.", Reason.NOT_OWED),
    ],
)
def test_what_keeps_the_next_one_back_is_named_and_refuses_it_at_once(
    invoice: Invoice, happens: Any, why: str, reason: Reason
) -> None:
    happens(invoice)
    found = said(invoice)
    assert found.sentence == f"Next reminder: none. {why}"
    assert (found.step, found.due_on, found.reason) == (None, None, reason.value)
    with pytest.raises(NotRemindable):
        reminding.remind_now(invoice=invoice, by=ADVISOR, at=NOW)
    assert OutgoingEmail.objects.filter(kind="reminder").count() == 0


def test_what_is_in_doubt_asks_for_a_decision(invoice: Invoice) -> None:
    ReminderFactory(invoice=invoice, in_doubt=True)
    assert said(invoice).sentence == (
        "Friendly reminder (step 2) has been in doubt since Mar 16, 2026: say whether it arrived."
    )


def test_what_waits_for_approval_tells_of_a_pause_as_well(invoice: Invoice) -> None:
    ReminderFactory(invoice=invoice, awaiting=True)
    waits = "Friendly reminder (step 2) waits for approval."
    assert said(invoice).sentence == waits

    DunningSettingsFactory(shop=invoice.shop, paused=True)
    assert said(invoice).sentence == f"{waits} All reminders of the shop are paused."


def test_the_next_step_may_be_taken_before_its_day(invoice: Invoice) -> None:
    yesterday = TODAY - timedelta(days=1)
    DunningPosition.objects.update(base_on=yesterday, look_on=yesterday + timedelta(days=3))

    reminder = reminding.remind_now(invoice=invoice, by=ADVISOR, at=NOW)

    assert (reminder.step_key, reminder.email.next_try_at) == (2, NOW)
    position = DunningPosition.objects.get()
    assert (position.reached_key, position.next_key) == (2, 3)
    assert position.look_on == yesterday + timedelta(days=10)


def test_at_night_it_leaves_when_the_shop_opens(invoice: Invoice) -> None:
    night = NOW.replace(hour=22)
    reminder = reminding.remind_now(invoice=invoice, by=ADVISOR, at=night)
    leaves = reminder.email.next_try_at
    assert local_day(leaves, zone=invoice.shop.zone) == TODAY + timedelta(days=1)
    assert leaves == invoice.shop.send_window.next_slot(night)


def test_steps_begun_anew_are_another_cycle_and_skip_what_has_not_left(invoice: Invoice) -> None:
    planning.plan(at=NOW)
    resuming.new_base(invoice=invoice, base_on=TODAY, by=ADVISOR, at=NOW)
    position = DunningPosition.objects.get()
    assert (position.cycle, position.base_on, position.reached_key) == (2, TODAY, None)
    reminder = invoice.reminders.get()
    assert (reminder.status, reminder.reason) == ("skipped", Reason.RESTARTED)


@pytest.mark.parametrize("base_on", [date.min, TODAY - timedelta(days=300), date.max])
def test_steps_count_from_no_day_that_cannot_be_meant(invoice: Invoice, base_on: date) -> None:
    with pytest.raises(resuming.BaseRefused):
        resuming.new_base(invoice=invoice, base_on=base_on, by=ADVISOR, at=NOW)
    position = DunningPosition.objects.get()
    assert (position.cycle, position.base_on) == (1, invoice.due_on)
