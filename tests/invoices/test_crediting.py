"""Credit notes: an issued invoice never changes, what it asks for does."""

import json
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice, LedgerEntry
from invoices.services import crediting
from invoices.services.crediting import (
    AmountOrLines,
    CreditLine,
    MoreThanBilled,
    UnknownLine,
    WrongQuantity,
)
from invoices.services.ledger import WrongAmount
from invoices.services.reasons import ReasonTooLong
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import NOW, InvoiceFactory, InvoiceLineFactory, PaymentFactory
from tests.invoices.bills import drafted, issued, lines_of, refuses, void
from tests.invoices.money import DESK, TECHNICIAN, balance_of, events, fresh

pytestmark = pytest.mark.django_db


def credit(invoice: Invoice, **options: Any) -> Invoice:
    return crediting.credit(
        invoice=invoice, **{"reason": "Billed twice.", "by": DESK, "at": NOW} | options
    )


def taken(invoice: Invoice, *lines: dict[str, Any]) -> list[CreditLine]:
    rows = lines_of(invoice)
    return [CreditLine(line_id=row.pk, **told) for row, told in zip(rows, lines, strict=False)]


def test_an_amount_is_credited_with_the_tax_it_contains() -> None:
    invoice = issued()
    note = credit(invoice, amount=Decimal("100.00"))
    note.refresh_from_db()
    assert (note.number, note.kind, note.status) == ("CN-2026-0001", "credit_note", "issued")
    assert (note.subtotal, note.tax, note.total) == (
        Decimal("83.33"),
        Decimal("16.67"),
        Decimal("100.00"),
    )
    assert (note.original, note.balance, note.explanation) == (
        invoice,
        Decimal("0.00"),
        "Billed twice.",
    )
    assert [line.description for line in lines_of(note)] == ["Credit on INV-2026-0001"]
    assert balance_of(invoice) == Decimal("142.28")
    entry = LedgerEntry.objects.get(credit_note=note)
    assert (entry.invoice, entry.amount) == (invoice, Decimal("-100.00"))
    assert events(invoice)[-1] == "invoice.credited"
    assert note.document is not None
    assert json.loads(note.canonical_json)["invoice"]["original"] == "INV-2026-0001"
    assert OutgoingEmail.objects.filter(kind="credit_note_sent", target_id=note.pk).count() == 1


def test_the_original_stays_as_it_was_issued() -> None:
    invoice = issued()
    before = fresh(invoice).canonical_json
    credit(invoice)
    assert (fresh(invoice).canonical_json, fresh(invoice).status) == (before, "issued")


def test_lines_are_credited_by_quantity_by_net_or_whole() -> None:
    invoice = issued()
    note = credit(
        invoice, lines=taken(invoice, {"quantity": Decimal("0.3")}, {"net": Decimal("7.90")})
    )
    assert [(line.quantity, line.net) for line in lines_of(note)] == [
        (Decimal("0.300"), Decimal("24.00")),
        (Decimal("1.000"), Decimal("7.90")),
    ]
    assert (note.total, balance_of(invoice)) == (Decimal("38.28"), Decimal("204.00"))
    rest = credit(invoice, lines=taken(invoice, {}))
    assert (rest.total, balance_of(invoice)) == (Decimal("144.00"), Decimal("60.00"))
    assert credit(invoice).total == Decimal("60.00")


@pytest.mark.parametrize("amount", [None, Decimal("242.28")])
def test_all_of_it_is_credited_line_by_line(amount: Decimal | None) -> None:
    invoice = issued()
    note = credit(invoice, amount=amount)
    assert [line.credited_line for line in lines_of(note)] == lines_of(invoice)
    assert [line.quantity for line in lines_of(note)] == [Decimal("1.800"), Decimal("1.000")]
    assert (note.taxes, balance_of(invoice)) == (invoice.taxes, Decimal("0.00"))


def test_after_an_amount_all_that_is_left_is_an_amount() -> None:
    invoice = issued()
    credit(invoice, amount=Decimal("0.01"))
    rest = credit(invoice)
    assert (rest.total, balance_of(invoice)) == (Decimal("242.27"), Decimal("0.00"))
    assert [line.credited_line for line in lines_of(rest)] == [None]


def test_a_discount_is_taken_back_with_what_it_was_given_on() -> None:
    invoice = InvoiceFactory(issued=True, total="90.00", lines=None, subtotal=Decimal("75.00"))
    InvoiceLineFactory(invoice=invoice, quantity=Decimal("1"), unit_price=Decimal("85.00"))
    InvoiceLineFactory(
        invoice=invoice, kind="discount", quantity=Decimal("1"), unit_price=Decimal("-10.00")
    )
    error = refuses(MoreThanBilled, lambda: credit(invoice, lines=taken(invoice, {})))
    assert list(error.fields) == ["lines"]
    note = credit(invoice)
    assert [line.net for line in lines_of(note)] == [Decimal("85.00"), Decimal("-10.00")]
    assert note.total == Decimal("90.00")


