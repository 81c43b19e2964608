"""Work done again: asked, answered, done, checked, and how each request ends."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from disputes import invariants
from disputes.models import DisputeCase, ReworkRequest
from disputes.services import (
    asking_rework,
    deciding_rework,
    resolving,
    rework_disputes,
    reworking,
)
from disputes.services.locking import lock_case
from disputes.services.opening import ContestedBefore, LineElsewhere
from disputes.services.rework_steps import ReworkWordsMissing
from disputes.services.rework_visits import ReworkWaits
from disputes.states import ClosingCode, OfferKind, OfferStatus, Opening, RefusalReason
from disputes.states import ReworkStatus as S
from dunning import outlook
from inspections.states import Stage
from invoices.models import Hold, Invoice
from invoices.services import cancelling, holds, payments
from invoices.states import HoldKind
from shopdisputes.actors import SYSTEM, Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from shopdisputes.web import calling_off
from tests.disputes.cases import (
    BOSS,
    CUSTOMER,
    DESK,
    TECHNICIAN,
    TODAY,
    contest,
    euros,
    figures,
    later,
)
from tests.disputes.cases import reason as reason_of
from tests.disputes.reworks import (
    accept,
    ask,
    bill,
    deliver,
    events,
    everything,
    link_to,
    mails,
    refuse,
)
from tests.factories import (
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    EstimateFactory,
    InspectionFactory,
    LadderFactory,
    OfferFactory,
    PaymentFactory,
    RepairOrderFactory,
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


def now(rework: ReworkRequest) -> ReworkRequest:
    return ReworkRequest.objects.with_everything().get(pk=rework.pk)


def visit_of(rework: ReworkRequest) -> RepairOrder:
    assert rework.repair_order is not None
    return rework.repair_order


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


class TestDoing:
    def test_what_the_customer_confirms_can_be_asked_for_again(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        accept(rework)
        done = deliver(rework, at=later(2))
        assert (done.status, done.tries, done.check_until) == (S.DELIVERED, 1, date(2026, 3, 25))
        assert figures(invoice) == euros("120.00", "84.00")

        ended = reworking.confirm(rework=rework, by=CUSTOMER, at=later(3))

        assert (ended.status, ended.ended_at) == (S.CONFIRMED, later(3))
        assert figures(invoice) == euros("0.00", "204.00")
        assert events(rework) == [
            *("rework.asked", "rework.accepted", "rework.begun", "rework.delivered"),
            "rework.confirmed",
        ]
        assert mails()[-2:] == ["rework_ended", "rework_said_desk"]
        assert list(invariants.broken()) == []

    def test_after_a_complaint_it_is_tried_again_on_an_open_visit(
        self, rework: ReworkRequest
    ) -> None:
        accept(rework)
        deliver(rework, at=later(1))
        RepairOrder.objects.filter(pk=now(rework).repair_order_id).update(status="closed")

        said = reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=later(2))
        assert (said.status, said.answer_by) == (S.NOT_FIXED, later(4))
        first = said.repair_order
        begun = reworking.begin(rework=rework, by=DESK, at=later(3))

        assert (begun.tries, begun.repair_order == first) == (2, False)
        assert "Still." in begun.repair_order.concern
        assert list(invariants.broken()) == []

    def test_a_new_day_answers_a_complaint(self, rework: ReworkRequest) -> None:
        accept(rework)
        deliver(rework)
        reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=NOW)

        deciding_rework.appoint(rework=rework, appointment_on=date(2026, 3, 20), by=DESK, at=NOW)

        assert not ReworkRequest.objects.to_answer().exists()
        assert not rework_disputes.can_dispute(now(rework), at=later(4))
        assert rework_disputes.can_dispute(now(rework), at=later(5))

    def test_what_is_not_free_is_an_estimate_on_the_visit(self, rework: ReworkRequest) -> None:
        with pytest.raises(reworking.NoVisit):
            reworking.offer_supplement(rework=rework, by=DESK, at=NOW)
        accepted = accept(rework)

        drafted = reworking.offer_supplement(rework=rework, by=DESK, at=NOW)

        assert drafted.repair_order == accepted.repair_order
        assert now(rework).supplement == drafted
        assert reworking.offer_supplement(rework=rework, by=DESK, at=NOW) == drafted

    def test_a_promised_visit_is_not_called_off(self, rework: ReworkRequest) -> None:
        visit = accept(rework).repair_order
        before = everything()

        with pytest.raises(ReworkWaits):
            calling_off.cancel(repair_order=visit, reason="Too busy.", by=DESK, at=NOW)

        assert everything() == before

    def test_called_off_it_is_not_held_any_more(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        reworking.call_off(rework=rework, note="It went away.", by=CUSTOMER, at=NOW)

        assert figures(invoice) == euros("0.00", "204.00")
        assert now(rework).status == S.CANCELLED

    @pytest.mark.parametrize("by", [CUSTOMER, DESK])
    def test_called_off_its_unused_visit_is_cancelled_with_it(
        self, rework: ReworkRequest, by: Actor
    ) -> None:
        visit = visit_of(accept(rework))
        reworking.offer_supplement(rework=rework, by=DESK, at=NOW)

        reworking.call_off(rework=rework, note="It went away.", by=by, at=later(1))

        visit.refresh_from_db()
        assert (visit.status, visit.closed_at) == (RepairOrderStatus.CANCELLED, later(1))
        event = AuditEvent.objects.get(action="repair_order.cancelled")
        assert event.data["reason"] == f"Rework {rework.number}: Called off"
        assert list(invariants.broken()) == []

    def test_called_off_a_visit_on_which_something_happened_stays_open(
        self, rework: ReworkRequest
    ) -> None:
        def looked_at(visit: RepairOrder) -> None:
            InspectionFactory(repair_order=visit, stage=Stage.CHECK_IN)

        def offered(visit: RepairOrder) -> None:
            EstimateFactory(repair_order=visit, sent=True)

        def come(visit: RepairOrder) -> None:
            asked = ReworkRequest.objects.get(repair_order=visit)
            deliver(asked)
            reworking.complain(rework=asked, text="Still.", by=CUSTOMER, at=NOW)

        for happened in (looked_at, offered, come):
            asked = ask(bill())
            visit = visit_of(accept(asked))
            happened(visit)

            reworking.call_off(rework=asked, note="It went away.", by=DESK, at=NOW)

            assert now(asked).status == S.CANCELLED, happened
            assert visit_of(now(asked)).status == RepairOrderStatus.OPEN, happened

    def test_contested_before_anything_was_done_its_visit_is_cancelled(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        visit = visit_of(accept(rework))

        rework_disputes.dispute(rework=rework, by=DESK, at=NOW)

        visit.refresh_from_db()
        assert visit.status == RepairOrderStatus.CANCELLED
        assert figures(invoice) == euros("120.00", "84.00")

    def test_a_visit_that_was_not_needed_does_not_count_as_a_repair_not_completed(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        shop = invoice.shop
        disputed, looked_at = ask(bill(shop)), ask(bill(shop))
        for each in (rework, disputed, looked_at):
            accept(each)
        InspectionFactory(repair_order=visit_of(now(looked_at)), stage=Stage.CHECK_IN)
        reworking.call_off(rework=rework, note="It went away.", by=CUSTOMER, at=NOW)
        rework_disputes.dispute(rework=disputed, by=DESK, at=NOW)
        reworking.call_off(rework=looked_at, note="It went away.", by=DESK, at=NOW)
        RepairOrderFactory(shop=shop, status="closed", closed_at=NOW)

        def ended() -> tuple[int, int, int]:
            found = cancelling.completion_rate(shop, since=TODAY, until=later(1).date())
            return found.completed, found.stopped, found.cancelled

        assert RepairOrder.objects.filter(status=RepairOrderStatus.CANCELLED).count() == 2
        assert ended() == (1, 0, 0)
        # Somebody had looked at this one, and a person called it off: begun, not completed.
        used = visit_of(now(looked_at))
        calling_off.cancel(repair_order=used, reason="It is dry.", by=DESK, at=later(1))
        assert ended() == (1, 0, 1)

    @pytest.mark.parametrize("by", [CUSTOMER, DESK])
    @pytest.mark.parametrize("disputed", [False, True])
    def test_who_was_told_a_day_is_told_that_it_is_off(
        self, rework: ReworkRequest, by: Actor, disputed: bool
    ) -> None:
        accept(rework)
        deliver(rework)
        reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=NOW)
        deliver(rework)
        reworking.complain(rework=rework, text="Again.", by=CUSTOMER, at=NOW)
        deciding_rework.appoint(rework=rework, appointment_on=date(2026, 3, 19), by=DESK, at=NOW)

        if disputed:
            rework_disputes.dispute(rework=rework, by=by, at=later(3))
        else:
            reworking.call_off(rework=rework, note="It went away.", by=by, at=later(3))

        kind = "dispute_opened" if disputed else "rework_ended"
        mail = OutgoingEmail.objects.get(kind=kind)
        for words in (mail.text, " ".join(mail.html.split())):
            assert (
                "The appointment on Mar 19, 2026 (Thursday) is off: "
                "you need not bring the vehicle for this."
            ) in words
        # Whoever has not been told the day yet is not told it any more.
        told = OutgoingEmail.objects.filter(kind="rework_accepted")
        assert set(told.values_list("status", flat=True)) == {EmailStatus.WITHDRAWN}

    @pytest.mark.parametrize("day", [None, date(2026, 3, 19)])
    def test_where_no_day_is_ahead_nobody_is_told_of_one(
        self, rework: ReworkRequest, day: date | None
    ) -> None:
        accept(rework, appointment_on=day)
        other = accept(ask(bill()), appointment_on=day)

        rework_disputes.dispute(rework=rework, by=DESK, at=later(4))
        reworking.call_off(rework=other, note="It went away.", by=DESK, at=later(4))

        for mail in OutgoingEmail.objects.filter(kind__in=["dispute_opened", "rework_ended"]):
            assert "The appointment" not in mail.text

    def test_another_day_stops_a_mail_with_the_former_one(self, rework: ReworkRequest) -> None:
        accept(rework, appointment_on=date(2026, 3, 19))

        deciding_rework.appoint(
            rework=rework, appointment_on=date(2026, 3, 20), by=DESK, at=later(1)
        )

        told = OutgoingEmail.objects.filter(kind="rework_accepted").order_by("created_at")
        assert [mail.status for mail in told] == [EmailStatus.WITHDRAWN, EmailStatus.QUEUED]


class TestDisputing:
    def test_a_refusal_becomes_a_case_that_holds_what_was_held(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        refuse(rework)

        case = rework_disputes.dispute(
            rework=rework, text="It is not the axle.", by=CUSTOMER, at=later(7)
        )

        assert (case.opening, case.reason.code) == (Opening.REWORK, "badly_done")
        assert case.comment == "They squeal again.\n\nIt is not the axle."
        assert figures(invoice) == euros("120.00", "84.00")
        (hold,) = Hold.objects.filter(released_at=None)
        assert (hold.kind, hold.subject) == (HoldKind.DISPUTE, case.number)
        assert (now(rework).status, now(rework).case) == (S.DISPUTED, case)
        assert {"dispute_opened", "dispute_opened_desk"} <= set(
            OutgoingEmail.objects.values_list("kind", flat=True)
        )
        assert list(invariants.broken()) == []

    def test_the_day_shown_is_the_day_enforced(self, rework: ReworkRequest) -> None:
        refuse(rework)
        before = everything()
        last_moment = datetime(2026, 3, 23, 22, 59, tzinfo=UTC)

        with pytest.raises(rework_disputes.TimeOver):
            rework_disputes.dispute(
                rework=rework, by=CUSTOMER, at=datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
            )
        assert everything() == before
        assert rework_disputes.dispute(rework=rework, by=CUSTOMER, at=last_moment)

    def test_an_unanswered_request_can_be_disputed_at_its_hour(self, rework: ReworkRequest) -> None:
        before = everything()

        with pytest.raises(rework_disputes.NotYet):
            rework_disputes.dispute(
                rework=rework, by=CUSTOMER, at=datetime(2026, 3, 18, 9, 29, 59, tzinfo=UTC)
            )
        assert everything() == before
        assert rework_disputes.dispute(rework=rework, by=CUSTOMER, at=rework.answer_by)

    def test_what_was_promised_and_not_begun_can_be_disputed_after_its_day(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        accept(rework)
        before = everything()

        with pytest.raises(rework_disputes.NotYet):
            rework_disputes.dispute(rework=rework, by=CUSTOMER, at=later(14))
        assert everything() == before
        rework_disputes.dispute(rework=rework, by=CUSTOMER, at=later(15))

        assert figures(invoice) == euros("120.00", "84.00")
        assert list(invariants.broken()) == []

    def test_after_the_second_try_at_once(self, rework: ReworkRequest) -> None:
        accept(rework)
        deliver(rework)
        reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=NOW)
        with pytest.raises(rework_disputes.NotYet):
            rework_disputes.dispute(rework=rework, by=CUSTOMER, at=NOW)
        deliver(rework)
        reworking.complain(rework=rework, text="Again.", by=CUSTOMER, at=NOW)

        assert rework_disputes.dispute(rework=rework, by=CUSTOMER, at=NOW).comment == (
            "They squeal again.\n\nAgain."
        )


class TestEnding:
    def test_silence_closes_a_refusal_without_prejudice_when_the_day_is_over(
        self, invoice: Invoice, rework: ReworkRequest
    ) -> None:
        refuse(rework)
        before = everything()
        with pytest.raises(reworking.TooEarly):
            reworking.close(rework=rework, by=SYSTEM, at=datetime(2026, 3, 23, 22, 59, tzinfo=UTC))
        assert everything() == before

        closed = reworking.close(
            rework=rework, by=SYSTEM, at=datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
        )

        assert closed.status == S.CLOSED_AS_IS
        assert figures(invoice) == euros("0.00", "204.00")
        text = OutgoingEmail.objects.get(kind="rework_ended").text
        assert "as it is, without prejudice" in text
        assert "You keep all your legal rights" in text
        assert list(invariants.broken()) == []

    def test_staff_close_it_with_how_they_know(self, rework: ReworkRequest) -> None:
        refuse(rework)
        with pytest.raises(ReworkWordsMissing):
            reworking.close(rework=rework, by=DESK, at=NOW)

        assert reworking.close(rework=rework, note="He rang.", by=DESK, at=NOW).ended_at == NOW

    def test_silence_confirms_only_what_a_mail_told(self, rework: ReworkRequest) -> None:
        accept(rework)
        deliver(rework)
        over = datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
        with pytest.raises(reworking.TooEarly):
            reworking.take_silence(rework=rework, at=over)

        OutgoingEmail.objects.filter(kind="rework_delivered").update(status="sent", sent_at=NOW)
        assert reworking.take_silence(rework=rework, at=over).status == S.AUTO_CONFIRMED


class TestFromAnOffer:
    @pytest.fixture
    def case(self, invoice: Invoice) -> DisputeCase:
        return contest(invoice, line=invoice.lines.in_order()[0])

    def test_the_cases_hold_becomes_its_hold(self, invoice: Invoice, case: DisputeCase) -> None:
        offer = OfferFactory(
            case=case, kind=OfferKind.REWORK, amount=None, status=OfferStatus.EXECUTED
        )
        locked = lock_case(case)

        rework = reworking.begin_from_offer(case=locked, offer=offer, by=DESK, at=NOW)
        assert figures(invoice) == euros("120.00", "84.00")
        resolving.resolve(
            case=case, closing_code=ClosingCode.SHARED, note="We do it again.", by=BOSS, at=NOW
        )

        assert (rework.status, rework.case, rework.amount) == (S.ACCEPTED, case, Decimal("120.00"))
        assert rework.repair_order is not None
        assert figures(invoice) == euros("120.00", "84.00")
        (hold,) = Hold.objects.filter(released_at=None)
        assert (hold.kind, hold.subject) == (HoldKind.REWORK, rework.number)
        again = reworking.begin_from_offer(case=locked, offer=offer, by=DESK, at=NOW)
        assert again == rework
        assert list(invariants.broken()) == []

    def test_is_about_one_invoice(self, case: DisputeCase, invoice: Invoice) -> None:
        other = bill(customer=invoice.customer)
        resolving.contest(
            case=case,
            invoice=other,
            line=None,
            amount=Decimal("10.00"),
            review_on=date(2026, 3, 18),
            by=DESK,
            at=NOW,
        )
        offer = OfferFactory(case=case, kind=OfferKind.REWORK, amount=None)
        before = everything()

        with pytest.raises(reworking.SeveralInvoices):
            reworking.begin_from_offer(case=lock_case(case), offer=offer, by=DESK, at=NOW)

        assert everything() == before


def test_a_vehicle_that_was_sold_is_not_taken(invoice: Invoice, rework: ReworkRequest) -> None:
    vehicle = invoice.repair_order.vehicle
    vehicle.customer = CustomerFactory(shop=invoice.shop)
    vehicle.save()
    before = everything()

    with pytest.raises(Exception, match="another customer"):
        accept(rework)

    assert everything() == before
