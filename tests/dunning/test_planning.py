"""Planning: what is due becomes reminders, once, and everything else stays where it is."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from dunning.models import Reminder
from dunning.services import planning
from dunning.states import Channel, Reason, ReminderStatus, Template
from invoices.models import DunningPosition
from shopdisputes.outbox.models import OutgoingEmail
from tests.factories import (
    NOW,
    CustomerFactory,
    CustomerLadderFactory,
    DunningPositionFactory,
    DunningSettingsFactory,
    HoldFactory,
    LadderFactory,
    PaymentFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def owed(shop, *, days: int = 3, **facts) -> DunningPosition:
    """An invoice that has been due for so many days, looked at today."""
    due_on = TODAY - timedelta(days=days)
    return DunningPositionFactory(
        shop=shop,
        invoice__shop=shop,
        invoice__due_on=due_on,
        begun_on=due_on - timedelta(days=14),
        **facts,
    )


@pytest.fixture
def shop():
    made = ShopFactory()
    LadderFactory(shop=made, default=True)
    return made


def told(**filters) -> list[tuple]:
    """The reminders there are: key, cycle, status, reason."""
    rows = Reminder.objects.filter(**filters).order_by("invoice_id", "cycle", "step_key")
    return list(rows.values_list("step_key", "cycle", "status", "reason"))


def test_a_step_whose_day_has_come_is_planned_into_a_mail(shop):
    position = owed(shop)

    counts = planning.plan(at=NOW)

    assert counts == {"planned": 1, "awaiting": 0, "skipped": 0, "mails": 1, "failed": 0}
    reminder = Reminder.objects.get(status=ReminderStatus.QUEUED)
    assert reminder.invoice == position.invoice
    assert reminder.step.template == Template.FRIENDLY
    assert reminder.amount == Decimal("120.00")
    assert reminder.planned_on == TODAY
    email = reminder.email
    assert (email.kind, email.recipient) == ("reminder", position.customer.email)
    assert email.key == f"reminder:{position.customer.pk}:{TODAY}"
    assert (email.subject, email.text, email.html, email.next_try_at) == ("", "", "", NOW)
    position.refresh_from_db()
    assert (position.reached_key, position.reached_offset) == (2, 3)
    assert (position.next_key, position.look_on) == (3, position.base_on + timedelta(days=10))
