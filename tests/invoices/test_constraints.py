"""Bills that can never be absurd, and issued ones that can never change: the database refuses."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from estimates.states import LineKind
from invoices.models import Invoice, InvoiceLine, LedgerEntry
from invoices.states import EntryKind, InvoiceKind
from tests.factories import (
    NOW,
    InvoiceFactory,
    InvoiceLineFactory,
    LedgerEntryFactory,
    PaymentFactory,
)
from tests.invoices.bills import lines_of

pytestmark = pytest.mark.django_db


def refuses(name: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def put(row: models.Model, **facts: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**facts)


def test_a_number_is_given_once_a_shop() -> None:
    invoice = InvoiceFactory(issued=True)
    again = {"issued": True, "number": invoice.number}
    refuses("invoice_number_unique_per_shop", lambda: InvoiceFactory(shop=invoice.shop, **again))
    InvoiceFactory(**again)


def test_a_visit_has_one_draft_of_a_kind() -> None:
    draft = InvoiceFactory()
    order = draft.repair_order
    refuses("invoice_one_draft_of_a_kind_per_order", lambda: InvoiceFactory(repair_order=order))
    InvoiceFactory(repair_order=order, kind=InvoiceKind.STORAGE)
    InvoiceFactory(repair_order=order, issued=True)


@pytest.mark.parametrize("total", [Decimal("120.01"), Decimal("119.99")])
def test_the_total_adds_up(total: Decimal) -> None:
    draft = InvoiceFactory()
    refuses("invoice_total_adds_up", lambda: put(draft, total=total))


@pytest.mark.parametrize(
    "facts",
    [
        {"number": "INV-2026-0001"},
        {"balance": Decimal("1.00")},
        {"status": "issued"},
        {"status": "issued", "number": "INV-2026-0001", "sha256": "x"},
        {"status": "issued", "number": "INV-2026-0001", "issued_on": date(2026, 3, 16)},
    ],
)
def test_an_issued_invoice_is_numbered_and_hashed_a_draft_is_not(facts: dict[str, Any]) -> None:
    draft = InvoiceFactory()
    refuses("invoice_issued_is_numbered_and_hashed|only_issued_ones", lambda: put(draft, **facts))


def test_nothing_below_zero_is_issued() -> None:
    below = {"subtotal": Decimal("-1.00"), "tax": Decimal("0.00"), "total": Decimal("-1.00")}
    refuses(
        "invoice_issued_is_numbered_and_hashed",
        lambda: InvoiceFactory(issued=True, kind="full", status="void", lines=None, **below),
    )


def test_a_balance_is_never_below_zero() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses("invoice_balance_not_negative", lambda: put(invoice, balance=Decimal("-0.01")))


@pytest.mark.parametrize("status", ["void", "written_off"])
def test_only_an_issued_invoice_is_owed(status: str) -> None:
    invoice = InvoiceFactory(issued=True)
    refuses("invoice_only_issued_ones_are_owed", lambda: put(invoice, status=status))


def test_a_credit_note_corrects_an_invoice_and_owes_nothing() -> None:
    draft, note = InvoiceFactory(), InvoiceFactory(credit_note=True)
    name = "invoice_credit_note_has_its_original"
    refuses(name, lambda: put(draft, kind=InvoiceKind.CREDIT_NOTE))
    refuses(name, lambda: put(draft, original=note.original))
    refuses(name, lambda: put(note, balance=Decimal("1.00")))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("invoice_line_quantity_sane", {"quantity": Decimal("-0.001")}),
        ("invoice_line_quantity_sane", {"quantity": Decimal("9999.001")}),
        ("invoice_line_tax_rate_sane", {"tax_rate": Decimal("-0.01")}),
        ("invoice_line_tax_rate_sane", {"tax_rate": Decimal("100.01")}),
        ("invoice_line_negative_only_for_discounts", {"unit_price": Decimal("-0.01")}),
        (
            "invoice_line_negative_only_for_discounts",
            {"kind": LineKind.DISCOUNT, "unit_price": Decimal("0.01")},
        ),
        ("invoice_line_override_is_signed", {"override_reason": "Said so."}),
        ("invoice_line_override_is_signed", {"override_by": "Max Manager"}),
        ("invoice_line_override_is_signed", {"override_at": NOW}),
    ],
)
def test_a_line_is_sane(name: str, facts: dict[str, Any]) -> None:
    line = InvoiceLineFactory()
    refuses(name, lambda: put(line, **facts))


def test_the_entries_of_an_invoice_are_counted_and_it_is_billed_once() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses("ledger_entry_sequence_unique", lambda: LedgerEntryFactory(invoice=invoice, sequence=1))
    refuses(
        "ledger_entry_billed_once",
        lambda: LedgerEntryFactory(invoice=invoice, kind=EntryKind.BILLED),
    )


def test_a_credit_note_is_credited_once() -> None:
    note = InvoiceFactory(credit_note=True)
    credit = {"kind": EntryKind.CREDIT, "credit_note": note}
    LedgerEntryFactory(invoice=note.original, **credit)
    refuses(
        "ledger_entry_credited_once",
        lambda: LedgerEntryFactory(invoice=InvoiceFactory(issued=True), **credit),
    )


def test_an_entry_moves_something_and_never_below_zero() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses(
        "ledger_entry_moves_something",
        lambda: LedgerEntryFactory(invoice=invoice, amount=Decimal("0.00")),
    )
    refuses(
        "ledger_entry_balance_not_negative",
        lambda: LedgerEntryFactory(invoice=invoice, balance=Decimal("-0.01")),
    )


def test_an_entry_of_a_payment_names_it_and_no_other_does() -> None:
    invoice = InvoiceFactory(issued=True)
    name = "ledger_entry_of_a_payment_names_it"
    refuses(name, lambda: LedgerEntryFactory(invoice=invoice, kind=EntryKind.PAYMENT))
    payment = PaymentFactory(customer=invoice.customer)
    refuses(name, lambda: LedgerEntryFactory(invoice=invoice, payment=payment))


#: What may still be noted on an issued invoice.
STILL_OPEN = frozenset(
    {
        "status",
        "balance",
        "document_id",
        "signature_id",
        "signed_document_id",
        "sent_at",
        "sent_to",
        "ended_at",
        "end_reason",
    }
)


def another(row: models.Model, field: Any) -> Any:
    """A value that differs from the row's."""
    value = getattr(row, field.attname)
    if isinstance(field, models.ForeignKey):
        return "00000000-0000-4000-8000-000000000000"
    if isinstance(field, models.DateTimeField):
        return NOW + timedelta(days=400)
    if isinstance(field, models.DateField):
        return date(2027, 4, 20)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return (value or 0) + 1
    return "xx"


