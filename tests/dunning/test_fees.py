"""Charges for being late: proposed by a step, owed once claimed, never on what is disputed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from dunning import invariants
from dunning.models import Fee, Reminder
from dunning.services import approving, bouncing, fees
from dunning.services.fees import FeeNotAllowed, FeeOnContested, FeePaid, ReminderNotSent
from dunning.states import FeeRule, FeeStatus, Template
from invoices import collecting
from invoices.models import Invoice
from invoices.services import crediting, ending, holds
from invoices.services.ledger import InvoiceNotPayable
from invoices.states import EntryKind, HoldKind, Settlement
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.jurisdictions import profiles
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    FeeFactory,
    HoldFactory,
    InvoiceFactory,
    LadderFactory,
    PaymentFactory,
    ReminderFactory,
    RepairOrderFactory,
)

pytestmark = pytest.mark.django_db

INTEREST = {"fee_rule": FeeRule.INTEREST}
FIXED = {"fee_rule": FeeRule.FIXED, "fee_amount": Decimal("60.00")}
RATES = {"interest_business": Decimal("12.00"), "interest_person": Decimal("3.65")}
#: 30 days late at ``NOW``.
DUE_ON = date(2026, 2, 14)


def bill(
    shop: Shop, *, kind: str = "business", place: str = "FR", total: str = "1000.00"
) -> Invoice:
    order = RepairOrderFactory(
        shop=shop,
        vehicle__customer=CustomerFactory(shop=shop, kind=kind),
        profile=profiles.freeze(place),
    )
    return InvoiceFactory(
        repair_order=order,
        issued=True,
        total=Decimal(total),
        created_at=NOW - timedelta(days=45),
        due_on=DUE_ON,
    )


def remind(invoice: Invoice, step: dict[str, Any], *, later: int = 0, **kwargs: Any) -> Reminder:
    ladder = LadderFactory(shop=invoice.shop, steps=[step], limits=RATES)
    rung = ladder.versions.get().steps.get()
    reminder = ReminderFactory(invoice=invoice, step=rung, step_key=10 + later, **kwargs)
    return Reminder.objects.with_everything().get(pk=reminder.pk)


def propose(invoice: Invoice, step: dict[str, Any], *, later: int = 0) -> list[Fee]:
    at = NOW + timedelta(days=later)
    sent = remind(invoice, step, later=later, status="sent", ended_at=at)
    return fees.propose(reminders=[sent], at=at)


def by_hand(sql: str) -> None:
    """What somebody with a database shell and bad intentions can do."""
    with connection.cursor() as cursor:
        # Constraints that wait for the commit must be settled before triggers are switched off.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")


def entries(invoice: Invoice) -> list[tuple[str, Decimal]]:
    return list(invoice.entries.in_order().values_list("kind", "amount"))


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


def test_a_claimed_charge_is_owed_with_the_invoice(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, INTEREST)

    fee = fees.claim(fee=fee, by=by, at=NOW)

    invoice.refresh_from_db()
    assert invoice.balance == Decimal("1009.86")
    assert entries(invoice)[-1] == (EntryKind.FEE, Decimal("9.86"))
    assert fee.entry is not None
    assert fee.entry.note == "30 days at 12.00 % a year"
    assert (fee.status, fee.decided_by) == (FeeStatus.CLAIMED, by.name)
    assert collecting.standing(invoice, at=NOW).settlement == Settlement.UNPAID
    assert AuditEvent.objects.for_shop(shop).filter(action="invoice.fee_claimed").count() == 1
    # No interest bears interest.
    (later,) = propose(invoice, INTEREST, later=10)
    assert later.base == Decimal("1000.00")


def test_an_invoice_is_part_paid_as_long_as_its_charge_is_not(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    fees.claim(fee=fee, by=by, at=NOW)
    invoice.refresh_from_db()
    PaymentFactory(on=invoice, amount=Decimal("10.00"))
    assert collecting.standing(invoice, at=NOW).settlement == Settlement.PART_PAID
    # As much as the charge comes to: what is left is what was billed.
    PaymentFactory(on=invoice, amount=Decimal("30.00"))
    assert collecting.standing(invoice, at=NOW).settlement == Settlement.PART_PAID
    PaymentFactory(on=invoice, amount=Decimal("960.00"))
    assert invoice.balance == Decimal("40.00")
    assert collecting.standing(invoice, at=NOW).settlement == Settlement.PART_PAID


def test_a_credit_note_takes_back_what_was_billed_and_no_charge(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    fees.claim(fee=fee, by=by, at=NOW)
    invoice.refresh_from_db()
    payment = PaymentFactory(on=invoice, amount=Decimal("1020.00"))

    crediting.credit(invoice=invoice, reason="Done badly.", by=by, at=NOW)

    invoice.refresh_from_db()
    payment.refresh_from_db()
    assert invoice.balance == Decimal("20.00")
    assert payment.unallocated == Decimal("1000.00")


def test_a_charge_is_claimed_once_and_by_the_management(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    with pytest.raises(NotYourTransition):
        fees.claim(fee=fee, by=ADVISOR, at=NOW)
    assert entries(invoice) == [(EntryKind.BILLED, Decimal("1000.00"))]
    fees.claim(fee=fee, by=by, at=NOW)
    with pytest.raises(IllegalTransition):
        fees.claim(fee=fee, by=by, at=NOW)
    assert len(entries(invoice)) == 2


def test_refuses_a_fixed_charge_of_somebody_who_is_a_consumer_now(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    invoice.customer.kind = "person"
    invoice.customer.save()
    with pytest.raises(FeeNotAllowed) as refused:
        fees.claim(fee=fee, by=by, at=NOW)
    assert str(refused.value) == "The rules of France: no fixed charge of a consumer."
    assert len(entries(invoice)) == 1


@pytest.mark.parametrize("disputed", ["0.01", None])
def test_refuses_what_was_computed_on_an_amount_disputed_since(
    shop: Shop, by: Actor, disputed: str | None
) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, INTEREST)
    hold = holds.place(
        invoice=invoice,
        kind=HoldKind.DISPUTE,
        amount=None if disputed is None else Decimal(disputed),
        by=by,
        at=NOW,
    )
    with pytest.raises(FeeOnContested):
        fees.claim(fee=fee, by=by, at=NOW)
    assert len(entries(invoice)) == 1

    holds.release(hold=hold, reason="Explained.", by=by, at=NOW)
    assert fees.claim(fee=fee, by=by, at=NOW).status == FeeStatus.CLAIMED


def test_may_be_claimed_after_the_invoice_itself_was_paid(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, INTEREST)
    PaymentFactory(on=invoice, amount=Decimal("1000.00"), recorded_at=NOW + timedelta(hours=1))
    fees.claim(fee=fee, by=by, at=NOW + timedelta(hours=2))
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("9.86")


def test_a_void_or_written_off_invoice_takes_no_charge(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    ending.write_off(invoice=invoice, reason="Bankrupt.", by=by, at=NOW)
    with pytest.raises(InvoiceNotPayable):
        fees.claim(fee=fee, by=by, at=NOW)
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("0.00")
    assert fees.waive(fee=fee, reason="Bankrupt.", by=by, at=NOW).status == FeeStatus.WAIVED


def test_waiving_lets_go_of_what_is_still_owed_of_it(shop: Shop, by: Actor) -> None:
    invoice = bill(shop, place="GENERIC")
    (first,) = propose(invoice, FIXED)
    (second,) = propose(invoice, INTEREST, later=1)
    for fee in (first, second):
        fees.claim(fee=fee, by=by, at=NOW)
    invoice.refresh_from_db()
    # Everything that was billed, and 25.00 of the older charge.
    PaymentFactory(on=invoice, amount=Decimal("1025.00"))

    with pytest.raises(ReasonMissing):
        fees.waive(fee=first, reason=" ", by=by, at=NOW)
    waived = fees.waive(fee=first, reason="A good customer.", by=by, at=NOW)

    assert (waived.status, waived.reason) == (FeeStatus.WAIVED, "A good customer.")
    assert entries(invoice)[-1] == (EntryKind.FEE_WAIVED, Decimal("-35.00"))
    invoice.refresh_from_db()
    assert invoice.balance == second.amount
    with pytest.raises(IllegalTransition):
        fees.waive(fee=first, reason="Again.", by=by, at=NOW)


def test_a_paid_charge_cannot_be_waived(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    fees.claim(fee=fee, by=by, at=NOW)
    invoice.refresh_from_db()
    PaymentFactory(on=invoice, amount=Decimal("1040.00"))
    with pytest.raises(FeePaid):
        fees.waive(fee=fee, reason="Too late.", by=by, at=NOW)
    fee.refresh_from_db()
    assert fee.status == FeeStatus.CLAIMED


def test_waived_interest_is_not_charged_again(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, INTEREST)
    fees.waive(fee=fee, reason="Goodwill.", by=by, at=NOW)
    assert len(entries(invoice)) == 1
    (later,) = propose(invoice, INTEREST, later=5)
    assert sum(span["days"] for span in later.explanation["spans"]) == 5


# --- The pages ------------------------------------------------------------------------------


def test_the_management_claims_what_is_ticked_and_waives_with_a_reason(
    shop: Shop, owner: Membership, client: Client
) -> None:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    (first,), (second,) = propose(bill(shop), INTEREST), propose(bill(shop), FIXED)
    words = client.get(reverse("fee-list")).content.decode()
    assert "€49.86" in words

    client.post(reverse("fee-claim"), {"fee": [str(first.pk), str(second.pk)]})
    assert set(Fee.objects.values_list("status", flat=True)) == {FeeStatus.CLAIMED}
    page = reverse("fee", args=[first.pk])
    assert "€9.86" in client.get(page).content.decode()

    waive = reverse("fee-waive", args=[first.pk])
    assert client.post(waive, {"reason": ""}).status_code == 422
    assert client.post(waive, {"reason": "Goodwill."})["Location"] == page
    assert Fee.objects.get(pk=first.pk).status == FeeStatus.WAIVED
    assert "Goodwill." in client.get(page).content.decode()


def test_says_why_a_charge_cannot_be_claimed(shop: Shop, owner: Membership, client: Client) -> None:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    (fee,) = propose(bill(shop), FIXED)
    Customer.objects.update(kind="person")
    words = client.get(reverse("fee", args=[fee.pk])).content.decode()
    assert "The rules of France: no fixed charge of a consumer." in words
    answer = client.post(reverse("fee-claim"), {"fee": [str(fee.pk)]}, follow=True)
    assert "no fixed charge of a consumer" in answer.content.decode()
    assert Fee.objects.get().status == FeeStatus.PROPOSED


def test_names_a_charge_that_contradicts_its_ledger(shop: Shop, by: Actor) -> None:
    invoice = bill(shop)
    (fee,) = propose(invoice, FIXED)
    fees.claim(fee=fee, by=by, at=NOW)
    DunningPositionFactory(invoice=invoice)
    Reminder.objects.update(status="sent", ended_at=NOW)
    assert list(invariants.broken()) == []

    by_hand("UPDATE dunning_fee SET amount = 41.00")
    assert [sentence.split(": ")[1] for sentence in invariants.broken()] == [
        "its entry in the ledger is not what was claimed"
    ]
    by_hand("UPDATE dunning_fee SET entry_id = NULL, status = 'proposed'")
    assert [sentence.split(": ")[1] for sentence in invariants.broken()] == [
        "it was charged, but no charge was claimed",
        "it is decided without a day, or the other way round",
    ]
