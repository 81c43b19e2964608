"""The visits that work done again opens, and what becomes of them when it is off."""

from datetime import date

import pytest

from disputes import invariants
from disputes.models import ReworkRequest
from disputes.services import deciding_rework, rework_disputes, reworking
from disputes.services.rework_visits import ReworkWaits
from disputes.states import ReworkStatus as S
from inspections.states import Stage
from invoices.models import Invoice
from invoices.services import cancelling
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web import calling_off
from tests.disputes.cases import CUSTOMER, DESK, TODAY, euros, figures, later
from tests.disputes.cases import reason as reason_of
from tests.disputes.reworks import accept, ask, bill, deliver, everything, now, visit_of
from tests.factories import NOW, EstimateFactory, InspectionFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    made = bill()
    reason_of(made, code="badly_done")
    return made


@pytest.fixture
def rework(invoice: Invoice) -> ReworkRequest:
    return ask(invoice)


class TestVisits:
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
