"""Phone calls: one for all invoices of a customer, made again where nobody answered."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dunning import facts
from dunning.models import Fee, Reminder
from dunning.services import calling
from dunning.services.calling import NoteTooLong, UnknownOutcome
from dunning.states import CallOutcome, Channel, FeeRule, Reason, ReminderStatus, Template
from invoices.services import holds
from invoices.states import HoldKind
from shopdisputes.actors import Actor, Role
from shopdisputes.customers.models import Customer
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    InvoiceFactory,
    LadderFactory,
    ReminderFactory,
    staff,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 16)
PAGE = reverse("call-list")


@pytest.fixture
def step(shop: Shop) -> Any:
    """A step by phone that charges five euros."""
    ladder = LadderFactory(
        shop=shop,
        default=True,
        steps=[
            {
                "template": Template.SOMETHING_WRONG,
                "channel": Channel.CALL,
                "fee_rule": FeeRule.FIXED,
                "fee_amount": Decimal("5.00"),
            }
        ],
    )
    return ladder.versions.get().steps.get()


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    client.force_login(
        staff(shop, Role.ADVISOR).user, backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def queued(step: Any, customer: Customer | None = None, **reminder: Any) -> Reminder:
    customer = customer or CustomerFactory(shop=step.shop, kind="business")
    bill = InvoiceFactory(
        customer=customer,
        issued=True,
        created_at=NOW - timedelta(days=40),
        due_on=TODAY - timedelta(days=20),
    )
    DunningPositionFactory(
        invoice=bill, reached_key=step.key, reached_offset=step.offset_days, look_on=None
    )
    return ReminderFactory(invoice=bill, step=step, **reminder)


def note(reminder: Reminder, outcome: str, words: str = "") -> list[Reminder]:
    return calling.note_call(reminder=reminder, outcome=outcome, note=words, by=ADVISOR, at=NOW)


def again(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


@pytest.mark.parametrize("outcome", [CallOutcome.REACHED, CallOutcome.MESSAGE])
def test_one_call_is_about_all_that_is_due(step: Any, outcome: str) -> None:
    payer = CustomerFactory(shop=step.shop, kind="business")
    first, second = queued(step, payer), queued(step, payer)
    later = queued(step, payer, planned_on=TODAY + timedelta(days=3))
    other = queued(step)

    note(first, outcome, " Pays on Friday. ")

    for each in (first, second):
        made = again(each)
        assert made.told_status == CallOutcome(outcome).label, "a call is not sent"
        assert (made.status, made.outcome, made.note, made.ended_at) == (
            ReminderStatus.SENT,
            outcome,
            "Pays on Friday.",
            NOW,
        )
    assert again(later).status == again(other).status == ReminderStatus.QUEUED
    assert Fee.objects.count() == 2
    payers = {payer.pk, other.customer_id}
    assert facts.contacts(payers, zone=step.shop.zone, today=TODAY) == {payer.pk: TODAY}


def test_where_nobody_answered_it_is_made_on_the_next_business_day(step: Any) -> None:
    reminder = queued(step)
    friday = NOW + timedelta(days=4)
    calling.note_call(reminder=reminder, outcome="not_reached", by=ADVISOR, at=friday)

    tried = again(reminder)
    assert (tried.status, tried.planned_on) == (ReminderStatus.QUEUED, date(2026, 3, 23))
    assert (tried.outcome, tried.ended_at) == (CallOutcome.NOT_REACHED, None)
    # Nobody was contacted, so nothing is charged.
    assert not Fee.objects.exists()
    assert facts.contacts({reminder.customer_id}, zone=step.shop.zone, today=TODAY) == {}


def test_a_wrong_number_ends_the_call_without_a_contact(step: Any) -> None:
    reminder = queued(step)
    note(reminder, CallOutcome.WRONG_NUMBER)
    tried = again(reminder)
    assert (tried.status, tried.reason) == (ReminderStatus.SKIPPED, Reason.NO_ADDRESS)
    assert not Fee.objects.exists()


def test_refuses_what_is_no_call_or_made_already(step: Any, shop: Shop) -> None:
    reminder = queued(step)
    with pytest.raises(UnknownOutcome):
        note(reminder, "shouted at")
    with pytest.raises(NoteTooLong):
        note(reminder, CallOutcome.REACHED, "x" * 1001)
    assert again(reminder).outcome == ""
    note(reminder, CallOutcome.REACHED)
    with pytest.raises(IllegalTransition):
        note(reminder, CallOutcome.REACHED)
    assert Fee.objects.count() == 1


def test_what_to_say_is_in_the_customers_language(step: Any) -> None:
    payer = CustomerFactory(shop=step.shop, kind="business", language="fr")
    reminder = queued(step, payer)
    reminder = Reminder.objects.with_everything().select_related("invoice__shop").get()
    script = calling.script(payer, [reminder], at=NOW)
    assert "Bonjour" in script
    assert reminder.invoice.number in script
    assert "#" not in script


# --- The page -------------------------------------------------------------------------------


def test_shows_one_card_a_customer_with_number_and_script(desk: Client, step: Any) -> None:
    payer = CustomerFactory(shop=step.shop, kind="business", phone="+33612345678")
    first, second = queued(step, payer), queued(step, payer)
    words = desk.get(PAGE).content.decode()
    assert words.count('href="tel:+33612345678"') == 1
    assert first.invoice.number in words
    assert second.invoice.number in words
    assert "I am calling about an open invoice." in words


def test_says_when_not_to_call(desk: Client, step: Any, by: Actor) -> None:
    reminder = queued(step)
    holds.place(invoice=reminder.invoice, kind=HoldKind.DISPUTE, by=by, at=NOW)
    words = desk.get(PAGE).content.decode()
    assert "Do not call now." in words
    assert "All of it is held. Dispute" in words


def test_one_call_is_opened_from_its_reminder_also_before_its_day(desk: Client, step: Any) -> None:
    other, later = queued(step), queued(step, planned_on=TODAY + timedelta(days=3))
    url = reverse("call-note", args=[later.pk])
    assert url in desk.get(reverse("reminder", args=[later.pk])).content.decode()

    words = desk.get(url).content.decode()
    assert later.invoice.number in words
    assert other.invoice.number not in words
    nothing = desk.post(url, {f"call-{later.pk}-note": "Typed."})
    assert "Typed." in nothing.content.decode()

    note(later, "reached")
    assert desk.get(url)["Location"] == reverse("reminder", args=[later.pk])


def test_a_call_that_brought_a_promise_leads_to_it(desk: Client, step: Any) -> None:
    reminder = queued(step)
    name = f"call-{reminder.pk}"
    url = reverse("call-note", args=[reminder.pk])

    nothing = desk.post(url, {f"{name}-note": "Typed long and hard."})
    assert nothing.status_code == 422
    assert "Typed long and hard." in nothing.content.decode()
    assert again(reminder).status == ReminderStatus.QUEUED

    answer = desk.post(url, {f"{name}-outcome": "reached", f"{name}-note": "", "then": "promise"})

    assert answer["Location"] == reverse("invoice-promise", args=[reminder.invoice.number])
    assert again(reminder).status == ReminderStatus.SENT
    assert desk.get(PAGE).content.decode().count("Nobody to call") == 1
