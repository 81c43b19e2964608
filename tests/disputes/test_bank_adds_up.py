"""Whatever customer, desk and bank do with money, in whatever order: it adds up."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from disputes import invariants
from disputes.models import Chargeback
from disputes.services import bank_answers, charging_back, resolving
from disputes.states import BankOutcome, ClosingCode
from invoices import collecting
from invoices import invariants as money_invariants
from invoices.models import Hold, Invoice, Payment
from invoices.services import crediting, payments
from invoices.states import HoldKind
from shopdisputes.errors import DomainError
from tests.disputes.bank import all_of_it, asked
from tests.disputes.cases import BOSS
from tests.factories import NOW, CustomerFactory, DisputeReasonFactory, InvoiceFactory
from tests.invoices.money import pay

Move = tuple[str, int, Decimal]
TOTALS = ("120.00", "60.00")
KINDS = (
    *("pay", "pay", "charge", "charge", "withdraw", "withdraw", "reinstate"),
    *("refund", "take_off", "allocate", "credit", "won", "lost", "resolve", "let_go"),
)


def moves() -> st.SearchStrategy[list[Move]]:
    """What is done, with which of the rows there are, with how much."""
    amounts = st.integers(1, 15_000).map(lambda cents: Decimal(cents) / 100)
    some = st.one_of(st.sampled_from([Decimal(each) for each in (*TOTALS, "50.00")]), amounts)
    move = st.tuples(st.sampled_from(KINDS), st.integers(0, 3), some)
    return st.lists(move, min_size=5, max_size=12)


class Counter:
    """A customer with two invoices, a bank, and what is done."""

    def __init__(self) -> None:
        self.customer = CustomerFactory(email="")
        DisputeReasonFactory(shop=self.customer.shop, code="other")
        self.bills = [
            InvoiceFactory(issued=True, customer=self.customer, total=Decimal(total)).pk
            for total in TOTALS
        ]

    def act(self, move: Move) -> Callable[[], Any] | None:
        """Return what a move comes to; None when there is nothing yet that it could be about."""
        kind, which, amount = move
        bill = Invoice.objects.with_everything().get(pk=self.bills[which % 2])
        if kind == "pay":
            part = min(amount, bill.balance)
            on = [(bill, str(part))] if part else []
            return lambda: pay(self.customer, str(amount), *on)
        if kind == "credit":
            return lambda: crediting.credit(
                invoice=bill, reason="Too much.", amount=amount, lines=None, by=BOSS, at=NOW
            )
        if kind in ("charge", "refund", "take_off", "allocate"):
            found = list(Payment.objects.order_by("number"))
            return (
                self._with_payment(kind, found[which % len(found)], bill, amount) if found else None
            )
        chargebacks = list(Chargeback.objects.order_by("number"))
        if not chargebacks:
            return None
        return self._with_bank(kind, chargebacks[which % len(chargebacks)])

    def _with_payment(
        self, kind: str, payment: Payment, bill: Invoice, amount: Decimal
    ) -> Callable[[], Any]:
        given_to: dict[str, Any] = {"payment": payment, "by": BOSS, "at": NOW}
        if kind == "charge":
            reference = f"ARN-{Chargeback.objects.count()}"
            return lambda: asked(payment, str(min(amount, payment.amount)), reference=reference)
        if kind == "refund":
            return lambda: payments.refund(amount=amount, reason="Asked for it.", **given_to)
        if kind == "take_off":
            return lambda: payments.unallocate(
                invoice=bill, amount=amount, reason="Wrong one.", **given_to
            )
        part = min(payment.unallocated, bill.balance)
        return lambda: payments.allocate(allocations=[(bill, part)], **given_to)

    def _with_bank(self, kind: str, chargeback: Chargeback) -> Callable[[], Any]:
        given_to: dict[str, Any] = {"chargeback": chargeback, "by": BOSS, "at": NOW}
        if kind == "withdraw":
            return lambda: charging_back.withdraw_funds(**given_to)
        if kind == "reinstate":
            return lambda: charging_back.reinstate(**given_to)
        if kind == "let_go":
            return lambda: bank_answers.let_go(reason="He pays in parts.", **given_to)
        if kind == "resolve":
            case = chargeback.case
            return lambda: (
                case
                and resolving.resolve(
                    case=case, closing_code=ClosingCode.SHARED, note="Done.", by=BOSS, at=NOW
                )
            )
        outcome = BankOutcome.WON if kind == "won" else BankOutcome.LOST
        return lambda: bank_answers.close(outcome=outcome, **given_to)


def adds_up(counter: Counter) -> None:
    assert [*money_invariants._ledgers(), *money_invariants._payments()] == []
    assert [*invariants.broken()] == []
    for bill in Invoice.objects.with_everything().filter(pk__in=counter.bills):
        held = Hold.objects.filter(invoice=bill, kind=HoldKind.CHARGEBACK, released_at=None)
        away = held.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        figures = collecting.standing(bill, at=NOW).figures
        # What the bank has, nobody asks for.
        assert figures.collectible <= max(bill.balance - away, Decimal(0))
    kept = Payment.objects.aggregate(
        sum=Sum(F("amount") - F("refunded") - F("charged_back") - F("unallocated"))
    )
    paid = sum(
        bill.total - bill.balance - sum(bill.credit_notes.values_list("total", flat=True))
        for bill in Invoice.objects.filter(pk__in=counter.bills)
    )
    assert paid == (kept["sum"] or 0)


def play(chosen: list[Move]) -> None:
    counter = Counter()
    for move in chosen:
        act = counter.act(move)
        if act is None:
            continue
        before = all_of_it()
        try:
            with transaction.atomic():
                act()
        except DomainError:
            assert all_of_it() == before
        adds_up(counter)


@pytest.mark.django_db
@settings(max_examples=6, deadline=None)
@given(chosen=moves())
def test_whatever_the_bank_does_the_money_adds_up(chosen: list[Move]) -> None:
    with transaction.atomic():
        play(chosen)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_move_of_the_play_can_succeed() -> None:
    fifty, counter = Decimal("50.00"), Counter()
    for move in (
        ("pay", 0, Decimal("150.00")),
        ("charge", 0, fifty),
        ("withdraw", 0, fifty),
        ("reinstate", 0, fifty),
        ("won", 0, fifty),
        ("resolve", 0, fifty),
        ("charge", 0, Decimal("150.00")),
        ("withdraw", 1, fifty),
        ("lost", 1, fifty),
        ("resolve", 1, fifty),
        ("let_go", 1, fifty),
        ("credit", 0, fifty),
        ("pay", 1, fifty),
        ("take_off", 1, fifty),
        ("allocate", 1, fifty),
        ("take_off", 1, fifty),
        ("refund", 1, fifty),
    ):
        act = counter.act(move)
        assert act is not None
        act()
        adds_up(counter)
