"""What must hold across rows about money: each rule is broken on purpose, and named."""

from decimal import Decimal
from typing import Any

import pytest

from invoices import invariants
from invoices.models import Invoice, InvoiceLine, LedgerEntry, Payment
from invoices.services import crediting, drafting, issuing
from invoices.states import InvoiceKind
from shopdisputes.ops import invariants as ops_invariants
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Counter
from tests.factories import NOW, PaymentPlanFactory, PromiseFactory, ShopFactory, authorized_order
from tests.invoices.money import BOSS, DESK, pay
from tests.tampering import by_hand

pytestmark = pytest.mark.django_db


def issued(**draft: Any) -> Invoice:
    """The brakes, 242.28 with tax: authorized, drafted, issued."""
    order = authorized_order()
    made = drafting.draft(repair_order=order, kind=InvoiceKind.FULL, by=DESK, at=NOW, **draft)
    return issuing.issue(invoice=made, by=DESK, at=NOW)


def found() -> list[str]:
    return list(invariants.broken())


def test_holds_through_bills_money_and_corrections() -> None:
    invoice = issued()
    pay(invoice.customer, "300.00", (invoice, "100.00"))
    crediting.credit(invoice=invoice, reason="Goodwill.", amount=Decimal("42.28"), by=BOSS, at=NOW)
    PaymentPlanFactory(invoice=Invoice.objects.get(pk=invoice.pk), shop=invoice.shop)
    issued()
    assert found() == []


def test_names_a_balance_that_is_not_the_sum_of_its_entries() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_invoice SET balance = 1.00")
    assert found() == [f"{invoice}: its balance is 1.00, its entries make 242.28"]


def test_names_an_entry_that_was_changed_or_taken_away() -> None:
    invoice = issued()
    pay(invoice.customer, "100.00", (invoice, "100.00"))
    by_hand("UPDATE invoices_ledgerentry SET balance = 140.00 WHERE sequence = 2")
    assert found() == [f"{invoice}: entry 2 says 140.00, but it makes 142.28"]
    by_hand("UPDATE invoices_ledgerentry SET sequence = 3 WHERE sequence = 2")
    assert found() == [f"{invoice}: its ledger lacks entry 2"]
    by_hand("DELETE FROM invoices_ledgerentry")
    payment = Payment.objects.get()
    assert found() == [
        f"{invoice}: it was issued, but never billed",
        f"{payment}: 100.00 counts as used, 0.00 is on invoices",
    ]


def test_names_a_ledger_that_begins_with_something_else() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_ledgerentry SET amount = 1.00, balance = 1.00")
    by_hand("UPDATE invoices_invoice SET balance = 1.00")
    assert found() == [f"{invoice}: its ledger does not begin with what it bills"]


def test_names_numbers_that_are_missing_or_beyond_the_counter() -> None:
    invoice = issued()
    slug = invoice.shop.slug
    Counter.objects.filter(series="INV").update(last=3)
    assert found() == [f"{slug}: INV-2026- lacks the numbers [2, 3]"]
    Counter.objects.filter(series="INV").update(last=0)
    assert found() == [f"{slug}: INV-2026- has numbers beyond the counter's 0"]


def test_names_totals_that_are_not_those_of_the_lines() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_invoice SET subtotal = subtotal + 1, tax = tax - 1")
    assert found()[0] == f"{invoice}: the totals are not those of its lines"


def test_names_a_snapshot_that_was_changed() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_invoice SET canonical_json = '{}'")
    assert found() == [f"{invoice}: the hash is not that of what was issued"]


def test_names_rows_that_do_not_say_what_was_issued() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_invoiceline SET description = 'Gold' WHERE position = 1")
    assert found() == [f"{invoice}: its rows do not say what was issued"]


def test_names_an_issued_one_without_document_or_email() -> None:
    invoice = issued()
    by_hand("UPDATE invoices_invoice SET document_id = NULL")
    OutgoingEmail.objects.filter(target_id=invoice.pk).delete()
    assert found() == [
        f"{invoice}: it has no document",
        f"{invoice}: it counts as mailed, but there is no e-mail",
    ]


