"""Work done again: done, checked, contested, and how each request ends."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from disputes import invariants
from disputes.models import DisputeCase, ReworkRequest
from disputes.services import deciding_rework, resolving, rework_disputes, reworking
from disputes.services.locking import lock_case
from disputes.services.rework_steps import ReworkWordsMissing
from disputes.states import ClosingCode, OfferKind, OfferStatus, Opening
from disputes.states import ReworkStatus as S
from invoices.models import Hold, Invoice
from invoices.states import HoldKind
from shopdisputes.actors import SYSTEM
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from tests.disputes.cases import BOSS, CUSTOMER, DESK, contest, euros, figures, later
from tests.disputes.cases import reason as reason_of
from tests.disputes.reworks import (
    accept,
    ask,
    bill,
    deliver,
    events,
    everything,
    mails,
    now,
    refuse,
)
from tests.factories import NOW, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    made = bill()
    reason_of(made, code="badly_done")
    return made


@pytest.fixture
def rework(invoice: Invoice) -> ReworkRequest:
    return ask(invoice)


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
