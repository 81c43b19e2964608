"""The staff's pages about all reminders: what is to do, many approved at once, the coming days."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dunning.models import Reminder
from dunning.states import ReminderStatus
from dunning.views import agenda as agenda_page
from invoices.models import Invoice
from invoices.states import HoldKind
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.dunning.desk import again, on, waiting
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


@pytest.mark.parametrize(
    "act", ["dunning-approve", "letter-make", "letter-take-back", "letter-posted", "fee-claim"]
)
def test_says_that_nothing_was_ticked(act: str, shop: Shop, client: Client) -> None:
    client.force_login(
        staff(shop, Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend"
    )

    page = client.post(reverse(act), {"posted_on": NOW.date(), "note": "RR 12"}, follow=True)

    assert "Tick at least one." in page.text
    assert page.status_code == (422 if act == "letter-posted" else 200)


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