def refuses_every_change(row: models.Model, *, but: frozenset[str] = frozenset()) -> None:
    rows = type(row)._default_manager.filter(pk=row.pk)
    for field in row._meta.concrete_fields:
        if field.primary_key or field.attname in but:
            continue
        change = {field.attname: another(row, field)}
        refuses("is frozen", lambda change=change: rows.update(**change))
    refuses("is frozen", lambda: rows._raw_delete(rows.db))


def test_an_issued_invoice_refuses_every_change_but_that_of_its_life() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses_every_change(invoice, but=STILL_OPEN)
    put(invoice, sent_to="camille@customer.example", sent_at=NOW)
    refuses_every_change(lines_of(invoice)[0])
    refuses_every_change(invoice.entries.get())


def test_a_draft_and_its_lines_may_change_and_go() -> None:
    draft = InvoiceFactory()
    put(lines_of(draft)[0], net=Decimal("1.00"))
    put(draft, explanation="Otherwise.")
    draft.delete()
    assert not InvoiceLine.objects.filter(invoice_id=draft.pk).exists()


def test_every_constraint_of_a_bill_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    named = {
        constraint.name
        for model in (Invoice, InvoiceLine, LedgerEntry)
        for constraint in model._meta.constraints
    }
    assert {name for name in named if name not in source} == set()
