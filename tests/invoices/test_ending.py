"""The ends of an invoice: void, written off, and taken back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice, LedgerEntry
from invoices.services import crediting, ending
from invoices.services.ending import NothingToWriteOff, VoidRefused
from invoices.services.reasons import ReasonTooLong
from shopdisputes.outbox.models import EmailStatus, OutgoingEmail
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import (
    NOW,
    ClaimFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentPlanFactory,
    PromiseFactory,
)
from tests.invoices.bills import drafted, issued, refuses, void
from tests.invoices.money import BOSS, DESK, TECHNICIAN, balance_of, events, fresh

pytestmark = pytest.mark.django_db

REASON = {"reason": "The customer is bankrupt.", "at": NOW}


def write_off(invoice: Invoice, **options: Any) -> Invoice:
    return ending.write_off(invoice=invoice, **REASON | {"by": BOSS} | options)


def recover(invoice: Invoice, **options: Any) -> Invoice:
    return ending.recover(invoice=invoice, **REASON | {"by": DESK} | options)


def mails(invoice: Invoice, kind: str) -> list[str]:
    return list(
        OutgoingEmail.objects.filter(target_id=invoice.pk, kind=kind).values_list(
            "status", flat=True
        )
    )


def test_a_void_invoice_is_owed_no_more_and_keeps_its_number() -> None:
    invoice = void(issued())
    now = fresh(invoice)
    assert (now.status, now.balance, now.number) == ("void", Decimal("0.00"), "INV-2026-0001")
    assert (now.ended_at, now.end_reason) == (NOW, "Wrong visit.")
    assert events(invoice)[-1] == "invoice.voided"
    # The mail that asked for money had not left: nobody needs to be told.
    assert mails(invoice, "invoice_sent") == [EmailStatus.WITHDRAWN]
    assert mails(invoice, "invoice_voided") == []


def test_who_has_the_invoice_is_told_that_it_is_void() -> None:
    invoice = issued()
    OutgoingEmail.objects.filter(target_id=invoice.pk).update(status=EmailStatus.SENT, sent_at=NOW)
    void(invoice)
    assert mails(invoice, "invoice_voided") == [EmailStatus.QUEUED]


def test_an_invoice_over_nothing_is_voided_without_an_entry() -> None:
    invoice = InvoiceFactory(issued=True, total="0.00", lines=None)
    void(invoice)
    assert fresh(invoice).status == "void"
    assert LedgerEntry.objects.filter(invoice=invoice).count() == 1


@pytest.mark.parametrize(
    "touch",
    [
        lambda invoice: PaymentFactory(on=invoice, amount="1.00"),
        lambda invoice: crediting.credit(
            invoice=invoice, reason="Wrong.", amount=Decimal("1.00"), by=DESK, at=NOW
        ),
        lambda invoice: HoldFactory(invoice=invoice, released_at=NOW),
        lambda invoice: PromiseFactory(invoice=invoice),
        lambda invoice: PaymentPlanFactory(invoice=invoice),
        lambda invoice: ClaimFactory(invoice=invoice),
    ],
    ids=["paid", "credited", "held", "promised", "planned", "claimed"],
)
def test_an_invoice_to_which_something_happened_is_credited_instead(
    touch: Callable[[Invoice], Any],
) -> None:
    invoice = InvoiceFactory(issued=True)
    touch(invoice)
    assert refuses(VoidRefused, lambda: void(invoice)).code == "void-refused"


def test_a_credit_note_is_not_voided() -> None:
    note = InvoiceFactory(credit_note=True)
    refuses(VoidRefused, lambda: void(note))


def test_voiding_is_for_the_management_and_needs_a_reason() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses(NotYourTransition, lambda: void(invoice, by=DESK))
    refuses(ReasonMissing, lambda: void(invoice, reason=" "))
    refuses(ReasonTooLong, lambda: void(invoice, reason="x" * 1001))
    draft = drafted()
    refuses(IllegalTransition, lambda: void(draft))


def test_what_is_written_off_is_owed_no_more_until_it_is_taken_back() -> None:
    invoice = InvoiceFactory(issued=True)
    PaymentFactory(on=invoice, amount="20.00")
    write_off(invoice)
    assert (fresh(invoice).status, balance_of(invoice)) == ("written_off", Decimal("0.00"))
    assert fresh(invoice).end_reason == "The customer is bankrupt."
    recover(invoice, reason="He pays after all.")
    now = fresh(invoice)
    assert (now.status, now.balance, now.ended_at, now.end_reason) == (
        "issued",
        Decimal("100.00"),
        None,
        "",
    )
    entries = LedgerEntry.objects.filter(invoice=invoice).order_by("sequence")
    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("billed", Decimal("120.00")),
        ("payment", Decimal("-20.00")),
        ("write_off", Decimal("-100.00")),
        ("recovery", Decimal("100.00")),
    ]
    assert events(invoice)[-2:] == ["invoice.written_off", "invoice.recovered"]


def test_a_second_write_off_is_taken_back_alone() -> None:
    invoice = InvoiceFactory(issued=True)
    write_off(invoice)
    recover(invoice)
    PaymentFactory(on=fresh(invoice), amount="50.00")
    write_off(invoice)
    recover(invoice)
    assert balance_of(invoice) == Decimal("70.00")


def test_nobody_kept_a_promise_that_is_written_off() -> None:
    invoice = InvoiceFactory(issued=True)
    promise = PromiseFactory(invoice=invoice)
    plan = PaymentPlanFactory(invoice=InvoiceFactory(issued=True), active=True)
    write_off(invoice)
    write_off(plan.invoice)
    assert fresh(promise).status == "withdrawn"
    assert fresh(plan).status == "ended"
    assert fresh(promise).hold.released_at == NOW


def test_only_what_is_owed_is_written_off_and_only_by_the_management() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses(NotYourTransition, lambda: write_off(invoice, by=DESK))
    refuses(ReasonMissing, lambda: write_off(invoice, reason=""))
    PaymentFactory(on=invoice, amount="120.00")
    assert refuses(NothingToWriteOff, lambda: write_off(invoice)).code == "nothing-owed"


def test_only_a_write_off_is_taken_back_and_only_by_the_desk() -> None:
    invoice = InvoiceFactory(issued=True)
    refuses(IllegalTransition, lambda: recover(invoice))
    write_off(invoice)
    refuses(NotYourTransition, lambda: recover(invoice, by=TECHNICIAN))
    refuses(ReasonMissing, lambda: recover(invoice, reason=""))
