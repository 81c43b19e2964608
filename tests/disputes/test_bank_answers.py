"""What the shop answers, what the bank decides, and the days that are counted down to."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from disputes import invariants
from disputes.models import CaseMessage, Chargeback, DisputeCase, FollowUp
from disputes.services import bank_answers, following_up, resolving
from disputes.services.bank_answers import (
    CaseStillRuns,
    NothingKeptBack,
    OutcomeRefused,
    SubmissionMissing,
    WithdrawalRefused,
)
from disputes.services.bank_countdown import count_down
from disputes.services.bank_guard import BankDecidesFirst
from disputes.services.charging_back import EvidenceDayOver
from disputes.states import BankOutcome, ClosingCode, FollowUpStatus
from dunning import outlook
from invoices.models import Invoice
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Membership
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.disputes.bank import (
    DUE,
    all_of_it,
    asked,
    close,
    holding,
    paid,
    standing,
    withdraw,
)
from tests.disputes.cases import BOSS, CUSTOMER, DESK, euros, figures, fresh
from tests.factories import NOW, DunningPositionFactory, LadderFactory, staff
from tests.invoices.money import balance_of

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def made() -> Chargeback:
    return asked(paid()[1])


def resolve(case: DisputeCase) -> DisputeCase:
    return resolving.resolve(
        case=case, closing_code=ClosingCode.SHOP_RIGHT, note="All was done.", by=DESK, at=NOW
    )


class TestAnswering:
    def test_keeps_what_was_handed_in_for_the_shop_alone(self, made: Chargeback) -> None:
        bank_answers.submit(chargeback=made, note="By upload: photos.", by=DESK, at=NOW)

        now = fresh(made)
        assert (now.status, now.submitted_at) == ("under_review", NOW)
        message = CaseMessage.objects.get()
        assert message.internal
        assert message.text == "Handed in to the bank for CB-2026-0001:\nBy upload: photos."

    def test_finishes_the_follow_up_by_which_it_was_to_be_handed_in(self, made: Chargeback) -> None:
        assert made.case is not None
        following_up.add(case=made.case, due_on=date(2026, 4, 20), by=DESK, at=NOW)

        bank_answers.submit(chargeback=made, note="Photos.", by=DESK, at=NOW)

        left = FollowUp.objects.get(status=FollowUpStatus.OPEN)
        assert (left.due_on, left.note) == (date(2026, 4, 20), "")

    def test_has_somebody_ask_later_where_nobody_else_looks_at_the_case(
        self, made: Chargeback
    ) -> None:
        bank_answers.submit(chargeback=made, note="Photos.", by=DESK, at=NOW)

        left = FollowUp.objects.get()
        assert (left.status, left.due_on, left.note) == (
            "open",
            date(2026, 4, 15),
            "Ask what the bank has decided.",
        )

    def test_needs_words(self, made: Chargeback) -> None:
        before = all_of_it()

        with pytest.raises(SubmissionMissing):
            bank_answers.submit(chargeback=made, note=" ", by=DESK, at=NOW)

        assert all_of_it() == before

    def test_is_asked_again_as_a_chargeback(self) -> None:
        made = asked(paid()[1], kind="inquiry")
        close(made, BankOutcome.CLOSED)
        resolve(DisputeCase.objects.get())

        bank_answers.ask_again(
            chargeback=made, evidence_due_by=DUE, kind="chargeback", by=DESK, at=NOW
        )

        now = fresh(made)
        assert (now.status, now.kind, now.closed_at) == ("needs_response", "chargeback", None)
        # Somebody answers for it again.
        assert not now.case.has_ended
        assert [*invariants.broken()] == []

    def test_is_not_asked_again_for_a_day_that_is_over(self, made: Chargeback) -> None:
        bank_answers.submit(chargeback=made, note="Photos.", by=DESK, at=NOW)
        before = all_of_it()

        with pytest.raises(EvidenceDayOver):
            bank_answers.ask_again(chargeback=made, evidence_due_by=NOW, by=DESK, at=NOW)

        assert all_of_it() == before

    def test_is_due_all_the_same_when_the_customer_withdraws(self, made: Chargeback) -> None:
        bank_answers.note_withdrawn(chargeback=made, on=date(2026, 3, 16), by=DESK, at=NOW)

        now = fresh(made)
        assert now.status == "needs_response"
        assert now.withdrawn_by_customer_at == datetime(2026, 3, 16, tzinfo=PARIS)
        assert count_down(at=DUE - timedelta(days=2))["told"] == 1

    @pytest.mark.parametrize("day", [date(2026, 3, 15), date(2026, 3, 17)])
    def test_is_not_withdrawn_on_any_day(self, made: Chargeback, day: date) -> None:
        with pytest.raises(WithdrawalRefused):
            bank_answers.note_withdrawn(chargeback=made, on=day, by=DESK, at=NOW)

        assert fresh(made).withdrawn_by_customer_at is None


class TestDeciding:
    def test_won_brings_the_money_back(self, made: Chargeback) -> None:
        close(withdraw(made), BankOutcome.WON)
        before = all_of_it()
        close(made, BankOutcome.WON)

        assert all_of_it() == before
        assert (fresh(made).status, fresh(made).funds) == ("won", "reinstated")
        assert standing(made.payment) == ("120.00", "0.00", "0.00")

    def test_lost_keeps_it_away_and_held(self, made: Chargeback) -> None:
        invoice = made.parts.get().invoice

        close(made, BankOutcome.LOST)

        assert (balance_of(invoice), holding(invoice)) == (Decimal("120.00"), ["120.00"])
        resolve(DisputeCase.objects.get())
        # The end of the case does not ask for it either.
        assert figures(invoice) == euros("120.00", "0.00")
        assert [*invariants.broken()] == []

    def test_is_given_in_by_the_management_alone_and_for_good(self, made: Chargeback) -> None:
        with pytest.raises(NotYourTransition):
            close(made, BankOutcome.ACCEPTED)

        close(made, BankOutcome.ACCEPTED, by=BOSS)

        assert (fresh(made).status, fresh(made).funds) == ("accepted", "withdrawn")
        for outcome in (BankOutcome.WON, BankOutcome.LOST, BankOutcome.CLOSED):
            with pytest.raises(IllegalTransition):
                close(made, outcome, by=BOSS)

    @pytest.mark.parametrize(
        ("facts", "outcome"),
        [
            ({"kind": "inquiry"}, BankOutcome.LOST),
            ({"kind": "inquiry"}, BankOutcome.WON),
            ({"funds_withdrawn": True}, BankOutcome.CLOSED),
        ],
    )
    def test_refuses_an_end_that_cannot_be(
        self, facts: dict[str, Any], outcome: BankOutcome
    ) -> None:
        made = asked(paid()[1], **facts)
        before = all_of_it()

        with pytest.raises(OutcomeRefused):
            close(made, outcome, by=BOSS)

        assert all_of_it() == before

    @pytest.mark.parametrize("end", ["resolve", "reject", "withdraw"])
    def test_comes_before_the_case_ends(self, made: Chargeback, end: str) -> None:
        case = DisputeCase.objects.get()
        before = all_of_it()
        facts = {"closing_code": ClosingCode.GOODWILL} if end == "resolve" else {}

        with pytest.raises(BankDecidesFirst, match="CB-2026-0001"):
            getattr(resolving, end)(case=case, note="Done.", by=BOSS, at=NOW, **facts)
        with pytest.raises(resolving.WithdrawingOver):
            resolving.withdraw(case=case, note="Done.", by=CUSTOMER, at=NOW)

        assert all_of_it() == before

    def test_an_inquiry_stands_in_no_case_s_way(self) -> None:
        asked(paid()[1], kind="inquiry")

        assert resolve(DisputeCase.objects.get()).has_ended


class TestLettingGo:
    def test_is_a_decision_of_the_management_after_the_case(self, made: Chargeback) -> None:
        invoice = made.parts.get().invoice
        close(made, BankOutcome.LOST)
        reason = "He pays in parts."
        with pytest.raises(CaseStillRuns, match="D-2026-0001"):
            bank_answers.let_go(chargeback=made, reason=reason, by=BOSS, at=NOW)
        resolve(DisputeCase.objects.get())
        with pytest.raises(NotYourTransition):
            bank_answers.let_go(chargeback=made, reason=reason, by=DESK, at=NOW)
        assert figures(invoice) == euros("120.00", "0.00")

        bank_answers.let_go(chargeback=made, reason=reason, by=BOSS, at=NOW)

        assert figures(invoice) == euros("0.00", "120.00")
        assert [*invariants.broken()] == []
        with pytest.raises(NothingKeptBack):
            bank_answers.let_go(chargeback=made, reason=reason, by=BOSS, at=NOW)

    def test_is_refused_while_the_bank_decides(self, made: Chargeback) -> None:
        withdraw(made)

        with pytest.raises(NothingKeptBack):
            bank_answers.let_go(chargeback=made, reason="I want to.", by=BOSS, at=NOW)

    def test_says_until_then_why_nobody_is_reminded(self, made: Chargeback) -> None:
        invoice = Invoice.objects.with_everything().get(pk=made.parts.get().invoice_id)
        LadderFactory(shop=invoice.shop, default=True)
        DunningPositionFactory(invoice=invoice)
        withdraw(made)

        told = outlook.of([invoice], NOW + timedelta(days=40))[invoice.pk]

        assert told.step is None
        assert "Chargeback CB-2026-0001" in told.sentence


def told() -> list[str]:
    found = OutgoingEmail.objects.filter(kind="chargeback_due").order_by("created_at", "recipient")
    return [mail.subject for mail in found]


class TestCountingDown:
    def moment(self, day: int, hour: int = 9) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=PARIS)

    def test_tells_the_shop_seven_three_and_one_day_before_once_each(
        self, made: Chargeback
    ) -> None:
        # The clocks go forward on the 29th: days are counted, not hours.
        for day in range(17, 31):
            count_down(at=self.moment(day))
            count_down(at=self.moment(day, 23))

        assert told() == [
            f"Evidence for the bank is due in {left}: CB-2026-0001"
            for left in ("7 days", "3 days", "1 day")
        ]
        mail = OutgoingEmail.objects.filter(kind="chargeback_due").earliest("created_at")
        assert mail.recipient == made.shop.email
        assert "by Mar 30, 2026, 17:00" in mail.text
        assert made.payment.number in mail.text

    def test_tells_the_latest_count_alone_when_it_is_late(self, made: Chargeback) -> None:
        assert count_down(at=self.moment(28)) == {"told": 1, "failed": 0}
        assert count_down(at=self.moment(28)) == {"told": 0, "failed": 0}

        assert told() == ["Evidence for the bank is due in 2 days: CB-2026-0001"]

    def test_tells_who_answers_for_the_case_as_well(self) -> None:
        _invoice, payment = paid()
        member = staff(payment.shop)
        asked(payment, owner=member.user)

        count_down(at=self.moment(27))

        recipients = OutgoingEmail.objects.filter(kind="chargeback_due")
        assert {mail.recipient for mail in recipients} == {payment.shop.email, member.user.email}

    def test_tells_nobody_who_left_the_shop(self) -> None:
        _invoice, payment = paid()
        member = staff(payment.shop)
        asked(payment, owner=member.user)
        Membership.objects.filter(pk=member.pk).update(is_active=False)

        count_down(at=self.moment(27))

        recipients = OutgoingEmail.objects.filter(kind="chargeback_due")
        assert {mail.recipient for mail in recipients} == {payment.shop.email}

    @pytest.mark.parametrize("how", ["handed in", "over"])
    def test_is_quiet_when_nothing_can_be_handed_in(self, made: Chargeback, how: str) -> None:
        if how == "handed in":
            bank_answers.submit(chargeback=made, note="Photos.", by=DESK, at=NOW)
        at = self.moment(29) if how == "handed in" else DUE

        assert count_down(at=at) == {"told": 0, "failed": 0}
        assert told() == []

    def test_counts_anew_when_the_bank_asks_again(self, made: Chargeback) -> None:
        count_down(at=self.moment(29))
        bank_answers.submit(chargeback=made, note="Photos.", by=DESK, at=self.moment(29))
        later = DUE + timedelta(days=7)
        bank_answers.ask_again(chargeback=made, evidence_due_by=later, by=DESK, at=self.moment(30))

        count_down(at=self.moment(30))

        assert told()[-1] == "Evidence for the bank is due in 7 days: CB-2026-0001"
