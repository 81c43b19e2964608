"""Reminders over the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dunning.models import Reminder
from dunning.states import ReminderStatus
from shopdisputes.actors import Role
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    ApiTokenFactory,
    DunningPositionFactory,
    HoldFactory,
    InvoiceFactory,
    ReminderFactory,
    staff,
    usual_step,
)

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


@pytest.fixture
def ask(shop: Shop) -> Ask:
    """A program of the desk: ``ask("post", "reminders/…/", body)``."""
    membership = staff(shop, Role.ADVISOR)
    ApiTokenFactory(
        shop=shop, user=membership.user, key="sd_desk", last_used_on=local_day(NOW, zone=shop.zone)
    )
    client = Client(headers={"Authorization": "Token sd_desk"})

    def ask(method: str, path: str, body: Any = None) -> Any:
        sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1/{path}", **sent)

    return ask


def waiting(shop: Shop) -> Reminder:
    """A reminder that waits for approval."""
    invoice = InvoiceFactory(shop=shop, issued=True)
    DunningPositionFactory(invoice=invoice, look_on=None)
    made: Reminder = ReminderFactory(invoice=invoice, awaiting=True)
    return made


def test_tells_what_was_asked_for_about_an_invoice(shop: Shop, ask: Ask) -> None:
    sent = ReminderFactory(shop=shop, sent=True)
    waits = waiting(shop)

    told = ask("get", f"reminders/?invoice={sent.invoice_id}").json()["results"]
    doubtful = ask("get", "reminders/?status=awaiting_approval").json()["results"]

    assert told == [
        {
            "id": str(sent.pk),
            "invoice": str(sent.invoice_id),
            "customer": str(sent.customer_id),
            "step": 2,
            "cycle": 1,
            "channel": "email",
            "template": "friendly",
            "status": "sent",
            "reason": "",
            "detail": "",
            "amount": "120.00",
            "planned_on": "2026-03-16",
            "pay_by": None,
            "sent_at": told[0]["sent_at"],
            "email": str(sent.email_id),
            "approved_at": None,
            "approved_by": "",
        }
    ]
    assert told[0]["sent_at"].startswith("2026-03-16T10:30:00")
    assert [row["id"] for row in doubtful] == [str(waits.pk)]


def test_approves_and_skips(shop: Shop, ask: Ask) -> None:
    first, second = waiting(shop), waiting(shop)

    approved = ask("post", f"reminders/{first.pk}/approve/")
    unsaid = ask("post", f"reminders/{second.pk}/skip/", {})
    skipped = ask("post", f"reminders/{second.pk}/skip/", {"reason": "Not him."})
    late = ask("post", f"reminders/{second.pk}/approve/")

    assert (approved.status_code, approved.json()["status"]) == (200, "queued")
    assert (unsaid.status_code, skipped.json()["status"]) == (422, "skipped")
    assert (skipped.json()["reason"], skipped.json()["detail"]) == ("by_hand", "Not him.")
    assert (late.status_code, late.json()["code"]) == (409, "not-allowed-in-this-state")


def test_does_not_approve_what_is_held_meanwhile(shop: Shop, ask: Ask) -> None:
    waits = waiting(shop)
    HoldFactory(invoice=waits.invoice, amount=None, subject="D-104")

    refused = ask("post", f"reminders/{waits.pk}/approve/")

    assert (refused.status_code, refused.json()["code"]) == (409, "not-remindable")
    assert refused.json()["message"] == "All of it is held. Held by hand D-104"
    waits.refresh_from_db()
    assert (waits.status, waits.email) == (ReminderStatus.AWAITING_APPROVAL, None)


def test_settles_a_doubt(shop: Shop, ask: Ask) -> None:
    doubtful = ReminderFactory(shop=shop, in_doubt=True)
    path = f"reminders/{doubtful.pk}/settle/"

    unknown = ask("post", path, {"outcome": "perhaps"})
    settled = ask("post", path, {"outcome": "delivered"})
    twice = ask("post", path, {"outcome": "delivered"})

    assert (unknown.status_code, settled.status_code, twice.status_code) == (422, 200, 409)
    assert settled.json()["status"] == "sent"


def test_reminds_at_once_or_says_why_not(shop: Shop, ask: Ask) -> None:
    usual_step(shop)
    due = NOW.date() - timedelta(days=5)
    invoice, kept = (InvoiceFactory(shop=shop, issued=True, due_on=due) for _number in range(2))
    for each in (invoice, kept):
        DunningPositionFactory(invoice=each)
    HoldFactory(invoice=kept, amount=None)
    path = f"invoices/{invoice.pk}/remind/"

    held = ask("post", f"invoices/{kept.pk}/remind/")
    taken = ask("post", path)
    again = ask("post", path)

    assert (held.status_code, held.json()["code"]) == (409, "not-remindable")
    assert (taken.status_code, taken.json()["step"], taken.json()["status"]) == (201, 2, "queued")
    assert (again.status_code, again.json()["code"]) == (409, "not-remindable")
    assert Reminder.objects.count() == 1
