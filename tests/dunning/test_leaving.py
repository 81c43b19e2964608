"""Whether and when a reminder leaves: asked once more at the last moment."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dunning.states import Reason
from invoices.models import DunningPosition, Invoice
from invoices.services import holds
from invoices.states import HoldKind
from shopdisputes.outbox.models import OutgoingEmail
from tests.dunning.leaving import again, planned, position_of, run
from tests.factories import ADVISOR, NOW, InvoiceFactory, PaymentFactory
from tests.factories.dunning import (
    CustomerLadderFactory,
    DunningPositionFactory,
    DunningSettingsFactory,
    ReminderFactory,
)
from tests.mailing import part
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_one_that_is_held_by_now_is_given_back_and_its_mail_withdrawn(server: Sink) -> None:
    reminder = planned(before_key=1, before_offset=-3)
    invoice = reminder.invoice
    holds.place(invoice=invoice, kind=HoldKind.DISPUTE, subject="D-104", by=ADVISOR, at=NOW)

    assert run() == {"withdrawn": 1}

    assert server.messages() == []
    left = again(reminder)
    assert (left.status, left.reason, left.detail) == ("held", Reason.HELD, "Dispute D-104")
    assert left.email is not None
    assert left.email.status == "withdrawn"
    assert position_of(reminder) == (1, NOW.date() + timedelta(days=1), reminder.step_key)


def test_one_held_invoice_stops_no_other_in_its_mail(server: Sink) -> None:
    held = planned()
    free = ReminderFactory(
        invoice=InvoiceFactory(shop=held.shop, customer=held.customer, issued=True),
        step=held.step,
        email=held.email,
    )
    DunningPositionFactory(invoice=free.invoice, reached_key=free.step_key, look_on=None)
    holds.place(invoice=held.invoice, kind=HoldKind.LEGAL, by=ADVISOR, at=NOW)

    assert run() == {"sent": 1}

    (message,) = server.messages()
    assert free.invoice.number in part(message, "plain")
    assert held.invoice.number not in part(message, "plain")
    assert (again(held).status, again(free).shown_status) == ("held", "sent")


@pytest.mark.parametrize(
    ("against", "reason"),
    [
        (lambda r: DunningSettingsFactory(shop=r.shop, paused=True), Reason.PAUSED),
        (lambda r: CustomerLadderFactory(customer=r.customer), Reason.EXCLUDED),
        (lambda r: PaymentFactory(customer=r.customer, amount=Decimal("5.00")), Reason.UNALLOCATED),
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(stopped_at=NOW),
            Reason.STOPPED,
        ),
        (
            lambda r: Invoice.objects.filter(pk=r.invoice_id).update(balance=Decimal("0.50")),
            Reason.BELOW_MINIMUM,
        ),
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(cycle=2),
            Reason.RESTARTED,
        ),
        # It was in doubt until a later step was taken, and did not arrive.
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(
                reached_key=3, reached_offset=10
            ),
            Reason.SUPERSEDED,
        ),
    ],
)
def test_does_not_leave_against(server: Sink, against: object, reason: Reason) -> None:
    reminder = planned()
    against(reminder)

    assert run() == {"withdrawn": 1}

    assert server.messages() == []
    assert again(reminder).reason == reason


def test_what_is_paid_is_looked_at_once_more_in_case_the_money_goes_again(server: Sink) -> None:
    reminder = planned(before_key=1, before_offset=-3)
    Invoice.objects.filter(pk=reminder.invoice_id).update(balance=Decimal("0.00"))

    assert run() == {"withdrawn": 1}

    assert again(reminder).reason == Reason.NOT_OWED
    assert position_of(reminder) == (1, NOW.date() + timedelta(days=1), reminder.step_key)


def test_waits_for_the_shops_hours(server: Sink) -> None:
    reminder = planned()
    saturday = NOW + timedelta(days=5)

    assert run(saturday) == {"not_now": 1}

    mail = again(reminder).email
    assert mail is not None
    # Monday, nine o'clock in Paris.
    assert (mail.status, mail.attempts) == ("queued", 0)
    assert mail.next_try_at.isoformat() == "2026-03-23T08:00:00+00:00"
    assert server.messages() == []


def test_two_mails_to_one_payer_never_leave_on_one_day(server: Sink) -> None:
    first = planned()
    planned(
        InvoiceFactory(shop=first.shop, customer=first.customer, issued=True),
        email__key="reminder:another-day",
    )

    # Both were worded at once: the second is stopped at its mark, then asked about anew.
    assert run() == {"sent": 1, "not_now": 2}

    assert len(server.messages()) == 1
    later = OutgoingEmail.objects.get(kind="reminder", status="queued")
    assert later.next_try_at.isoformat() == "2026-03-17T08:00:00+00:00"


def test_gives_time_from_the_day_on_which_it_leaves(server: Sink) -> None:
    reminder = planned(position=3, pay_by=NOW.date() + timedelta(days=1))

    run()

    until = NOW.date() + timedelta(days=reminder.step.pay_within_days)
    assert again(reminder).pay_by == until
    assert DunningPosition.objects.get(invoice=reminder.invoice).pay_by == until


@pytest.mark.parametrize("mode", ["450-recipient", "421"])
def test_a_server_that_is_busy_costs_the_invoice_nothing(server: Sink, mode: str) -> None:
    reminder = planned()
    server.mode = mode

    run()
    assert again(reminder).shown_status == "queued"

    server.mode = "accept"
    assert run(NOW + timedelta(minutes=2)) == {"sent": 1}
