"""Work done again, from being asked for to its answer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from disputes import invariants
from disputes.models import ReworkRequest
from disputes.services import asking_rework, deciding_rework, reworking
from disputes.services.opening import ContestedBefore, LineElsewhere
from disputes.services.rework_steps import ReworkWordsMissing
from disputes.states import RefusalReason
from disputes.states import ReworkStatus as S
from dunning import outlook
from inspections.states import Stage
from invoices.models import Invoice
from invoices.services import holds, payments
from invoices.states import HoldKind
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.disputes.cases import BOSS, CUSTOMER, DESK, TECHNICIAN, contest, euros, figures, later
from tests.disputes.cases import reason as reason_of
from tests.disputes.reworks import accept, ask, bill, events, everything, link_to, mails, refuse
from tests.factories import (
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    InspectionFactory,
    LadderFactory,
    PaymentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    made = bill()
    reason_of(made, code="badly_done")
    return made


@pytest.fixture
def rework(invoice: Invoice) -> ReworkRequest:
    return ask(invoice)


class TestAsking:
    def test_holds_the_lines_at_once_and_says_until_when_it_is_answered(
        self, invoice: Invoice
    ) -> None:
        rework = ask(invoice, lines=2)

        assert (rework.number, rework.status) == ("RW-2026-0001", S.REQUESTED)
        assert rework.amount == Decimal("180.00")
        assert rework.answer_by == datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
        assert figures(invoice) == euros("180.00", "24.00")
        assert events(rework) == ["rework.asked"]
        assert mails() == ["rework_asked", "rework_asked_desk"]
        text = OutgoingEmail.objects.get(kind="rework_asked").text
        assert "We answer you by Mar 18, 2026" in text
        assert "€24.00 stays payable" in text
        assert list(invariants.broken()) == []

    def test_is_said_in_the_invoices_sentence(self, invoice: Invoice) -> None:
        LadderFactory(shop=invoice.shop, default=True)
        DunningPositionFactory(invoice=invoice)
        ask(invoice, lines=3)

        said = outlook.of([invoice], NOW)[invoice.pk].sentence

        assert said == "Next reminder: none. Held by: Rework RW-2026-0001."

    def test_of_a_paid_invoice_is_held_when_the_money_turns_out_never_to_have_come(
        self, invoice: Invoice
    ) -> None:
        payment = PaymentFactory(on=invoice, amount=Decimal("204.00"))
        ask(Invoice.objects.get(pk=invoice.pk))
        assert figures(invoice) == euros("0.00", "0.00")

        payments.annul(payment=payment, reason="The cheque bounced.", by=BOSS, at=NOW)

        assert figures(invoice) == euros("120.00", "84.00")
        assert list(invariants.broken()) == []

    def test_of_a_promised_invoice_is_held_when_the_promise_is_over(self, invoice: Invoice) -> None:
        promised = holds.place(invoice=invoice, kind=HoldKind.PROMISE, by=DESK, at=NOW)
        ask(invoice)

        holds.release(hold=promised, reason="Not kept.", by=DESK, at=NOW)

        assert figures(invoice) == euros("120.00", "84.00")

    def test_the_same_through_the_same_link_is_the_same(self, invoice: Invoice) -> None:
        link = link_to(ask(bill()))
        first = ask(invoice, link=link)
        before = everything()

        assert ask(invoice, link=link).pk == first.pk
        assert everything() == before

    def test_by_staff_the_desk_is_not_mailed(self, invoice: Invoice) -> None:
        ask(invoice, by=DESK)

        assert mails() == ["rework_asked"]

    def test_refuses_what_cannot_be_done_again(self, invoice: Invoice) -> None:
        rework = ask(invoice)
        contest(invoice, line=invoice.lines.in_order()[1])
        other = bill()
        before = everything()

        def refused(error: type[Exception], **facts: Any) -> None:
            lines = facts.pop("lines", [invoice.lines.in_order()[2]])
            told = {"invoice": invoice, "description": "Again."} | facts
            with pytest.raises(error):
                asking_rework.ask(lines=lines, **told, by=CUSTOMER, at=NOW)

        refused(asking_rework.NothingChosen, lines=[])
        refused(ReworkWordsMissing, description=" ")
        refused(LineElsewhere, lines=list(other.lines.all()))
        refused(asking_rework.AskedBefore, lines=list(rework.lines.all()))
        refused(ContestedBefore, lines=[invoice.lines.in_order()[1]])
        assert everything() == before


class TestAnswering:
    def test_accepting_opens_a_free_visit_of_the_same_vehicle_and_keeps_the_hold(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        before = InspectionFactory(
            repair_order=invoice.repair_order, stage=Stage.CHECK_OUT, completed=True
        )

        accepted = accept(rework, appointment_on=date(2026, 3, 19), note="At eight.")

        visit = accepted.repair_order
        assert visit is not None
        assert (visit.customer, visit.vehicle) == (invoice.customer, invoice.repair_order.vehicle)
        assert "They squeal again." in visit.concern
        assert (accepted.status, accepted.compared_with) == (S.ACCEPTED, before)
        assert figures(invoice) == euros("120.00", "84.00")
        text = OutgoingEmail.objects.get(kind="rework_accepted").text
        assert "Please bring the vehicle on Mar 19, 2026 (Thursday)." in text
        assert "At eight." in text

    def test_a_day_that_is_over_or_far_off_is_refused_and_opens_nothing(
        self, rework: ReworkRequest
    ) -> None:
        before = everything()

        for day in (date(2026, 3, 15), date(2026, 6, 15), date(2206, 3, 19)):
            with pytest.raises(deciding_rework.AppointmentRefused):
                accept(rework, appointment_on=day)

        assert everything() == before
        accept(rework, appointment_on=date(2026, 6, 14))

    def test_refusing_gives_the_customer_seven_days_in_which_it_stays_held(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        refused = refuse(rework, at=later(1))

        assert (refused.status, refused.customer_until) == (S.REFUSED, date(2026, 3, 24))
        assert figures(invoice) == euros("120.00", "84.00")
        text = OutgoingEmail.objects.get(kind="rework_refused").text
        assert "The noise comes from the rear axle." in text
        assert "until Mar 24, 2026 (Tuesday)" in text
        assert "without prejudice: you keep all your legal rights" in text

    def test_refusing_needs_words_and_somebody_who_may(self, rework: ReworkRequest) -> None:
        before = everything()

        with pytest.raises(ReworkWordsMissing):
            deciding_rework.refuse(
                rework=rework, reason=RefusalReason.MISUSE, explanation=" ", by=DESK, at=NOW
            )
        for somebody in (CUSTOMER, TECHNICIAN):
            with pytest.raises(NotYourTransition):
                refuse(rework, by=somebody)

        assert everything() == before

    def test_what_was_refused_can_still_be_accepted(self, rework: ReworkRequest) -> None:
        refuse(rework)

        assert accept(rework, at=later(1)).status == S.ACCEPTED
        assert OutgoingEmail.objects.get(kind="rework_refused").status == "withdrawn"
        with pytest.raises(IllegalTransition):
            reworking.close(rework=rework, by=CUSTOMER, at=later(2))


def test_a_vehicle_that_was_sold_is_not_taken(invoice: Invoice, rework: ReworkRequest) -> None:
    vehicle = invoice.repair_order.vehicle
    vehicle.customer = CustomerFactory(shop=invoice.shop)
    vehicle.save()
    before = everything()

    with pytest.raises(Exception, match="another customer"):
        accept(rework)

    assert everything() == before
