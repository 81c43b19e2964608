"""Charges for being late: what a step proposes, and never on what is disputed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from dunning import invariants
from dunning.models import Fee
from dunning.services import approving, bouncing, fees
from dunning.services.fees import ReminderNotSent
from dunning.states import FeeStatus, Template
from invoices.states import HoldKind
from shopdisputes.actors import Actor
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Membership, Shop
from tests.dunning.late import FIXED, INTEREST, bill, entries, propose, remind
from tests.factories import ADVISOR, NOW, FeeFactory, HoldFactory, PaymentFactory

pytestmark = pytest.mark.django_db


def test_thirty_days_late_propose_thirty_days_of_interest(shop: Shop) -> None:
    invoice = bill(shop)

    (fee,) = propose(invoice, INTEREST)

    # 1000 × 12 % × 30 / 365 = 9.863…
    assert (fee.amount, fee.base, fee.status) == (
        Decimal("9.86"),
        Decimal("1000.00"),
        FeeStatus.PROPOSED,
    )
    assert fee.explanation == {
        "rate": "12.00",
        "spans": [
            {
                "from": "2026-02-15",
                "until": "2026-03-16",
                "days": 30,
                "base": "1000.00",
                "amount": "9.86",
            }
        ],
    }
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("1000.00")


def test_a_later_step_charges_only_the_days_since(shop: Shop) -> None:
    invoice = bill(shop)
    propose(invoice, INTEREST)

    (fee,) = propose(invoice, INTEREST, later=10)

    (span,) = fee.explanation["spans"]
    assert (span["from"], span["until"], span["days"]) == ("2026-03-17", "2026-03-26", 10)


def test_what_leaves_twice_proposes_once(shop: Shop) -> None:
    reminder = remind(bill(shop), FIXED)
    fees.propose(reminders=[reminder], at=NOW)
    assert len(fees.propose(reminders=[reminder], at=NOW)) == 1
    assert Fee.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeFactory(reminder=reminder)


def test_what_leaves_once_more_charges_the_days_until_then(shop: Shop) -> None:
    reminder = remind(bill(shop), INTEREST)
    fees.propose(reminders=[reminder], at=NOW - timedelta(days=10))
    (fee,) = fees.propose(reminders=[reminder], at=NOW)
    assert fee.amount == Decimal("9.86")


@pytest.mark.parametrize("mail", ["in_doubt", "failed", "queued"])
def test_what_does_not_count_as_sent_proposes_nothing_that_could_be_claimed(
    shop: Shop, owner: Membership, by: Actor, client: Client, mail: str
) -> None:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    reminder = remind(bill(shop), FIXED, **{mail: True})
    (fee,) = fees.propose(reminders=[reminder], at=NOW)

    with pytest.raises(ReminderNotSent):
        fees.claim(fee=fee, by=by, at=NOW)

    assert len(entries(reminder.invoice)) == 1
    assert reminder.invoice.number not in client.get(reverse("fee-list")).content.decode()
    page = client.get(reverse("fee", args=[fee.pk])).content.decode()
    assert "does not count as sent" in page
    OutgoingEmail.objects.update(status="sent", sent_at=NOW)
    assert reminder.invoice.number in client.get(reverse("fee-list")).content.decode()
    assert fees.claim(fee=fee, by=by, at=NOW).status == FeeStatus.CLAIMED


def test_what_came_back_takes_its_proposal_with_it_and_no_claim(shop: Shop, by: Actor) -> None:
    reminders = [remind(bill(shop), FIXED, sent=True) for _each in range(2)]
    _proposed, claimed = fees.propose(reminders=reminders, at=NOW)
    fees.claim(fee=claimed, by=by, at=NOW)

    for reminder in reminders:
        assert reminder.email is not None
        bouncing.report_bounce(email=reminder.email, by=by, at=NOW)

    assert list(Fee.objects.all()) == [claimed]
    assert not any("taken back" in sentence for sentence in invariants.broken())


def test_what_is_skipped_takes_its_proposal_with_it(shop: Shop) -> None:
    reminder = remind(bill(shop), FIXED, queued=True)
    fees.propose(reminders=[reminder], at=NOW)
    approving.skip(reminder=reminder, reason="He called.", by=ADVISOR, at=NOW)
    assert not Fee.objects.exists()


def test_disputed_days_and_amounts_bear_no_interest(shop: Shop) -> None:
    invoice = bill(shop)
    HoldFactory(
        invoice=invoice,
        kind=HoldKind.DISPUTE,
        amount=Decimal("400.00"),
        placed_at=NOW - timedelta(days=19),
        released_at=NOW - timedelta(days=10),
    )

    (fee,) = propose(invoice, INTEREST)

    assert [(span["days"], span["base"]) for span in fee.explanation["spans"]] == [
        (10, "1000.00"),
        (10, "600.00"),
        (10, "1000.00"),
    ]
    assert fee.amount == Decimal("3.29") + Decimal("1.97") + Decimal("3.29")


def test_nothing_is_proposed_on_what_is_disputed_altogether(shop: Shop) -> None:
    invoice = bill(shop)
    HoldFactory(invoice=invoice, kind=HoldKind.DISPUTE, amount=None)
    assert propose(invoice, FIXED) == []
    assert propose(invoice, INTEREST, later=1) == []


def test_a_payment_stops_interest_from_the_day_the_money_came(shop: Shop) -> None:
    invoice = bill(shop)
    PaymentFactory(
        on=invoice, amount=Decimal("400.00"), received_on=date(2026, 2, 24), recorded_at=NOW
    )

    (fee,) = propose(invoice, INTEREST)

    assert [(span["days"], span["base"]) for span in fee.explanation["spans"]] == [
        (10, "1000.00"),
        (20, "600.00"),
    ]


def test_france_charges_a_business_forty_euros_once(shop: Shop) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    assert fee.amount == Decimal("40.00")
    assert propose(invoice, FIXED, later=1) == []


@pytest.mark.parametrize(
    ("mail", "charges"), [("queued", 1), ("failed", 1), ("in_doubt", 0), ("sent", 0)]
)
def test_what_never_left_is_not_the_one_fixed_charge(shop: Shop, mail: str, charges: int) -> None:
    invoice = bill(shop)
    # Marked, and refused by the server, or settled as not sent, before anybody had it.
    fees.propose(reminders=[remind(invoice, FIXED, **{mail: True})], at=NOW)
    assert len(propose(invoice, FIXED, later=1)) == charges


def test_france_charges_a_consumer_no_fixed_sum(shop: Shop) -> None:
    assert propose(bill(shop, kind="person"), FIXED) == []


def test_a_consumer_in_france_owes_interest_only_after_a_formal_demand(shop: Shop) -> None:
    invoice = bill(shop, kind="person")
    assert propose(invoice, INTEREST) == []

    demand = {"template": Template.FORMAL_DEMAND, "channel": "letter", "requires_approval": True}
    remind(invoice, demand, later=1, status="sent", ended_at=NOW)
    (fee,) = propose(invoice, INTEREST, later=20)

    (span,) = fee.explanation["spans"]
    assert (span["from"], span["days"], span["amount"]) == ("2026-03-17", 20, "2.00")


def test_elsewhere_each_reminder_may_charge_a_business(shop: Shop) -> None:
    invoice = bill(shop, place="GENERIC")
    assert [fee.amount for fee in propose(invoice, FIXED)] == [Decimal("60.00")]
    assert [fee.amount for fee in propose(invoice, FIXED, later=1)] == [Decimal("60.00")]
