"""Charges that are claimed, paid and waived: owed with the invoice, each once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dunning import invariants
from dunning.models import Fee, Reminder
from dunning.services import fees
from dunning.services.fees import FeeNotAllowed, FeeOnContested, FeePaid
from dunning.states import FeeStatus
from invoices import collecting
from invoices.services import crediting, ending, holds
from invoices.services.ledger import InvoiceNotPayable
from invoices.states import EntryKind, HoldKind, Settlement
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.dunning.late import FIXED, INTEREST, bill, entries, propose
from tests.factories import ADVISOR, NOW, DunningPositionFactory, PaymentFactory
from tests.tampering import by_hand

pytestmark = pytest.mark.django_db


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
