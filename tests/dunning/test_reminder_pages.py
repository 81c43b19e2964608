"""The staff's pages about one reminder, and about one invoice's steps."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dunning.models import Reminder
from dunning.states import Reason, ReminderStatus, Template
from invoices.models import DunningPosition, Hold
from invoices.states import HoldKind
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.dunning.desk import again, on, waiting
from tests.factories import (
    NOW,
    DunningPositionFactory,
    HoldFactory,
    InvoiceFactory,
    ReminderFactory,
    staff,
    usual_step,
)

pytestmark = pytest.mark.django_db

AGENDA = reverse("dunning-agenda")


def test_a_formal_demand_says_what_will_happen_before_the_management_approves_it(
    shop: Shop, client: Client
) -> None:
    client.force_login(
        staff(shop, Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend"
    )
    demand = waiting(shop, position=4)
    type(demand.customer).objects.filter(pk=demand.customer_id).update(line1="1 rue du Port")

    page = client.get(reverse("reminder", args=[demand.pk]))
    answer = client.post(on(demand, "approve"))

    assert "It is the last step before legal ones" in page.text
    assert answer.status_code == 303
    assert (again(demand).status, again(demand).email) == (ReminderStatus.QUEUED, None)


def test_a_skipped_reminder_takes_its_mail_back_when_nothing_else_is_in_it(
    shop: Shop, desk: Client
) -> None:
    first = ReminderFactory(shop=shop, queued=True)
    second = ReminderFactory(
        invoice=InvoiceFactory(repair_order=first.invoice.repair_order, issued=True),
        email=first.email,
    )

    unsaid = desk.post(on(first, "skip"), {"reason": " "})
    assert (unsaid.status_code, again(first).status) == (422, ReminderStatus.QUEUED)
    desk.post(on(first, "skip"), {"reason": "He pays tomorrow."})
    shared = again(second)
    desk.post(on(second, "skip"), {"reason": "This too."})

    skipped = again(first)
    assert (skipped.status, skipped.reason, skipped.detail) == (
        ReminderStatus.SKIPPED,
        Reason.BY_HAND,
        "He pays tomorrow.",
    )
    assert shared.email is not None
    assert shared.email.status == EmailStatus.QUEUED, "the other one still leaves in it"
    assert OutgoingEmail.objects.get().status == EmailStatus.WITHDRAWN


def test_what_was_not_asked_for_gives_no_time_to_pay(shop: Shop, desk: Client) -> None:
    reminder = waiting(shop, position=3)
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    position.reached_key, position.pay_by = reminder.step_key, NOW.date() + timedelta(days=7)
    position.look_on = NOW.date() + timedelta(days=9)
    position.save()

    desk.post(on(reminder, "skip"), {"reason": "Not him."})

    position.refresh_from_db()
    assert (position.pay_by, position.look_on) == (None, NOW.date())


def test_a_reminder_that_left_is_not_skipped(shop: Shop, desk: Client) -> None:
    sent = ReminderFactory(shop=shop, sent=True)

    answer = desk.post(on(sent, "skip"), {"reason": "Too late."})

    assert (answer.status_code, again(sent).shown_status) == (409, ReminderStatus.SENT)


@pytest.mark.parametrize(
    ("outcome", "status"), [("delivered", "sent"), ("not_delivered", "queued")]
)
def test_a_doubt_is_settled_by_a_person(
    outcome: str, status: str, shop: Shop, desk: Client
) -> None:
    reminder = ReminderFactory(shop=shop, in_doubt=True)

    unsaid = desk.post(on(reminder, "settle"), {})
    answer = desk.post(on(reminder, "settle"), {"outcome": outcome})
    twice = desk.post(on(reminder, "settle"), {"outcome": outcome})

    assert (unsaid.status_code, answer.status_code, twice.status_code) == (422, 303, 409)
    assert again(reminder).shown_status == status


def test_what_came_back_waits_for_its_address(shop: Shop, desk: Client) -> None:
    sent = ReminderFactory(shop=shop, sent=True)
    DunningPositionFactory(invoice=sent.invoice, look_on=None)

    desk.post(on(sent, "bounced"), {"reason": "550 no such user"})
    held = Hold.objects.get()
    page = desk.get(AGENDA, {"tab": "bounced"})
    desk.post(reverse("address-mended", args=[sent.customer_id]))

    assert (held.kind, held.reason) == (HoldKind.UNDELIVERABLE, "550 no such user")
    assert "550 no such user" in page.text
    held.refresh_from_db()
    assert held.released_at == NOW


def test_a_reply_holds_what_the_customer_owes(shop: Shop, desk: Client) -> None:
    sent = ReminderFactory(shop=shop, sent=True)

    desk.post(on(sent, "replied"), {"reason": "The brake still squeals."})

    held = Hold.objects.get()
    assert (held.kind, held.reason) == (HoldKind.REPLY_PENDING, "The brake still squeals.")
    assert "The brake still squeals." in desk.get(AGENDA, {"tab": "replies"}).text


def test_remind_now_says_what_will_leave_and_takes_one_step_only(shop: Shop, desk: Client) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True, due_on=NOW.date() - timedelta(days=1))
    DunningPositionFactory(invoice=invoice, look_on=NOW.date() + timedelta(days=2))
    usual_step(shop)
    here = reverse("invoice-remind", args=[invoice.number])

    asked = desk.get(here)
    answer = desk.post(here)
    once_more = desk.post(here)
    page = desk.get(reverse("invoice", args=[invoice.number]))

    assert asked.context["step"].template == Template.FRIENDLY
    assert "within a minute" in asked.text
    assert (answer.status_code, once_more.status_code) == (303, 409)
    assert "A reminder of this invoice is under way already." in once_more.text
    made = Reminder.objects.get()
    assert (made.status, made.amount) == (ReminderStatus.QUEUED, Decimal("120.00"))
    assert "Friendly reminder" in page.text
    assert here not in page.text, "no second one is offered"


def test_remind_now_says_why_nothing_can_leave(shop: Shop, desk: Client) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    DunningPositionFactory(invoice=invoice)
    usual_step(shop)
    HoldFactory(invoice=invoice, amount=None, subject="D-104")
    here = reverse("invoice-remind", args=[invoice.number])

    asked, answer = desk.get(here), desk.post(here)

    assert "All of it is held. Held by hand D-104" in asked.text
    assert (asked.status_code, answer.status_code) == (200, 409)
    assert not Reminder.objects.exists()


def test_a_sign_that_no_text_can_hold_breaks_nothing(shop: Shop, desk: Client) -> None:
    reminder = waiting(shop)

    answers = [
        desk.post(on(reminder, act), {"reason": "Nobody\0 home."}).status_code
        for act in ("replied", "bounced", "skip")
    ]

    assert answers == [303, 409, 303]
    assert again(reminder).detail == "Nobody home."


def test_steps_are_stopped_started_again_and_begun_anew(shop: Shop, desk: Client) -> None:
    reminder = waiting(shop)
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    number = reminder.invoice.number

    desk.post(reverse("invoice-dunning-stop", args=[number]), {"reason": "A cousin."})
    position.refresh_from_db()
    stopped = (position.stop_reason, again(reminder).status)
    page = desk.get(reverse("invoice", args=[number]))
    desk.post(reverse("invoice-dunning-start", args=[number]))
    desk.post(reverse("invoice-dunning-restart", args=[number]), {"base_on": "2026-03-20"})
    position.refresh_from_db()

    assert stopped == ("A cousin.", ReminderStatus.SKIPPED)
    assert "Start the reminders again" in page.text
    assert (position.stopped_at, position.cycle, str(position.base_on)) == (None, 2, "2026-03-20")


def test_the_end_of_the_steps_is_decided_by_a_person(shop: Shop, desk: Client) -> None:
    position = DunningPositionFactory(shop=shop, look_on=None, ended_at=NOW)
    number = position.invoice.number
    usual_step(shop)

    page = desk.get(reverse("invoice-dunning-decide", args=[number]))
    desk.post(
        reverse("invoice-hold", args=[number]),
        {"kind": "legal", "reason": "To the lawyer.", "review_on": "2026-04-15"},
    )

    assert "decide how to go on" in page.text
    assert "Write it off" not in page.text, "that is the management's"
    assert Hold.objects.get().kind == HoldKind.LEGAL
    assert {tab.name: tab.count for tab in desk.get(AGENDA).context["tabs"]}["decide"] == 0


def test_the_page_where_one_decides_leads_to_the_reminder_that_waits(
    shop: Shop, desk: Client
) -> None:
    demand = waiting(shop, position=4)
    page = desk.get(reverse("invoice-dunning-decide", args=[demand.invoice.number]))

    assert page.context["waiting"] == demand
    assert f'href="{reverse("reminder", args=[demand.pk])}"' in page.text
