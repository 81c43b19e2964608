"""Recording money, putting it on invoices, taking it off, giving it back."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice, Payment
from invoices.services import ledger, moving, payments
from invoices.states import InvoiceStatus, PaymentMethod
from shopdisputes.actors import SYSTEM
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.errors import DomainError
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repairorders
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.transitions import NotYourTransition
from tests.factories import (
    NOW,
    CustomerFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
    ShopFactory,
)
from tests.invoices.money import (
    BOSS,
    DESK,
    TECHNICIAN,
    TODAY,
    balance_of,
    euros,
    events,
    everything,
    fresh,
    parts_of,
    pay,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    return InvoiceFactory(issued=True)


def refused(act: Callable[[], Any], error: type[DomainError]) -> DomainError:
    """What was said; nothing was changed."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert type(caught.value) is error
    assert everything() == before
    return caught.value


# --- Recording ------------------------------------------------------------------------------


def test_a_part_goes_on_an_invoice_and_the_rest_stays_on_account(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "150.00", (invoice, "120.00"), reference=" slip 7 ", note=" x ")

    assert payment.number == "PAY-2026-0001"
    assert (payment.reference, payment.note, payment.purpose) == ("slip 7", "x", "payment")
    assert parts_of(payment) == (euros("30.00"), euros("120.00"), euros("0.00"))
    assert balance_of(invoice) == 0
    assert events(payment) == ["payment.recorded", "payment.allocated"]


def test_the_customer_gets_a_receipt_by_mail(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "20.00", (invoice, "20.00"))

    receipt = Document.objects.get(kind=DocumentKind.RECEIPT)
    mail = OutgoingEmail.objects.get(kind="receipt")
    assert fresh(payment).receipt == receipt
    assert mail.recipient == payment.receipt_sent_to == invoice.customer.email


def test_who_wants_no_mail_has_the_receipt_all_the_same(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "20.00", by_email=False)

    assert fresh(payment).receipt is not None
    assert (payment.receipt_sent_to, OutgoingEmail.objects.count()) == ("", 0)


def test_one_that_is_named_twice_gets_both(invoice: Invoice) -> None:
    pay(invoice.customer, "50.00", (invoice, "20.00"), (invoice, "30.00"))

    assert balance_of(invoice) == euros("70.00")


def test_the_same_key_again_is_the_same_payment(invoice: Invoice) -> None:
    key = uuid.uuid4()
    first = pay(invoice.customer, "120.00", (invoice, "120.00"), idempotency_key=key)
    before = everything()

    assert pay(invoice.customer, "120.00", (invoice, "120.00"), idempotency_key=key) == first
    assert everything() == before


def test_the_same_key_for_another_amount_is_refused(invoice: Invoice) -> None:
    key = uuid.uuid4()
    pay(invoice.customer, "20.00", idempotency_key=key)

    error = refused(
        lambda: pay(invoice.customer, "21.00", idempotency_key=key), payments.AlreadyRecorded
    )

    assert error.details == {"number": "PAY-2026-0001"}


def test_the_same_key_of_another_shop_is_a_key_of_its_own(invoice: Invoice) -> None:
    key = uuid.uuid4()
    pay(invoice.customer, "20.00", idempotency_key=key)

    assert pay(CustomerFactory(), "20.00", idempotency_key=key).number == "PAY-2026-0001"
    assert Payment.objects.count() == 2


def test_the_clockwork_may_record_and_technicians_may_not(invoice: Invoice) -> None:
    assert pay(invoice.customer, "20.00", by=SYSTEM).recorded_by == "ShopDisputes"
    refused(lambda: pay(invoice.customer, "20.00", by=TECHNICIAN), NotYourTransition)


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.005"])
def test_refuses_what_is_no_amount(invoice: Invoice, amount: str) -> None:
    error = refused(lambda: pay(invoice.customer, amount), ledger.WrongAmount)
    assert list(error.fields) == ["amount"]

    error = refused(lambda: pay(invoice.customer, "50.00", (invoice, amount)), ledger.WrongAmount)
    assert list(error.fields) == [str(invoice.pk)]


def test_refuses_a_day_that_is_still_to_come(invoice: Invoice) -> None:
    error = refused(
        lambda: pay(invoice.customer, "20.00", received_on=TODAY + timedelta(days=1)),
        moving.NotYetReceived,
    )
    assert list(error.fields) == ["received_on"]


def test_refuses_more_than_is_owed_at_the_invoice(invoice: Invoice) -> None:
    error = refused(
        lambda: pay(invoice.customer, "500.00", (invoice, "120.01")), ledger.Overpayment
    )
    assert list(error.fields) == [str(invoice.pk)]


