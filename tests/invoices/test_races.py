"""Two people at once with the same money, staged: the second comes while the first stands inside.

Each race has a twin that takes the row locks away: either money is miscounted then, or another
wall (a counter, a unique key) holds, as it must on SQLite.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from invoices.models import Invoice, LedgerEntry, Payment, Refund
from invoices.services import deposits, ledger, payments
from invoices.services.ending import VoidRefused
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition
from tests.factories import NOW, CustomerFactory, InvoiceFactory, ShopFactory, authorized_order
from tests.invoices import bills
from tests.invoices.money import DESK, balance_of, euros, parts_of, pay
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

AUDIT = "shopdisputes.audit.services.record"
Act = Callable[[], Any]
Outcomes = tuple[Future[Any], Future[Any]]


class ChangedMyMind(Exception):
    """Whatever makes a transaction take everything back."""


def race(locks: bool, first: Act, second: Act, *, pause_in: str = AUDIT) -> Outcomes:
    if locks:
        return overtake(first, second, pause_in=pause_in)
    with without_locks():
        return overtake(first, second, pause_in=pause_in)


def seen(invoice: Invoice) -> Invoice:
    """The row as a process of its own reads it."""
    return Invoice.objects.with_everything().get(pk=invoice.pk)


def paid_on(invoice: Invoice) -> Decimal:
    sums = LedgerEntry.objects.filter(invoice=invoice, payment__isnull=False)
    return -(sums.aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00"))


def refund(payment: Payment, amount: str) -> Refund:
    return payments.refund(
        payment=Payment.objects.get(pk=payment.pk),
        amount=Decimal(amount),
        reason="Asked for it.",
        by=DESK,
        at=NOW,
    )


# --- Paying and paying ----------------------------------------------------------------------


def two_tills(invoice: Invoice, *, locks: bool) -> Outcomes:
    def till() -> Payment:
        return pay(invoice.customer, "120.00", (seen(invoice), "120.00"))

    return race(locks, till, till)


def test_two_tills_cannot_take_the_same_money() -> None:
    invoice = InvoiceFactory(issued=True)

    first, second = two_tills(invoice, locks=True)

    assert first.result().amount == euros("120.00")
    assert isinstance(second.exception(), ledger.Overpayment)
    assert (paid_on(invoice), balance_of(invoice)) == (euros("120.00"), 0)
    assert Payment.objects.count() == 1


def test_without_the_lock_two_tills_take_the_same_money() -> None:
    invoice = InvoiceFactory(issued=True)

    two_tills(invoice, locks=False)

    assert (paid_on(invoice), balance_of(invoice)) == (euros("240.00"), 0)


@pytest.mark.parametrize("locks", [True, False])
def test_two_forms_with_one_key_are_one_payment_and_waste_no_number(locks: bool) -> None:
    customer, key = CustomerFactory(), uuid.uuid4()

    def click() -> Payment:
        return pay(customer, "50.00", idempotency_key=key)

    # There is no invoice to lock: the counter and the unique key are what holds.
    first, second = race(locks, click, click)

    assert first.result().pk == second.result().pk
    assert pay(customer, "1.00").number == "PAY-2026-0002"


# --- Paying and voiding ---------------------------------------------------------------------


def test_what_is_being_paid_is_not_declared_void() -> None:
    invoice = InvoiceFactory(issued=True)

    first, second = race(
        True,
        lambda: pay(invoice.customer, "20.00", (seen(invoice), "20.00")),
        lambda: bills.void(seen(invoice)),
    )

    assert first.result().amount == euros("20.00")
    assert isinstance(second.exception(), VoidRefused)
    assert balance_of(invoice) == euros("100.00")


def test_what_is_being_declared_void_is_not_paid() -> None:
    invoice = InvoiceFactory(issued=True)

    first, second = race(
        True,
        lambda: bills.void(seen(invoice)),
        lambda: pay(invoice.customer, "20.00", (seen(invoice), "20.00")),
    )

    assert first.result().status == "void"
    assert isinstance(second.exception(), ledger.InvoiceNotPayable)
    assert Payment.objects.count() == 0


def test_without_the_lock_a_void_invoice_takes_money() -> None:
    invoice = InvoiceFactory(issued=True)

    first, second = race(
        False,
        lambda: pay(invoice.customer, "120.00", (seen(invoice), "120.00")),
        lambda: bills.void(seen(invoice)),
    )

    assert (first.exception(), second.exception()) == (None, None)
    assert (seen(invoice).status, paid_on(invoice)) == ("void", euros("120.00"))


# --- Issuing and issuing --------------------------------------------------------------------


@pytest.mark.parametrize("locks", [True, False])
def test_two_invoices_issued_at_once_have_numbers_of_their_own(locks: bool) -> None:
    shop = ShopFactory()
    one, other = (bills.drafted(authorized_order(shop=shop)) for _each in range(2))

    # Numbers hang on the counter's row, which is taken by an UPDATE and not by a lock.
    first, second = race(locks, lambda: bills.issue(seen(one)), lambda: bills.issue(seen(other)))

    assert [first.result().number, second.result().number] == ["INV-2026-0001", "INV-2026-0002"]


def one_more_than_there_are(*, shop: Shop, series: str, year: int) -> str:
    """A number as it is given where no counter is held: by looking at those given before."""
    given = Invoice.objects.for_shop(shop).filter(number__startswith=f"{series}-{year}-")
    return f"{series}-{year}-{given.count() + 1:04d}"


def test_without_the_counter_two_invoices_get_one_number_and_the_second_fails() -> None:
    shop = ShopFactory()
    one, other = (bills.drafted(authorized_order(shop=shop)) for _each in range(2))

    with mock.patch.object(numbering, "next_number", one_more_than_there_are):
        first, second = race(True, lambda: bills.issue(seen(one)), lambda: bills.issue(seen(other)))

    assert first.result().number == "INV-2026-0001"
    assert isinstance(second.exception(), IntegrityError)
    assert "invoice_number_unique" in str(second.exception())


def test_a_number_that_was_given_back_is_given_to_the_next() -> None:
    shop = ShopFactory()
    one, other = (bills.drafted(authorized_order(shop=shop)) for _each in range(2))

    def issue_and_fail() -> None:
        with transaction.atomic():
            bills.issue(seen(one))
            raise ChangedMyMind

    first, second = overtake(issue_and_fail, lambda: bills.issue(seen(other)), pause_in=AUDIT)

    assert isinstance(first.exception(), ChangedMyMind)
    assert second.result().number == "INV-2026-0001"
    assert bills.issue(seen(one)).number == "INV-2026-0002"


@pytest.mark.parametrize("locks", [True, False])
def test_two_people_issue_one_draft_once(locks: bool) -> None:
    draft = bills.drafted()

    # Without the lock the one UPDATE that issues finds no draft any more.
    first, second = race(locks, lambda: bills.issue(seen(draft)), lambda: bills.issue(seen(draft)))

    assert first.result().number == "INV-2026-0001"
    assert isinstance(second.exception(), IllegalTransition)
    assert LedgerEntry.objects.filter(invoice=draft).count() == 1
    assert bills.issue(bills.drafted(authorized_order(shop=draft.shop))).number == "INV-2026-0002"


# --- Deposits -------------------------------------------------------------------------------


@pytest.mark.parametrize("locks", [True, False])
def test_a_deposit_is_put_on_one_of_two_invoices_of_a_visit(locks: bool) -> None:
    order = authorized_order()
    deposit = pay(order.customer, "100.00", repair_order=order)
    full = bills.drafted(order)
    override = {"override_reason": "Agreed.", "override_by": "Max", "override_at": NOW}
    storage = InvoiceFactory(repair_order=order, kind="storage", lines=[override])

    # The deposits are read behind the counter, so that the second finds nothing left of them.
    first, second = race(locks, lambda: bills.issue(seen(full)), lambda: bills.issue(seen(storage)))

    assert (first.exception(), second.exception()) == (None, None)
    assert (paid_on(full), paid_on(storage)) == (euros("100.00"), 0)
    assert parts_of(deposit) == (0, euros("100.00"), 0)


def applied_twice(*, locks: bool) -> tuple[Payment, Outcomes]:
    order = authorized_order()
    deposit = pay(order.customer, "100.00", repair_order=order)
    one, other = (InvoiceFactory(repair_order=order, issued=True) for _each in range(2))

    def put_on(invoice: Invoice) -> Decimal:
        with transaction.atomic():
            return deposits.apply(invoice=seen(invoice), by=DESK, at=NOW)

    # Without the locks, counters and trail that issuing takes before: these are the deposit's own.
    outcomes = race(
        locks,
        lambda: put_on(one),
        lambda: put_on(other),
        pause_in="invoices.services.trail.record_payment",
    )
    return deposit, outcomes


def test_a_deposit_is_put_on_an_invoice_once() -> None:
    deposit, (first, second) = applied_twice(locks=True)

    assert (first.result(), second.result()) == (euros("100.00"), 0)
    assert parts_of(deposit) == (0, euros("100.00"), 0)


def test_without_the_lock_a_deposit_is_put_on_two_invoices() -> None:
    deposit, _outcomes = applied_twice(locks=False)

    assert parts_of(deposit) == (0, euros("200.00"), 0)


def applied_and_given_back(*, locks: bool) -> tuple[Payment, Outcomes]:
    order = authorized_order()
    deposit = pay(order.customer, "100.00", repair_order=order)
    draft = bills.drafted(order)
    # The first stands where the deposit is on the invoice and nothing is committed yet.
    outcomes = race(
        locks,
        lambda: bills.issue(seen(draft)),
        lambda: refund(deposit, "100.00"),
        pause_in="invoices.services.trail.record_payment",
    )
    return deposit, outcomes


def test_a_deposit_that_is_being_applied_is_not_given_back() -> None:
    deposit, (first, second) = applied_and_given_back(locks=True)

    assert first.exception() is None
    assert isinstance(second.exception(), payments.RefundMoreThanUnallocated)
    assert parts_of(deposit) == (0, euros("100.00"), 0)


def test_without_the_lock_a_deposit_is_applied_and_given_back() -> None:
    deposit, _outcomes = applied_and_given_back(locks=False)

    assert parts_of(deposit) == (0, euros("100.00"), euros("100.00"))


# --- Giving back ----------------------------------------------------------------------------


def test_the_same_money_is_not_given_back_twice() -> None:
    payment = pay(CustomerFactory(), "100.00")

    first, second = race(True, lambda: refund(payment, "80.00"), lambda: refund(payment, "80.00"))

    assert first.result().amount == euros("80.00")
    assert isinstance(second.exception(), payments.RefundMoreThanUnallocated)
    assert parts_of(payment) == (euros("20.00"), 0, euros("80.00"))


def test_without_the_lock_the_same_money_is_given_back_twice() -> None:
    payment = pay(CustomerFactory(), "100.00")

    race(False, lambda: refund(payment, "80.00"), lambda: refund(payment, "80.00"))

    assert Refund.objects.aggregate(sum=Sum("amount"))["sum"] == euros("160.00")
    assert Payment.objects.get().refunded == euros("80.00")
