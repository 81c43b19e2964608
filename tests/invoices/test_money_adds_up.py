"""Whatever is done with money, in whatever order: nothing of it is lost, made or owed twice."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.models import Invoice, LedgerEntry, Payment
from invoices.services import crediting, payments
from shopdisputes.errors import DomainError
from tests.factories import NOW, CustomerFactory, InvoiceFactory
from tests.invoices.money import BOSS, DESK, everything, parts_of, pay

TOTALS = ("120.00", "33.33", "0.07")
Move = tuple[str, int, int, Decimal]


def moves() -> st.SearchStrategy[list[Move]]:
    """What is done, on which invoice, with which payment, with how much."""
    kinds = ("record", "record", "allocate", "take_off", "refund", "credit", "annul", "oldest")
    amounts = st.integers(1, 15_000).map(lambda cents: Decimal(cents) / 100)
    # Round ones meet: what fits exactly is where it goes wrong.
    some = st.one_of(st.sampled_from([Decimal(each) for each in (*TOTALS, "50.00")]), amounts)
    move = st.tuples(st.sampled_from(kinds), st.integers(0, 2), st.integers(0, 3), some)
    return st.lists(move, min_size=4, max_size=10)


class Till:
    """A customer with three invoices, and what is done with their money."""

    def __init__(self) -> None:
        self.customer = CustomerFactory(email="")
        self.bills = [
            InvoiceFactory(issued=True, customer=self.customer, total=Decimal(total)).pk
            for total in TOTALS
        ]
        self.payments: list[Any] = []

    def act(self, move: Move) -> Callable[[], Any] | None:
        """Return what a move comes to; None when there is no payment yet that it could be about."""
        kind, place, which, amount = move
        bill = Invoice.objects.with_everything().get(pk=self.bills[place])
        if kind == "record":
            part = min(amount, bill.balance) if which % 2 else amount
            return lambda: self._keep(pay(self.customer, str(amount), (bill, str(part))))
        if kind == "credit":
            return lambda: crediting.credit(
                invoice=bill, reason="Too much.", amount=amount, lines=None, by=BOSS, at=NOW
            )
        if not self.payments:
            return None
        payment = Payment.objects.get(pk=self.payments[which % len(self.payments)])
        given_to: dict[str, Any] = {"payment": payment, "by": BOSS, "at": NOW}
        if kind == "allocate":
            return lambda: payments.allocate(allocations=[(bill, amount)], **given_to)
        if kind == "oldest":
            part = min(payment.unallocated, bill.balance)
            return lambda: payments.allocate(allocations=[(bill, part)], **given_to)
        if kind == "take_off":
            return lambda: payments.unallocate(
                invoice=bill, amount=amount, reason="Wrong one.", **given_to
            )
        if kind == "refund":
            return lambda: payments.refund(amount=amount, reason="Asked for it.", **given_to)
        return lambda: payments.annul(reason="It never came.", **given_to)

    def _keep(self, payment: Payment) -> None:
        self.payments.append(payment.pk)


def adds_up(till: Till) -> None:
    for bill in Invoice.objects.filter(pk__in=till.bills):
        entries = list(LedgerEntry.objects.filter(invoice=bill).order_by("sequence"))
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        running = list(accumulate(entry.amount for entry in entries))
        assert [entry.balance for entry in entries] == running
        assert bill.balance == running[-1]
        assert min(running) >= 0
        credited = sum(bill.credit_notes.values_list("total", flat=True))
        assert credited <= bill.total
    for pk in till.payments:
        payment = Payment.objects.get(pk=pk)
        parts = parts_of(payment)
        assert sum(parts) == payment.amount
        assert min(parts) >= 0
    received = sum(Payment.objects.filter(annulled_at=None).values_list("amount", flat=True))
    owed = sum(Invoice.objects.filter(pk__in=till.bills).values_list("balance", flat=True))
    credited = sum(Invoice.objects.filter(kind="credit_note").values_list("total", flat=True))
    standing = [parts_of(each) for each in Payment.objects.filter(annulled_at=None)]
    kept = sum(unallocated + refunded for unallocated, _on, refunded in standing)
    # What was billed is owed, credited or paid; what was paid and is not kept paid for it.
    assert sum(map(Decimal, TOTALS)) == owed + credited + received - kept


def play(chosen: Sequence[Move]) -> None:
    till = Till()
    for move in chosen:
        act = till.act(move)
        if act is None:
            continue
        before = everything()
        try:
            with transaction.atomic():
                act()
        except DomainError:
            assert everything() == before
        adds_up(till)


@pytest.mark.django_db
@settings(max_examples=10, deadline=None)
@given(chosen=moves())
def test_whatever_is_done_the_money_adds_up(chosen: list[Move]) -> None:
    with transaction.atomic():
        play(chosen)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_move_of_the_play_can_succeed() -> None:
    hundred, ten = Decimal("100.00"), Decimal("10.00")
    till = Till()
    for move in (
        ("record", 0, 1, Decimal("150.00")),
        ("take_off", 0, 0, hundred),
        ("allocate", 0, 0, ten),
        ("oldest", 1, 0, ten),
        ("refund", 0, 0, ten),
        ("record", 2, 1, ten),
        ("annul", 0, 1, ten),
        ("credit", 0, 0, Decimal("115.00")),
    ):
        act = till.act(move)
        assert act is not None
        act()
        adds_up(till)
    assert pay(till.customer, "1.00", by=DESK).unallocated == 1