def test_refuses_to_put_on_more_than_came_in(invoice: Invoice) -> None:
    other = InvoiceFactory(issued=True, customer=invoice.customer)

    error = refused(
        lambda: pay(invoice.customer, "50.00", (invoice, "30.00"), (other, "20.01")),
        ledger.NotEnoughMoney,
    )

    assert list(error.fields) == ["allocations"]


def test_refuses_another_customers_invoice(invoice: Invoice) -> None:
    other = CustomerFactory(shop=invoice.shop)

    refused(lambda: pay(other, "50.00", (invoice, "30.00")), ledger.NotTheirInvoice)


def test_refuses_drafts_and_credit_notes(invoice: Invoice) -> None:
    draft = InvoiceFactory(customer=invoice.customer)
    note = InvoiceFactory(credit_note=True, original=invoice)

    for one in (draft, note):
        refused(
            lambda one=one: pay(invoice.customer, "9.00", (one, "9.00")), ledger.InvoiceNotPayable
        )


# --- Deposits -------------------------------------------------------------------------------


def test_a_deposit_waits_for_its_visit() -> None:
    order = RepairOrderFactory()

    deposit = pay(order.customer, "100.00", repair_order=order)

    assert (deposit.purpose, deposit.repair_order) == ("deposit", order)
    assert parts_of(deposit) == (euros("100.00"), 0, 0)


def test_refuses_a_deposit_for_somebody_elses_visit() -> None:
    order = RepairOrderFactory()
    other = CustomerFactory(shop=order.shop)

    error = refused(lambda: pay(other, "100.00", repair_order=order), payments.NotTheirVisit)

    assert list(error.fields) == ["repair_order"]


def test_refuses_a_deposit_for_a_visit_that_is_over() -> None:
    order = repairorders.close(repair_order=RepairOrderFactory(), by=DESK, at=NOW)

    refused(lambda: pay(order.customer, "100.00", repair_order=order), RepairOrderNotOpen)


def test_refuses_a_deposit_that_is_on_an_invoice_at_once(invoice: Invoice) -> None:
    refused(
        lambda: pay(
            invoice.customer, "100.00", (invoice, "20.00"), repair_order=invoice.repair_order
        ),
        payments.DepositIsApplied,
    )


# --- Allocating -----------------------------------------------------------------------------


def allocate(payment: Payment, *on: tuple[Invoice, str], **other: Any) -> Payment:
    parts = [(invoice, Decimal(part)) for invoice, part in on]
    return payments.allocate(payment=payment, allocations=parts, by=DESK, at=NOW, **other)


def take_off(payment: Payment, invoice: Invoice, amount: str, **other: Any) -> Payment:
    given: dict[str, Any] = {"reason": "It was for another one.", "by": DESK, "at": NOW}
    return payments.unallocate(
        payment=payment, invoice=invoice, amount=Decimal(amount), **given | other
    )


def test_money_on_account_goes_on_several_invoices(invoice: Invoice) -> None:
    other = InvoiceFactory(issued=True, customer=invoice.customer)
    payment = pay(invoice.customer, "150.00")

    allocate(payment, (invoice, "100.00"), (other, "50.00"))

    assert parts_of(payment) == (0, euros("150.00"), 0)
    assert (balance_of(invoice), balance_of(other)) == (euros("20.00"), euros("70.00"))


def test_a_form_that_is_sent_twice_moves_money_once(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00")
    allocate(payment, (invoice, "30.00"), seen=euros("100.00"))

    refused(
        lambda: allocate(payment, (invoice, "30.00"), seen=euros("100.00")),
        moving.MovedMeanwhile,
    )


def test_refuses_more_than_is_left_of_it(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "30.00")

    refused(lambda: allocate(payment, (invoice, "30.01")), ledger.NotEnoughMoney)


def test_money_comes_off_an_invoice_again_and_is_owed_again(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "100.00"))

    take_off(payment, invoice, "40.00")

    assert parts_of(payment) == (euros("40.00"), euros("60.00"), 0)
    assert balance_of(invoice) == euros("60.00")
    assert events(payment)[-1] == "payment.unallocated"


def test_refuses_to_take_off_more_than_stands_there_or_without_a_reason(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "50.00"))

    refused(lambda: take_off(payment, invoice, "50.01"), ledger.NotEnoughMoney)
    refused(lambda: take_off(payment, invoice, "50.00", reason="  "), ReasonMissing)
    refused(lambda: take_off(payment, invoice, "50.00", by=TECHNICIAN), NotYourTransition)
    refused(lambda: take_off(payment, invoice, "50.00", seen=euros("9.00")), moving.MovedMeanwhile)


