"""The staff's pages about reminders: what is to do, many approved at once, one of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dunning.models import Reminder
from dunning.states import Reason, ReminderStatus, Template
from dunning.views import agenda as agenda_page
from invoices.models import DunningPosition, Hold, Invoice
from invoices.states import HoldKind
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    DunningPositionFactory,
    DunningSettingsFactory,
    HoldFactory,
    InvoiceFactory,
    OutgoingEmailFactory,
    ReminderFactory,
    staff,
    usual_step,
)

pytestmark = pytest.mark.django_db

AGENDA = reverse("dunning-agenda")


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    """Somebody of the desk at the browser."""
    client.force_login(
        staff(shop, Role.ADVISOR, name="Ada Advisor").user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def waiting(shop: Shop, **of_it: Any) -> Reminder:
    """A reminder that waits for approval, of an invoice that stands on the shop's ladder."""
    invoice = InvoiceFactory(shop=shop, issued=True)
    DunningPositionFactory(invoice=invoice, look_on=None)
    made: Reminder = ReminderFactory(invoice=invoice, awaiting=True, **of_it)
    return made


def again(reminder: Reminder) -> Reminder:
    """The reminder as it is now."""
    found: Reminder = Reminder.objects.with_everything().get(pk=reminder.pk)
    return found


def on(reminder: Reminder, act: str) -> str:
    """The address of an act on a reminder."""
    return reverse(f"reminder-{act}", args=[reminder.pk])


def test_the_agenda_counts_what_waits_in_every_tab(shop: Shop, desk: Client) -> None:
    ReminderFactory(shop=shop, queued=True)
    waiting(shop, planned_on=NOW.date() - timedelta(days=2))
    ReminderFactory(shop=shop, in_doubt=True)
    DunningPositionFactory(shop=shop, look_on=None, ended_at=NOW)
    HoldFactory(invoice=InvoiceFactory(shop=shop, issued=True), kind=HoldKind.UNDELIVERABLE)
    HoldFactory(invoice=InvoiceFactory(shop=shop, issued=True), kind=HoldKind.REPLY_PENDING)

    page = desk.get(AGENDA)

    counts = {tab.name: tab.count for tab in page.context["tabs"]}
    assert counts == {
        "due": 1,
        "late": 1,
        "approval": 1,
        "calls": 0,
        "letters": 0,
        "doubt": 1,
        "bounced": 1,
        "replies": 1,
        "decide": 1,
    }
    assert page.context["tab"] == "doubt", "what presses most is shown first"


@pytest.mark.parametrize("tab", ["due", "late", "approval", "doubt", "bounced", "decide"])
def test_every_tab_can_be_opened(tab: str, shop: Shop, desk: Client) -> None:
    reminder = ReminderFactory(shop=shop, queued=True)
    waiting(shop, planned_on=NOW.date() - timedelta(days=2))
    ReminderFactory(shop=shop, in_doubt=True)
    DunningPositionFactory(shop=shop, look_on=None, ended_at=NOW)
    HoldFactory(invoice=reminder.invoice, kind=HoldKind.UNDELIVERABLE)

    page = desk.get(AGENDA, {"tab": tab})

    assert page.status_code == 200
    assert len(page.context["rows"]) == 1


def test_an_approved_reminder_goes_into_the_mail_of_its_customer(shop: Shop, desk: Client) -> None:
    reminder = waiting(shop)

    page = desk.get(reverse("reminder", args=[reminder.pk]))
    answer = desk.post(on(reminder, "approve"))

    assert "Please pay €120.00" in page.text, "what it would say is read before"
    assert answer.status_code == 303
    approved = again(reminder)
    assert (approved.status, approved.approved_by) == (ReminderStatus.QUEUED, "Ada Advisor")
    assert approved.email is not None
    assert (approved.email.status, approved.email.recipient) == (
        EmailStatus.QUEUED,
        reminder.customer.email,
    )
    told = AuditEvent.objects.get(action="reminder.approved")
    assert (told.target_id, told.data["reminder"]) == (reminder.invoice_id, str(reminder.pk))
    assert "over €120.00 approved" in desk.get(reverse("reminder", args=[reminder.pk])).text


def test_many_are_approved_each_looked_at_again(shop: Shop, desk: Client) -> None:
    fine, paid, held, demand = (
        waiting(shop),
        waiting(shop),
        waiting(shop),
        waiting(shop, position=4),
    )
    Invoice.objects.filter(pk=paid.invoice_id).update(balance=0)
    HoldFactory(invoice=held.invoice, amount=None)
    ticked = [str(each.pk) for each in (fine, paid, held, demand)]

    page = desk.post(reverse("dunning-approve"), {"reminder": ticked})

    refused = {
        result.reminder.pk: result.refused and str(result.refused.message)
        for result in page.context["results"]
    }
    assert refused == {
        fine.pk: None,
        paid.pk: "Nothing is owed any more.",
        held.pk: "All of it is held. Held by hand",
        demand.pk: "A formal demand is approved by the management.",
    }
    assert "All of it is held. Held by hand" in page.text
    assert again(fine).status == ReminderStatus.QUEUED
    for left in (paid, held, demand):
        assert again(left).status == ReminderStatus.AWAITING_APPROVAL
    assert OutgoingEmail.objects.count() == 1


