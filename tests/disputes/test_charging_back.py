"""What a bank asks about and takes, to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from disputes import invariants
from disputes.models import Chargeback, DisputeCase, FollowUp
from disputes.services import charging_back, resolving
from disputes.services.bank_money import FundsMoved, MoreThanPaid, PartsRefused, StillWrittenOff
from disputes.services.charging_back import (
    EvidenceDayFarOff,
    EvidenceDayOver,
    ReferenceMissing,
    ReferenceTaken,
)
from disputes.states import ClosingCode, Opening, ReasonCode
from invoices.services import ending, payments
from invoices.services.promises import make as promise
from shopdisputes.errors import DomainError
from shopdisputes.transitions import NotYourTransition
from tests.disputes.bank import (
    DUE,
    FIRST_MOMENT,
    LAST_MOMENT,
    all_of_it,
    asked,
    holding,
    nothing_is_broken,
    paid,
    parts,
    reinstate,
    standing,
    withdraw,
)
from tests.disputes.cases import BOSS, DESK, TECHNICIAN, contest, euros, figures, fresh
from tests.factories import NOW, InvoiceFactory, RefundFactory
from tests.invoices.money import balance_of, pay

pytestmark = pytest.mark.django_db


class TestRecording:
    def test_opens_a_case_that_is_followed_up_three_days_before(self) -> None:
        invoice, payment = paid()

        made = asked(payment)

        assert (made.number, made.funds, made.status) == (
            "CB-2026-0001",
            "with_shop",
            "needs_response",
        )
        assert parts(made) == {invoice.number: "120.00"}
        case = DisputeCase.objects.get()
        assert (case, case.opening, case.reason.code) == (
            made.case,
            Opening.CHARGEBACK,
            ReasonCode.NOT_DONE,
        )
        assert case.comment.endswith(f"of payment {payment.number}. 13.1 Services not received")
        follow_up = FollowUp.objects.get()
        assert follow_up.due_on == date(2026, 3, 27)
        assert follow_up.note == "Hand in the evidence to the bank."
        # The money is still with the shop.
        assert (balance_of(invoice), standing(payment)) == (0, ("120.00", "0.00", "0.00"))
        nothing_is_broken()

    def test_joins_the_case_that_runs_about_the_invoice(self) -> None:
        invoice, payment = paid(amount="100.00")
        case = contest(invoice, "30.00")

        made = asked(payment)

        assert DisputeCase.objects.get() == case == made.case
        assert sorted(FollowUp.objects.values_list("due_on", flat=True)) == [
            date(2026, 3, 18),
            date(2026, 3, 27),
        ]
        assert [item.amount for item in case.items.all()] == [Decimal("30.00")]
        nothing_is_broken()

    def test_is_the_same_when_the_reference_comes_again(self) -> None:
        _invoice, payment = paid()
        made = asked(payment)
        before = all_of_it()

        assert asked(payment, kind="inquiry", evidence_due_by=DUE + timedelta(days=9)) == made
        assert all_of_it() == before

    def test_needs_no_case_for_money_on_account(self) -> None:
        invoice, _payment = paid()
        loose = pay(invoice.customer, "40.00")

        made = withdraw(asked(loose))

        assert (made.case, parts(made)) == (None, {})
        assert standing(loose) == ("0.00", "0.00", "40.00")
        nothing_is_broken()

    @pytest.mark.parametrize(
        ("facts", "error", "field"),
        [
            ({"amount": "100.01"}, MoreThanPaid, "amount"),
            ({"reference": " "}, ReferenceMissing, "reference"),
            ({"evidence_due_by": NOW}, EvidenceDayOver, "evidence_due_by"),
            ({"evidence_due_by": LAST_MOMENT}, EvidenceDayFarOff, "evidence_due_by"),
            (
                {"evidence_due_by": FIRST_MOMENT, "evidence_is_late": True},
                EvidenceDayFarOff,
                "evidence_due_by",
            ),
            ({"by": TECHNICIAN}, NotYourTransition, ""),
        ],
    )
    def test_refuses_and_changes_nothing(
        self, facts: dict[str, Any], error: type[DomainError], field: str
    ) -> None:
        _invoice, payment = paid()
        loose = pay(payment.customer, "130.00")
        RefundFactory(payment=loose, amount=Decimal("30.00"))
        before = all_of_it()

        with pytest.raises(error) as refused:
            asked(loose, **{"amount": "100.00"} | facts)

        assert set(refused.value.fields) == ({field} if field else set())
        assert all_of_it() == before

    def test_takes_a_day_that_is_over_when_it_is_meant_so(self) -> None:
        _invoice, payment = paid()

        made = asked(payment, evidence_due_by=NOW, evidence_is_late=True)

        assert FollowUp.objects.get().due_on == date(2026, 3, 17)
        assert made.evidence_due_by == NOW

    def test_refuses_a_reference_of_something_else(self) -> None:
        _invoice, payment = paid()
        asked(payment)
        second = pay(payment.customer, "5.00")

        with pytest.raises(ReferenceTaken):
            asked(second)

        assert Chargeback.objects.count() == 1
        assert DisputeCase.objects.count() == 1


class TestWithdrawing:
    def test_takes_the_money_off_and_holds_it(self) -> None:
        invoice, payment = paid()

        made = withdraw(asked(payment))

        assert (balance_of(invoice), holding(invoice)) == (Decimal("120.00"), ["120.00"])
        assert figures(invoice) == euros("120.00", "0.00")
        assert standing(payment) == ("0.00", "0.00", "120.00")
        entry = made.parts.get().taken
        assert entry is not None
        assert (entry.kind, entry.amount, entry.note) == (
            "chargeback",
            Decimal("120.00"),
            "CB-2026-0001",
        )
        nothing_is_broken()

    def test_twice_is_once(self) -> None:
        _invoice, payment = paid()
        made = withdraw(asked(payment))
        before = all_of_it()

        assert withdraw(made) == made
        assert all_of_it() == before

    def test_divides_in_the_order_in_which_the_payment_came_on_its_invoices(self) -> None:
        first = InvoiceFactory(issued=True, total=Decimal("50.00"))
        second = InvoiceFactory(issued=True, total=Decimal("80.00"), customer=first.customer)
        payment = pay(first.customer, "140.00", (second, "70.00"))
        payments.allocate(
            payment=payment,
            allocations=[(first, Decimal("50.00"))],
            by=DESK,
            at=NOW + timedelta(hours=1),
        )
        payments.refund(
            payment=payment, amount=Decimal("5.00"), reason="Too much.", by=DESK, at=NOW
        )

        made = withdraw(asked(payment, "100.00"))

        # 15.00 was on no invoice, 70.00 on the second, which came first, 15.00 of the first.
        assert parts(made) == {first.number: "15.00", second.number: "70.00"}
        assert (balance_of(first), balance_of(second)) == (Decimal("15.00"), Decimal("80.00"))
        assert standing(payment) == ("35.00", "0.00", "100.00")
        assert figures(second) == euros("80.00", "0.00")
        nothing_is_broken()
        reinstate(made)
        assert standing(payment) == ("120.00", "15.00", "0.00")
        assert (balance_of(first), balance_of(second)) == (0, Decimal("10.00"))
        nothing_is_broken()

    def test_takes_what_staff_say_of_each_invoice(self) -> None:
        first, payment = paid("50.00")
        second = InvoiceFactory(issued=True, total=Decimal("80.00"), customer=first.customer)
        payment = pay(first.customer, "90.00", (second, "80.00"))
        made = asked(payment, "30.00")
        assert parts(made) == {second.number: "20.00"}

        charging_back.divide(chargeback=made, parts=[(second, Decimal("30.00"))], by=DESK, at=NOW)
        withdraw(made)

        assert parts(made) == {second.number: "30.00"}
        assert standing(payment) == ("50.00", "10.00", "30.00")
        with pytest.raises(FundsMoved):
            charging_back.divide(chargeback=made, parts=[], by=DESK, at=NOW)
        nothing_is_broken()

    @pytest.mark.parametrize("amount", ["19.99", "80.01"])
    def test_refuses_parts_that_are_not_there(self, amount: str) -> None:
        invoice = InvoiceFactory(issued=True, total=Decimal("80.00"))
        payment = pay(invoice.customer, "90.00", (invoice, "80.00"))
        made = asked(payment, "30.00" if amount == "19.99" else "90.00")
        before = all_of_it()

        with pytest.raises(PartsRefused):
            charging_back.divide(
                chargeback=made, parts=[(invoice, Decimal(amount))], by=DESK, at=NOW
            )

        assert all_of_it() == before

    def test_divides_anew_what_was_moved_meanwhile(self) -> None:
        invoice, payment = paid()
        other = InvoiceFactory(issued=True, total=Decimal("200.00"), customer=invoice.customer)
        made = asked(payment)
        payments.unallocate(
            payment=payment,
            invoice=invoice,
            amount=Decimal("120.00"),
            reason="Wrong.",
            by=DESK,
            at=NOW,
        )
        payments.allocate(payment=payment, allocations=[(other, Decimal("90.00"))], by=DESK, at=NOW)

        withdraw(made)

        assert parts(made) == {other.number: "90.00"}
        assert (balance_of(invoice), balance_of(other)) == (Decimal("120.00"), Decimal("200.00"))
        nothing_is_broken()

    def test_makes_a_chargeback_of_an_inquiry(self) -> None:
        _invoice, payment = paid()
        made = withdraw(asked(payment, kind="inquiry"))

        assert made.kind == "chargeback"

    def test_finds_somebody_when_the_case_of_the_inquiry_has_ended(self) -> None:
        _invoice, payment = paid()
        made = asked(payment, kind="inquiry")
        first = DisputeCase.objects.get()
        # An inquiry moves no money: its case may end before the bank is through.
        resolving.resolve(
            case=first, closing_code=ClosingCode.SHOP_RIGHT, note="All was done.", by=DESK, at=NOW
        )

        withdraw(made)

        assert DisputeCase.objects.count() == 2
        assert fresh(made).case != first
        nothing_is_broken()

    def test_holds_it_although_the_case_holds_what_is_owed_already(self) -> None:
        invoice, payment = paid(amount="70.00")
        contest(invoice)
        assert figures(invoice) == euros("50.00", "0.00")

        withdraw(asked(payment))

        assert (balance_of(invoice), holding(invoice)) == (Decimal("120.00"), ["70.00"])
        assert figures(invoice) == euros("120.00", "0.00")

    def test_refuses_what_is_written_off(self) -> None:
        invoice, payment = paid(amount="100.00")
        ending.write_off(invoice=invoice, reason="Gone.", by=BOSS, at=NOW)
        made = asked(payment)
        before = all_of_it()

        with pytest.raises(StillWrittenOff) as refusal:
            withdraw(made)

        assert str(refusal.value).startswith(f"{invoice.number} is written off: ")
        assert refusal.value.details == {"invoices": [invoice.number]}
        assert all_of_it() == before
        ending.recover(invoice=invoice, reason="The bank took it.", by=DESK, at=NOW)
        withdraw(made)
        assert (balance_of(invoice), holding(invoice)) == (Decimal("120.00"), ["100.00"])
        assert list(invariants.broken()) == []

    def test_does_not_count_as_paid_for_a_promise(self) -> None:
        invoice = InvoiceFactory(issued=True)
        promised = promise(
            invoice=invoice,
            amount=Decimal("100.00"),
            promised_on=date(2026, 3, 20),
            by=DESK,
            at=NOW,
        )
        payment = pay(invoice.customer, "60.00", (invoice, "60.00"))
        made = withdraw(asked(payment))

        pay(invoice.customer, "40.00", (invoice, "40.00"))
        assert fresh(promised).status == "open"
        reinstate(made)
        assert fresh(promised).status == "kept"