# --- Giving back ----------------------------------------------------------------------------


def give_back(payment: Payment, amount: str, **other: Any) -> Any:
    given: dict[str, Any] = {"reason": "Paid twice.", "by": DESK, "at": NOW}
    return payments.refund(payment=payment, amount=Decimal(amount), **given | other)


def test_unallocated_money_is_given_back_the_way_it_came(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "60.00"), method=PaymentMethod.CARD)

    refund = give_back(payment, "40.00")

    assert (refund.number, refund.method, refund.refunded_on) == ("REF-2026-0001", "card", TODAY)
    assert parts_of(payment) == (0, euros("60.00"), euros("40.00"))
    assert OutgoingEmail.objects.filter(kind="refund_made").count() == 1
    assert events(payment)[-1] == "payment.refunded"


def test_refuses_to_give_back_what_stands_on_invoices(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "60.00"))

    error = refused(lambda: give_back(payment, "40.01"), payments.RefundMoreThanUnallocated)

    assert error.details == {"unallocated": "40.00"}
    assert list(error.fields) == ["amount"]


def test_refuses_a_refund_that_cannot_be(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", received_on=TODAY - timedelta(days=3))

    refused(lambda: give_back(payment, "0.00"), ledger.WrongAmount)
    refused(lambda: give_back(payment, "9.00", reason=""), ReasonMissing)
    refused(lambda: give_back(payment, "9.00", by=TECHNICIAN), NotYourTransition)
    refused(lambda: give_back(payment, "9.00", seen=euros("99.00")), moving.MovedMeanwhile)
    error = refused(
        lambda: give_back(payment, "9.00", refunded_on=TODAY + timedelta(days=1)),
        moving.NotYetReceived,
    )
    assert list(error.fields) == ["refunded_on"]
    refused(
        lambda: give_back(payment, "9.00", refunded_on=TODAY - timedelta(days=4)),
        payments.BeforeReceived,
    )


# --- Annulling ------------------------------------------------------------------------------


def annul(payment: Payment, **other: Any) -> Payment:
    given: dict[str, Any] = {"reason": "The cheque bounced.", "by": BOSS, "at": NOW}
    return payments.annul(payment=payment, **given | other)


def test_what_never_came_is_taken_off_its_invoices(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "60.00"))

    annulled = annul(payment)

    assert (annulled.annulled_by, annulled.annul_reason) == ("Max Manager", "The cheque bounced.")
    assert parts_of(payment) == (euros("100.00"), 0, 0)
    assert balance_of(invoice) == euros("120.00")
    assert list(Payment.objects.unallocated()) == []
    assert events(payment)[-2:] == ["payment.unallocated", "payment.annulled"]


def test_an_annulled_payment_moves_no_more(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "60.00"))
    annul(payment)

    for act in (
        lambda: allocate(payment, (invoice, "1.00")),
        lambda: take_off(payment, invoice, "1.00"),
        lambda: give_back(payment, "1.00"),
        lambda: annul(payment),
        lambda: payments.renew_receipt(payment=payment, by=DESK, at=NOW),
    ):
        refused(act, moving.PaymentAnnulled)


def test_refuses_to_annul_what_was_given_back(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00")
    give_back(payment, "10.00")

    refused(lambda: annul(payment), payments.AnnulRefused)


def test_annulling_is_for_the_management_and_has_a_reason(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00")

    refused(lambda: annul(payment, by=DESK), NotYourTransition)
    refused(lambda: annul(payment, reason=""), ReasonMissing)


def test_refuses_to_annul_what_stands_on_an_invoice_that_has_ended(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "120.00", (invoice, "120.00"))
    Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.WRITTEN_OFF)

    refused(lambda: annul(payment), ledger.InvoiceNotPayable)


# --- Receipts -------------------------------------------------------------------------------


def test_a_receipt_is_made_anew_as_the_money_stands_now(invoice: Invoice) -> None:
    payment = pay(invoice.customer, "100.00")
    allocate(payment, (invoice, "60.00"))

    again = payments.renew_receipt(payment=payment, by=DESK, at=NOW)

    assert again.receipt_id != payment.receipt_id
    assert Document.objects.filter(kind=DocumentKind.RECEIPT).count() == 2
    assert OutgoingEmail.objects.filter(kind="receipt").count() == 2


def test_payments_of_shops_are_numbered_apart() -> None:
    numbers = [pay(CustomerFactory(shop=ShopFactory()), "1.00").number for _each in range(2)]
    another = PaymentFactory()

    assert numbers == ["PAY-2026-0001"] * 2
    assert pay(another.customer, "1.00").number == "PAY-2026-0002"
