"""The staff's pages about reminders: what is to do, many approved at once, one of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dunning.models import Reminder
from dunning.states import Reason, ReminderStatus, Template
from invoices.models import DunningPosition
from invoices.states import HoldKind
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    HoldFactory,
    InvoiceFactory,
    ReminderFactory,
    staff,
)

pytestmark = pytest.mark.django_db

AGENDA = reverse("dunning-agenda")


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    """Somebody of the desk at the browser."""
    client.force_login(
        staff(shop, Role.ADVISOR).user, backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def waiting(shop: Shop, **of_it: Any) -> Reminder:
    """A reminder that waits for approval, of an invoice that stands on the shop's ladder."""
    customer = of_it.pop("customer", None) or CustomerFactory(shop=shop)
    invoice = InvoiceFactory(
        shop=shop, repair_order__vehicle__customer=customer, repair_order__shop=shop, issued=True
    )
    DunningPositionFactory(invoice=invoice, look_on=None)
    made: Reminder = ReminderFactory(invoice=invoice, awaiting=True, **of_it)
    return made


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
        **{"due": 1, "late": 1, "approval": 1, "calls": 0, "letters": 0},
        **{"doubt": 1, "bounced": 1, "replies": 1, "decide": 1},
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
