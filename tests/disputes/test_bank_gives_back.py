"""What a bank gives back, and what is refunded of a payment it has taken, to the cent."""

from decimal import Decimal

import pytest

from disputes.services import bank_answers
from disputes.services.bank_money import FundsMoved, MoreThanPaid
from disputes.states import BankOutcome
from invoices.models import Payment
from invoices.services import crediting, ending, payments
from invoices.services.moving import PaymentAnnulled
from invoices.services.payments import AnnulRefused
from invoices.services.refundable import AnnulBlocked, RefundBlocked
from tests.disputes.bank import (
    DUE,
    all_of_it,
    asked,
    close,
    holding,
    nothing_is_broken,
    paid,
    reinstate,
    standing,
    withdraw,
)
from tests.disputes.cases import BOSS, DESK, fresh
from tests.factories import NOW
from tests.invoices.money import balance_of, pay

pytestmark = pytest.mark.django_db


class TestReinstating:
    def test_puts_it_back_and_ends_the_hold(self) -> None:
        invoice, payment = paid()
        made = withdraw(asked(payment))

        reinstate(made)
        before = all_of_it()
        reinstate(made)

        assert all_of_it() == before
        assert (balance_of(invoice), holding(invoice)) == (0, [])
        assert standing(payment) == ("120.00", "0.00", "0.00")
        nothing_is_broken()

    def test_leaves_on_account_what_is_not_owed_any_more(self) -> None:
        invoice, payment = paid()
        made = withdraw(asked(payment))
        crediting.credit(
            invoice=invoice,
            reason="Goodwill.",
            amount=Decimal("50.00"),
            lines=None,
            by=BOSS,
            at=NOW,
        )

        reinstate(made)

        assert balance_of(invoice) == 0
        assert standing(payment) == ("70.00", "50.00", "0.00")
        nothing_is_broken()

    def test_leaves_on_account_what_was_written_off_meanwhile(self) -> None:
        invoice, payment = paid()
        made = close(withdraw(asked(payment)), BankOutcome.LOST)
        ending.write_off(invoice=invoice, reason="Lost at the bank.", by=BOSS, at=NOW)

        reinstate(made)

        assert standing(payment) == ("0.00", "120.00", "0.00")
        nothing_is_broken()

    def test_is_not_taken_a_second_time(self) -> None:
        _invoice, payment = paid()
        made = reinstate(withdraw(asked(payment)))
        before = all_of_it()

        with pytest.raises(FundsMoved):
            withdraw(made)

        assert all_of_it() == before


class TestRefunds:
    def refund(self, payment: Payment) -> None:
        payments.refund(
            payment=fresh(payment), amount=Decimal("10.00"), reason="Asked.", by=DESK, at=NOW
        )

    @pytest.fixture
    def payment(self) -> Payment:
        invoice, _payment = paid()
        return pay(invoice.customer, "130.00")

    def test_are_refused_while_a_chargeback_runs(self, payment: Payment) -> None:
        asked(payment, "100.00")
        before = all_of_it()

        with pytest.raises(RefundBlocked) as refused:
            self.refund(payment)

        assert "CB-2026-0001" in str(refused.value.message)
        assert all_of_it() == before

    def test_answer_an_inquiry(self, payment: Payment) -> None:
        made = asked(payment, "130.00", kind="inquiry")

        self.refund(payment)

        assert standing(payment) == ("0.00", "120.00", "0.00")
        with pytest.raises(MoreThanPaid):
            withdraw(made)

    def test_of_the_rest_are_possible_when_the_bank_has_decided(self, payment: Payment) -> None:
        close(asked(payment, "100.00"), BankOutcome.LOST)

        self.refund(payment)

        assert standing(payment) == ("0.00", "20.00", "100.00")
        with pytest.raises(payments.RefundMoreThanUnallocated):
            payments.refund(
                payment=fresh(payment), amount=Decimal("20.01"), reason="Asked.", by=DESK, at=NOW
            )

    def test_no_payment_is_annulled_of_which_the_bank_has_something(self, payment: Payment) -> None:
        close(asked(payment, "100.00"), BankOutcome.LOST)

        with pytest.raises(AnnulRefused):
            payments.annul(payment=payment, reason="Never came.", by=BOSS, at=NOW)

    def test_no_payment_is_annulled_while_a_chargeback_runs(self, payment: Payment) -> None:
        asked(payment)

        with pytest.raises(AnnulBlocked):
            payments.annul(payment=payment, reason="Never came.", by=BOSS, at=NOW)

    def test_no_payment_is_annulled_while_the_bank_asks_about_it(self, payment: Payment) -> None:
        made = asked(payment, kind="inquiry")
        before = all_of_it()

        with pytest.raises(AnnulBlocked) as refused:
            payments.annul(payment=payment, reason="Never came.", by=BOSS, at=NOW)

        assert made.number in str(refused.value.message)
        assert all_of_it() == before

    def test_about_what_was_annulled_since_the_bank_cannot_ask_again(
        self, payment: Payment
    ) -> None:
        made = close(asked(payment, kind="inquiry"), BankOutcome.CLOSED)
        payments.annul(payment=payment, reason="Never came.", by=BOSS, at=NOW)
        before = all_of_it()

        with pytest.raises(PaymentAnnulled):
            bank_answers.ask_again(chargeback=fresh(made), evidence_due_by=DUE, by=DESK, at=NOW)

        assert all_of_it() == before