def test_what_was_paid_too_much_comes_off_the_newest_payments_first() -> None:
    invoice = issued()
    first = PaymentFactory(on=invoice, amount="200.00", recorded_at=NOW.replace(hour=8))
    second = PaymentFactory(on=invoice, amount="42.28", recorded_at=NOW.replace(hour=9))
    note = credit(invoice, amount=Decimal("100.00"))
    assert (fresh(second).unallocated, fresh(first).unallocated) == (
        Decimal("42.28"),
        Decimal("57.72"),
    )
    assert balance_of(invoice) == Decimal("0.00")
    kinds = LedgerEntry.objects.filter(invoice=invoice).order_by("sequence")
    assert [entry.kind for entry in kinds][-3:] == [
        "payment_taken_back",
        "payment_taken_back",
        "credit",
    ]
    assert events(second)[-1] == "payment.unallocated"
    assert note.total == Decimal("100.00")


def test_what_is_still_owed_is_credited_before_money_moves() -> None:
    invoice = issued()
    payment = PaymentFactory(on=invoice, amount="200.00")
    credit(invoice, amount=Decimal("50.00"))
    assert (fresh(payment).unallocated, balance_of(invoice)) == (
        Decimal("7.72"),
        Decimal("0.00"),
    )


def test_never_more_than_was_billed() -> None:
    invoice = issued()
    refuses(MoreThanBilled, lambda: credit(invoice, amount=Decimal("242.29")))
    credit(invoice, amount=Decimal("200.00"))
    refuses(MoreThanBilled, lambda: credit(invoice, amount=Decimal("42.29")))
    error = refuses(MoreThanBilled, lambda: credit(invoice, lines=taken(invoice, {})))
    assert error.code == "more-than-billed"
    credit(invoice, amount=Decimal("42.28"))
    refuses(MoreThanBilled, lambda: credit(invoice))


@pytest.mark.parametrize(
    ("told", "error", "field"),
    [
        ({"quantity": Decimal("0")}, WrongQuantity, "lines.0.quantity"),
        ({"quantity": Decimal("0.0001")}, WrongQuantity, "lines.0.quantity"),
        ({"quantity": Decimal("1.801")}, MoreThanBilled, "lines.0"),
        ({"net": Decimal("0.00")}, WrongAmount, "lines.0.net"),
        ({"net": Decimal("0.001")}, WrongAmount, "lines.0.net"),
        ({"net": Decimal("-1.00")}, MoreThanBilled, "lines.0"),
        ({"net": Decimal("144.01")}, MoreThanBilled, "lines.0"),
    ],
)
def test_no_more_of_a_line_than_it_billed(told: dict[str, Any], error: Any, field: str) -> None:
    invoice = issued()
    refused = refuses(error, lambda: credit(invoice, lines=taken(invoice, told)))
    assert list(refused.fields) == [field]


def test_a_line_is_on_the_invoice_and_named_once() -> None:
    invoice, other = issued(), issued()
    refuses(UnknownLine, lambda: credit(invoice, lines=taken(other, {})))
    twice = [*taken(invoice, {}), *taken(invoice, {})]
    error = refuses(UnknownLine, lambda: credit(invoice, lines=twice))
    assert list(error.fields) == ["lines.1.line"]


def test_a_credit_note_says_why_and_one_thing() -> None:
    invoice = issued()
    refuses(ReasonMissing, lambda: credit(invoice, reason=" "))
    refuses(ReasonTooLong, lambda: credit(invoice, reason="x" * 1001))
    refuses(AmountOrLines, lambda: credit(invoice, amount=Decimal("1.00"), lines=[]))
    for amount in ("0.00", "-1.00", "0.001"):
        refuses(WrongAmount, lambda amount=amount: credit(invoice, amount=Decimal(amount)))
    refuses(MoreThanBilled, lambda: credit(invoice, lines=[]))


def test_only_an_issued_invoice_is_credited_and_only_by_the_desk() -> None:
    draft = drafted()
    refuses(IllegalTransition, lambda: credit(draft))
    invoice = issued()
    refuses(NotYourTransition, lambda: credit(invoice, by=TECHNICIAN))
    note = credit(invoice, amount=Decimal("1.00"))
    refuses(IllegalTransition, lambda: credit(note))
    other = void(issued())
    refuses(IllegalTransition, lambda: credit(other))