def test_who_was_contacted_lately_is_told_with_the_day_from_which_it_may_leave(
    shop: Shop, desk: Client
) -> None:
    soon = waiting(shop)
    OutgoingEmailFactory(
        shop=shop,
        customer=soon.customer,
        kind="reminder",
        sent=True,
        handed_at=NOW - timedelta(days=1),
    )

    page = desk.post(reverse("dunning-approve"), {"reminder": [str(soon.pk)]})

    assert (
        "The customer was contacted a short time ago. A reminder may leave from Mar 18, 2026 on."
        in page.text
    )
    assert again(soon).status == ReminderStatus.AWAITING_APPROVAL


def test_more_than_a_portion_goes_on_where_it_was_and_leaves_formal_demands_out(
    shop: Shop, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda_page, "PORTION", 2)
    made = [waiting(shop) for _number in range(3)]
    demand = waiting(shop, position=4)

    first = desk.post(reverse("dunning-approve"), {"all": "yes"})
    shown = {name: first.context[name] for name in ("total", "looked_at", "done", "refused")}
    second = desk.post(
        reverse("dunning-approve"),
        {name: first.context[name] for name in ("rest", "total", "done")},
        headers={"HX-Request": "true"},
    )

    assert shown == {"total": 3, "looked_at": 2, "done": 2, "refused": 0}
    assert "<html" not in second.text
    assert "3 of 3 looked at" in second.text
    assert {again(each).status for each in made} == {ReminderStatus.QUEUED}
    assert again(demand).status == ReminderStatus.AWAITING_APPROVAL


def test_what_was_left_in_the_middle_says_so_and_goes_on_from_there(
    shop: Shop, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda_page, "PORTION", 2)
    made = [waiting(shop, planned_on=NOW.date() - timedelta(days=each)) for each in (3, 2, 1)]
    Invoice.objects.filter(pk=made[0].invoice_id).update(balance=0)
    assert desk.get(AGENDA).context["left"] is None

    desk.post(reverse("dunning-approve"), {"all": "yes"})
    page = desk.get(AGENDA)
    last = desk.post(reverse("dunning-approve"), {"all": "yes", "go_on": "yes"})

    assert "Approving all of them was left after 2 of 3." in page.text
    shown = {name: last.context[name] for name in ("total", "looked_at", "done", "refused")}
    assert shown == {"total": 3, "looked_at": 3, "done": 2, "refused": 1}
    assert [again(each).status for each in made[1:]] == [ReminderStatus.QUEUED] * 2
    assert desk.get(AGENDA).context["left"] is None


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


def test_the_list_is_narrowed_down_and_handed_out(shop: Shop, desk: Client) -> None:
    sent = ReminderFactory(shop=shop, sent=True)
    waits = waiting(shop)
    here = reverse("reminder-list")

    found = {
        status: [row.pk for row in desk.get(here, {"status": status}).context["page"].rows]
        for status in ("sent", "awaiting_approval", "queued")
    }
    named = desk.get(here, {"q": waits.invoice.number, "customer": waits.customer_id})
    csv = desk.get(reverse("reminder-export"), {"status": "sent"})
    lines = b"".join(csv.streaming_content).decode().splitlines()

    assert found == {"sent": [sent.pk], "awaiting_approval": [waits.pk], "queued": []}
    assert [row.pk for row in named.context["page"].rows] == [waits.pk]
    assert len(lines) == 2
    assert lines[1].startswith(f"{sent.invoice.number},{sent.customer.name},2,")


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


def test_the_coming_days_tell_what_leaves_and_what_is_kept_back(shop: Shop, desk: Client) -> None:
    usual_step(shop)
    due = NOW.date() - timedelta(days=1)
    leaves, held = (InvoiceFactory(shop=shop, issued=True, due_on=due) for _number in range(2))
    for invoice in (leaves, held):
        DunningPositionFactory(invoice=invoice)
    HoldFactory(invoice=held, amount=None, subject="D-104")

    page = desk.get(reverse("dunning-calendar"))

    assert (page.context["leaving"], page.context["kept"]) == (2, 1)
    assert "All of it is held. Held by hand D-104" in page.text
    assert page.text.count(leaves.number) >= 1
    assert not Reminder.objects.exists(), "nothing is written"


def test_today_leads_to_what_waits(shop: Shop, desk: Client) -> None:
    waiting(shop)
    DunningSettingsFactory(shop=shop, paused=True)

    page = desk.get(reverse("today"))

    assert "1 reminder waits for approval" in page.text
    assert "All reminders are paused" in page.text
