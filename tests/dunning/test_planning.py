"""Planning: what is due becomes reminders, once, and everything else stays where it is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dunning.models import Ladder, Reminder
from dunning.services import planning, resuming
from dunning.states import Channel, ReminderStatus, Template
from invoices.models import DunningPosition
from invoices.services import holds, payments, plans
from invoices.states import PromiseStatus
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerFactory,
    CustomerLadderFactory,
    DunningPositionFactory,
    DunningSettingsFactory,
    HoldFactory,
    LadderFactory,
    PaymentFactory,
    PaymentPlanFactory,
    PromiseFactory,
    ReminderFactory,
    ShopFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def shop() -> Shop:
    made = ShopFactory()
    LadderFactory(shop=made, default=True)
    return made


def owed(shop: Shop, *, days: int = 3, **facts: Any) -> DunningPosition:
    """An invoice that has been due for so many days, looked at today."""
    due_on = TODAY - timedelta(days=days)
    return DunningPositionFactory(
        invoice__shop=shop,
        shop=shop,
        invoice__due_on=due_on,
        **({"begun_on": due_on - timedelta(days=14)} | facts),
    )


def plan(**expected: int) -> None:
    """Plan now and compare the counts; those not named are 0."""
    nothing = {"planned": 0, "awaiting": 0, "skipped": 0, "mails": 0, "failed": 0}
    assert planning.plan(at=NOW) == nothing | expected


def told(position: DunningPosition) -> list[tuple[Any, ...]]:
    """The reminders of an invoice: key, cycle, status, reason."""
    rows = Reminder.objects.filter(invoice=position.invoice).order_by("cycle", "step_key")
    return list(rows.values_list("step_key", "cycle", "status", "reason"))


def stands(position: DunningPosition) -> tuple[Any, ...]:
    """Where it stands now: the step taken last, the one to come, and the days until the look."""
    position.refresh_from_db()
    days = position.look_on and (position.look_on - TODAY).days
    return position.reached_key, position.next_key, days


def test_a_step_whose_day_has_come_is_planned_into_a_mail(shop: Shop) -> None:
    position = owed(shop)

    plan(planned=1, mails=1)

    reminder = Reminder.objects.get()
    assert reminder.invoice == position.invoice
    assert reminder.step.template == Template.FRIENDLY
    assert (reminder.amount, reminder.planned_on) == (Decimal("120.00"), TODAY)
    email = reminder.email
    assert (email.kind, email.recipient) == ("reminder", position.customer.email)
    assert email.key == f"reminder:{position.customer.pk}:{TODAY}"
    assert (email.subject, email.text, email.html, email.next_try_at) == ("", "", "", NOW)
    assert stands(position) == (2, 3, 7)


def test_of_several_missed_steps_the_latest_is_taken_and_the_others_are_passed_over(
    shop: Shop,
) -> None:
    position = owed(shop, days=21)

    plan(planned=1, skipped=2, mails=1)

    skipped = ("skipped", "superseded")
    assert told(position) == [(2, 1, *skipped), (3, 1, *skipped), (4, 1, "queued", "")]
    position.refresh_from_db()
    # It gives seven days to pay; the next step waits for them.
    assert position.pay_by == TODAY + timedelta(days=7)
    assert stands(position) == (4, 5, 9)


def test_all_invoices_of_a_payer_go_into_one_mail(shop: Shop) -> None:
    customer = CustomerFactory(shop=shop)
    for days in (3, 10, 20):
        owed(shop, days=days, invoice__customer=customer)

    plan(planned=3, skipped=3, mails=1)

    assert OutgoingEmail.objects.count() == 1
    assert Reminder.objects.filter(email=OutgoingEmail.objects.get()).count() == 3


def test_a_mail_that_waits_is_joined_and_goes_to_the_address_of_now(shop: Shop) -> None:
    first = owed(shop)
    plan(planned=1, mails=1)
    first.customer.email = "new@customer.example"
    first.customer.save()
    second = owed(shop, invoice__customer=first.customer)

    plan(planned=1, mails=1)

    email = OutgoingEmail.objects.get()
    assert email.recipient == "new@customer.example"
    assert set(email.reminders.values_list("invoice", flat=True)) == {
        first.invoice.pk,
        second.invoice.pk,
    }


@pytest.mark.parametrize("status", [EmailStatus.CLAIMED, EmailStatus.HANDING, EmailStatus.SENT])
def test_whoever_has_had_the_mail_of_the_day_is_taken_up_again_tomorrow(
    shop: Shop, status: EmailStatus
) -> None:
    first = owed(shop)
    plan(planned=1, mails=1)
    # Its moment of handing over is left out: the gap between two contacts is not what is tested.
    OutgoingEmail.objects.update(status=status, sent_at=NOW)
    second = owed(shop, invoice__customer=first.customer)

    plan()

    assert (told(second), stands(second)) == ([], (None, 2, 1))


def test_a_second_run_finds_nothing(shop: Shop) -> None:
    owed(shop)
    plan(planned=1, mails=1)
    plan()
    assert Reminder.objects.count() == 1


def test_nothing_is_planned_while_mail_may_not_leave(shop: Shop) -> None:
    position = owed(shop)
    for at in (NOW.replace(hour=7), NOW.replace(hour=17), NOW - timedelta(days=1)):
        assert planning.plan(at=at)["planned"] == 0
    assert stands(position) == (None, None, -17)


def test_nothing_is_planned_while_the_shop_pauses(shop: Shop) -> None:
    position = owed(shop)
    DunningSettingsFactory(shop=shop, paused=True)
    plan()
    assert (told(position), stands(position)) == ([], (None, None, -17))


def _held(position: DunningPosition) -> None:
    HoldFactory(invoice=position.invoice, amount=None)


def _without_address(position: DunningPosition) -> None:
    position.customer.email = ""
    position.customer.save()


def _small(position: DunningPosition) -> None:
    HoldFactory(invoice=position.invoice, amount=Decimal("119.01"))


def _money_waits(position: DunningPosition) -> None:
    PaymentFactory(customer=position.customer, amount=Decimal("5.00"))


@pytest.mark.parametrize("obstacle", [_held, _without_address, _small, _money_waits])
def test_what_may_not_be_asked_for_stays_on_its_step_until_tomorrow(
    shop: Shop, obstacle: Any
) -> None:
    position = owed(shop)
    obstacle(position)
    plan()
    assert (told(position), stands(position)) == ([], (None, 2, 1))


def test_a_deposit_on_an_open_visit_holds_nothing(shop: Shop) -> None:
    position = owed(shop)
    PaymentFactory(repair_order=position.invoice.repair_order)
    plan(planned=1, mails=1)


def test_a_customer_without_reminders_is_not_looked_at_again(shop: Shop) -> None:
    position = owed(shop)
    CustomerLadderFactory(customer=position.customer)
    plan()
    assert (told(position), stands(position)) == ([], (None, None, None))


def test_what_is_paid_is_not_looked_at_again(shop: Shop) -> None:
    position = owed(shop)
    PaymentFactory(on=position.invoice, amount=position.invoice.balance)
    plan()
    assert (told(position), stands(position)) == ([], (None, None, None))


def test_only_what_is_held_by_nothing_is_asked_for(shop: Shop) -> None:
    position = owed(shop)
    HoldFactory(invoice=position.invoice, amount=Decimal("100.00"))
    plan(planned=1, mails=1)
    assert Reminder.objects.get().amount == Decimal("20.00")


def test_a_contact_keeps_the_next_one_away_for_the_gap(shop: Shop) -> None:
    position = owed(shop)
    posted = ReminderFactory(
        invoice=owed(shop, days=40, invoice__customer=position.customer, look_on=None).invoice,
        position=4,
        status=ReminderStatus.SENT,
        ended_at=NOW - timedelta(days=1),
    )
    assert posted.channel == Channel.LETTER
    plan()
    assert stands(position) == (None, 2, 2)


def test_two_channels_on_one_day_are_two_contacts(shop: Shop) -> None:
    customer = CustomerFactory(shop=shop)
    mail = owed(shop, invoice__customer=customer)
    letter = owed(shop, days=31, invoice__customer=customer)
    plan(awaiting=1, skipped=3)
    assert told(letter)[-1] == (5, 1, "awaiting_approval", "")
    assert (told(mail), stands(mail)) == ([], (None, 2, 3))


def test_after_two_broken_promises_a_person_approves_every_step(shop: Shop) -> None:
    position = owed(shop)
    for _promise in range(2):
        PromiseFactory(
            invoice=owed(shop, days=0, invoice__customer=position.customer).invoice,
            status=PromiseStatus.BROKEN,
            hold__released_at=NOW,
        )
    DunningPosition.objects.exclude(pk=position.pk).update(look_on=None)
    plan(awaiting=1)
    assert told(position) == [(2, 1, "awaiting_approval", "")]
    assert OutgoingEmail.objects.count() == 0


def test_after_a_formal_demand_a_person_approves_every_e_mail(shop: Shop) -> None:
    version = Ladder.objects.get().versions.get()
    StepFactory(version=version, offset_days=45)
    position = owed(shop, days=45, reached_key=5, reached_offset=30)
    plan(awaiting=1)
    assert told(position) == [(6, 1, "awaiting_approval", "")]
    assert OutgoingEmail.objects.count() == 0


def test_a_held_reminder_is_queued_again_and_never_written_twice(shop: Shop) -> None:
    position = owed(shop)
    held = ReminderFactory(invoice=position.invoice, held=True, amount=Decimal("50.00"))

    plan(planned=1, mails=1)

    held.refresh_from_db()
    assert told(position) == [(2, 1, "queued", "")]
    assert (held.amount, held.email.recipient) == (Decimal("120.00"), position.customer.email)


def test_a_step_that_was_taken_before_is_passed_over_in_silence(shop: Shop) -> None:
    position = owed(shop)
    ReminderFactory(invoice=position.invoice, sent=True, email__customer=CustomerFactory(shop=shop))
    plan()
    assert told(position) == [(2, 1, "queued", "")]
    assert stands(position) == (2, 3, 7)


def test_what_waited_for_a_person_is_needless_when_a_later_step_is_due(shop: Shop) -> None:
    position = owed(shop, days=10, reached_key=2, reached_offset=3)
    ReminderFactory(invoice=position.invoice, awaiting=True)
    plan(planned=1, skipped=1, mails=1)
    assert told(position) == [(2, 1, "skipped", "superseded"), (3, 1, "queued", "")]


def test_after_the_last_step_and_its_time_a_person_decides(shop: Shop) -> None:
    position = owed(shop, days=60, reached_key=5, reached_offset=30)
    plan()
    assert stands(position) == (5, None, None)
    assert position.ended_at == NOW


def test_a_running_plan_is_reminded_of_from_its_oldest_open_part(shop: Shop) -> None:
    position = owed(shop, days=50, reached_key=4, reached_offset=20)
    made = PaymentPlanFactory(
        invoice=position.invoice, active=True, created_at=NOW - timedelta(days=33)
    )
    due_on = made.instalments.earliest("position").due_on

    plan(planned=1, mails=1)

    position.refresh_from_db()
    assert (position.base_on, position.cycle, position.reached_key) == (due_on, 2, 2)
    assert Reminder.objects.get().amount == Decimal("60.00")


def test_a_plan_agreed_after_the_last_step_is_reminded_of_by_its_own_days(shop: Shop) -> None:
    position = owed(shop, days=60, reached_key=5, reached_offset=30, look_on=None, ended_at=NOW)
    offered = PaymentPlanFactory(invoice=position.invoice, created_at=NOW)

    plans.record_agreement(plan=offered, how="On paper, in the shop.", by=ADVISOR, at=NOW)
    position.refresh_from_db()
    assert (position.look_on, position.ended_at) == (TODAY, None)

    plan()
    position.refresh_from_db()
    assert (position.base_on, position.cycle, position.reached_key) == (
        offered.instalments.earliest("position").due_on,
        2,
        None,
    )


def test_money_for_one_part_of_a_plan_has_the_next_one_looked_at(shop: Shop) -> None:
    position = owed(shop, days=60)
    made = PaymentPlanFactory(
        invoice=position.invoice, active=True, created_at=NOW - timedelta(days=40)
    )
    first = made.instalments.earliest("position")
    DunningPosition.objects.update(
        base_on=first.due_on, cycle=2, reached_key=5, reached_offset=30, look_on=None, ended_at=NOW
    )
    payments.record(
        customer=position.customer,
        amount=first.amount,
        method="cash",
        received_on=TODAY,
        allocations=[(position.invoice, first.amount)],
        by=ADVISOR,
        at=NOW,
    )

    position.refresh_from_db()
    assert (position.look_on, position.ended_at) == (TODAY, None)
    plan()
    position.refresh_from_db()
    second = made.instalments.order_by("position")[1]
    assert (position.base_on, position.cycle, position.reached_key) == (second.due_on, 3, None)


def test_begun_anew_it_is_the_first_step_that_comes_however_late_it_is(shop: Shop) -> None:
    position = owed(shop, days=40, reached_key=3, reached_offset=10)

    resuming.restart(invoice=position.invoice, by=ADVISOR, at=NOW)
    plan()

    assert stands(position) == (None, 2, 3)
    assert (position.cycle, position.base_on) == (2, TODAY)


def test_a_held_step_that_is_planned_again_is_approved_anew(shop: Shop) -> None:
    position = owed(shop, days=30, reached_key=4, reached_offset=20)
    held = ReminderFactory(
        invoice=position.invoice, position=4, held=True, approved_at=NOW, approved_by="Olga Owner"
    )

    plan(awaiting=1)

    held.refresh_from_db()
    assert (held.status, held.approved_at, held.approved_by) == ("awaiting_approval", None, "")


def test_one_poisoned_customer_does_not_stop_the_others(shop: Shop) -> None:
    positions = [owed(shop) for _customer in range(5)]
    # Its plan begins the steps anew once more than the column can count.
    poisoned = owed(shop, days=10, cycle=32767)
    PaymentPlanFactory(invoice=poisoned.invoice, active=True, created_at=NOW - timedelta(days=33))

    plan(planned=5, mails=5, failed=1)

    assert [stands(position) for position in positions] == [(2, 3, 7)] * 5
    assert (told(poisoned), stands(poisoned)) == ([], (None, None, -24))


def test_letting_a_hold_go_has_the_invoice_looked_at_once_more(shop: Shop) -> None:
    position = owed(shop)
    hold = HoldFactory(invoice=position.invoice, amount=None)
    plan()
    holds.release(hold=hold, reason="It was right.", by=ADVISOR, at=NOW)
    plan(planned=1, mails=1)
    assert told(position) == [(2, 1, "queued", "")]