def test_names_a_line_without_a_basis_or_reason() -> None:
    invoice = issued()
    by_hand(
        "UPDATE invoices_invoiceline SET basis = '{}', gaps = '[\"not_done\"]' WHERE position = 1"
    )
    sentences = found()
    assert f"{invoice}: line 1 has gaps ['not_done'] and no reason" in sentences
    assert f"{invoice}: line 1 has no authorization" in sentences
    # 144.00 and its tax stand on nothing now.
    assert f"{invoice.repair_order}: 242.28 is billed, but 69.48 was authorized" in sentences


def test_a_reason_of_a_manager_stands_for_a_basis() -> None:
    invoice = issued()
    by_hand(
        "UPDATE invoices_invoiceline SET basis = '{}', override_reason = 'Agreed.',"
        " override_by = 'Max', override_at = now() WHERE position = 1"
    )
    assert found() == [f"{invoice}: its rows do not say what was issued"]


def test_names_a_credit_note_that_takes_nothing_off_or_too_much() -> None:
    invoice = issued()
    note = crediting.credit(
        invoice=invoice, reason="Goodwill.", amount=Decimal("42.28"), by=BOSS, at=NOW
    )
    by_hand(
        "UPDATE invoices_invoice SET total = total + 300, subtotal = subtotal + 300"
        " WHERE kind = 'credit_note'"
    )
    sentences = found()
    assert f"{note}: it takes nothing off {invoice}" in sentences
    assert f"{invoice}: more was credited than was billed" in sentences


def test_names_money_that_is_in_two_places_or_in_none() -> None:
    invoice = issued()
    payment = pay(invoice.customer, "100.00", (invoice, "60.00"))
    by_hand("UPDATE invoices_payment SET unallocated = 50.00")
    assert found() == [f"{payment}: 50.00 counts as used, 60.00 is on invoices"]
    by_hand("UPDATE invoices_payment SET unallocated = 30.00, refunded = 10.00")
    assert found() == [f"{payment}: what counts as given back is not the sum of its refunds"]


def test_names_instalments_that_do_not_make_their_plan() -> None:
    plan = PaymentPlanFactory(invoice=issued())
    by_hand("UPDATE invoices_instalment SET amount = amount + 1, due_on = '2026-05-01'")
    assert found() == [
        f"{plan}: its instalments do not sum to its total",
        f"{plan}: the days of its instalments do not rise",
    ]
    by_hand("UPDATE invoices_paymentplan SET sha256 = repeat('0', 64)")
    assert f"{plan}: the hash is not that of what was written down" in found()


def test_names_holds_that_outlived_their_cause_or_exceed_the_bill() -> None:
    invoice = issued()
    PromiseFactory(invoice=invoice)
    by_hand("UPDATE invoices_promise SET status = 'kept'")
    assert found() == [f"{invoice}: it is still held for a promise that is over"]
    by_hand("UPDATE invoices_hold SET amount = 500.00")
    assert found()[-1] == f"{invoice}: 500.00 of it is held, more than it bills"


def test_names_rows_of_two_shops_that_hang_together() -> None:
    issued()
    other = ShopFactory()
    line = InvoiceLine.objects.get(position=1)
    by_hand("UPDATE invoices_invoiceline SET shop_id = %s WHERE id = %s", other.pk, line.pk)
    entry = LedgerEntry.objects.get()
    by_hand("UPDATE invoices_ledgerentry SET shop_id = %s", other.pk)
    assert list(ops_invariants.broken()) == [
        f"invoices.invoiceline {line.pk} and its invoice are of two shops",
        f"invoices.invoiceline {line.pk} and its estimate_line are of two shops",
        f"invoices.invoiceline {line.pk} and its answer are of two shops",
        f"invoices.ledgerentry {entry.pk} and its invoice are of two shops",
    ]
