"""What both sides agreed to is carried out: once, to the cent, and as a whole or not at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from disputes import invariants
from disputes.models import DisputeCase, FollowUp, ReworkRequest
from disputes.services import agreeing, executing, following_up, resolving
from disputes.services.ending_offers import WrongSide
from disputes.states import CaseStatus, ClosingCode, OfferStatus
from disputes.views import today
from invoices.models import DunningPosition, Invoice, Payment, Refund
from invoices.services import crediting, plans
from invoices.states import HoldKind, InvoiceKind, PlanStatus
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition
from tests.disputes.cases import (
    CUSTOMER,
    DESK,
    brakes,
    contest,
    euros,
    events,
    figures,
    fresh,
    later,
    link_to,
    mails,
)
from tests.disputes.settling import FRIDAY, balance, everything, offer, pay, sign
from tests.factories import NOW, InvoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    return brakes()


@pytest.fixture
def case(invoice: Invoice) -> DisputeCase:
    """The pads, 69.48 of 242.28, are contested."""
    return contest(invoice, line=invoice.lines.in_order()[1])


def notes(invoice: Invoice) -> list[Invoice]:
    return list(Invoice.objects.filter(original=invoice).order_by("number"))


class TestACredit:
    def test_is_issued_over_the_contested_line_when_the_customer_has_signed(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        done = sign(offer(case))

        assert (done.status, done.decided_by) == (OfferStatus.EXECUTED, CUSTOMER.name)
        [note] = notes(invoice)
        assert (note.kind, note.total, note.tax) == (InvoiceKind.CREDIT_NOTE, 30, 5)
        assert note.lines.get().credited_line == invoice.lines.in_order()[1]
        assert list(done.credit_notes.all()) == [note]
        assert (balance(invoice), figures(invoice)) == (
            Decimal("212.28"),
            euros("0.00", "212.28"),
        )
        ended = fresh(case)
        assert (ended.status, ended.closing_code) == (CaseStatus.RESOLVED, ClosingCode.SHARED)
        assert ended.reopen_until is None
        assert events(case) == [
            "dispute.opened",
            "dispute.offer_made",
            "dispute.offer_accepted",
            "dispute.resolved",
            "dispute.offer_executed",
        ]
        assert list(invariants.broken()) == []

    def test_is_told_to_both_with_the_signed_agreement(self, case: DisputeCase) -> None:
        done = sign(offer(case))

        assert mails() == {
            "dispute_offer_made": case.customer.email,
            "dispute_offer_accepted": case.customer.email,
            "dispute_offer_desk": case.shop.email,
        }
        assert (
            "€212.28 stays payable" in OutgoingEmail.objects.get(kind="dispute_offer_accepted").text
        )
        signature = done.signature
        assert signature is not None
        assert done.document is not None
        assert (signature.subject_sha256, signature.evidence_level) == (
            done.sha256,
            EvidenceLevel.L1,
        )
        assert "offer 1" in signature.sentence
        assert "€30.00" in signature.sentence
        assert done.document.seal_wanted
        assert done.document.attachment == done.canonical_json
        assert signature.sentence in done.document.html

    def test_of_all_of_it_says_that_the_customer_was_right(self, case: DisputeCase) -> None:
        sign(offer(case, "69.48"))

        assert fresh(case).closing_code == ClosingCode.SHOP_WRONG

    def test_over_two_invoices_takes_them_in_their_order(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        other = InvoiceFactory(issued=True, customer=invoice.customer, total="120.00")
        resolving.contest(
            case=case,
            invoice=other,
            line=None,
            amount=Decimal("20.00"),
            review_on=FRIDAY,
            by=DESK,
            at=later(0, hours=1),
        )

        sign(offer(case, "75.00"))

        assert [note.total for note in notes(invoice)] == [Decimal("69.48")]
        assert [note.total for note in notes(other)] == [Decimal("5.52")]
        assert list(invariants.broken()) == []

    def test_that_no_net_comes_to_is_credited_to_the_cent_all_the_same(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        # With 20 % of tax no net comes to 30.03.
        sign(offer(case, "30.03"))

        assert notes(invoice)[0].total == Decimal("30.03")

    def test_gives_a_new_day_to_pay_as_it_was_offered(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        position = DunningPosition.objects.get(invoice=invoice)

        sign(offer(case, resume="new_due_date", new_due_on=date(2026, 4, 30)))

        assert fresh(position).base_on == date(2026, 4, 30)
        assert (
            "payable by Apr 30, 2026"
            in OutgoingEmail.objects.get(kind="dispute_offer_accepted").text
        )


def test_a_discount_is_goodwill_and_can_be_noted_by_staff(
    invoice: Invoice, case: DisputeCase
) -> None:
    made = offer(case, kind="discount")
    before = everything()
    with pytest.raises(agreeing.HowMissing):
        agreeing.record(offer=made, how=" ", by=DESK, at=NOW)
    assert everything() == before

    done = agreeing.record(offer=made, how="On the phone, Monday.", by=DESK, at=NOW)

    assert (done.status, done.answer, done.signature) == (
        OfferStatus.EXECUTED,
        "On the phone, Monday.",
        None,
    )
    assert fresh(case).closing_code == ClosingCode.GOODWILL
    assert balance(invoice) == Decimal("212.28")
    assert done.document is not None
    assert not done.document.seal_wanted


class TestARefund:
    def test_of_a_paid_invoice_gives_the_money_back_as_it_came(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        payment = pay(invoice, "242.28", method="card")

        done = sign(offer(case, "69.48", kind="refund"))

        refund = Refund.objects.get()
        assert (refund.amount, refund.method) == (Decimal("69.48"), "card")
        told = OutgoingEmail.objects.get(kind="dispute_offer_desk")
        assert "Please give this money back now" in told.text
        assert f"€69.48 · Card · {refund.number}" in told.text
        assert f"€69.48 · Card · {refund.number}" in told.html
        assert list(done.refunds.all()) == [refund]
        assert [note.total for note in notes(invoice)] == [Decimal("69.48")]
        paid = fresh(payment)
        assert (balance(invoice), paid.unallocated, paid.refunded) == (0, 0, Decimal("69.48"))
        assert list(invariants.broken()) == []

    def test_of_an_invoice_paid_in_part_leaves_as_much_owed_as_before(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        pay(invoice, "30.00", received_on=date(2026, 3, 15))
        late = pay(invoice, "20.00")

        sign(offer(case, "40.00", kind="refund"))

        assert balance(invoice) == Decimal("192.28")
        given = dict(Refund.objects.values_list("payment__amount", "amount"))
        assert given == {Decimal("20.00"): Decimal("20.00"), Decimal("30.00"): Decimal("20.00")}
        assert fresh(late).unallocated == 0
        assert list(invariants.broken()) == []


def test_a_plan_is_agreed_with_what_was_signed(invoice: Invoice, case: DisputeCase) -> None:
    parts = [(date(2026, 3, 23), Decimal("100.00")), (date(2026, 4, 23), Decimal("142.28"))]

    done = sign(offer(case, None, kind="plan", instalments=parts))

    plan = done.plan
    assert plan is not None
    assert (plan.status, plan.total) == (PlanStatus.ACTIVE, Decimal("242.28"))
    assert "Camille Durand" in plan.agreed_how
    assert figures(invoice) == euros("0.00", "0.00")
    assert figures(invoice, later(7)) == euros("0.00", "100.00")
    assert fresh(case).closing_code == ClosingCode.SHOP_RIGHT
    assert list(invariants.broken()) == []


def test_what_is_done_again_stays_held_by_its_request(invoice: Invoice, case: DisputeCase) -> None:
    done = sign(offer(case, None, kind="rework", text="New pads, fitted again."))

    rework = ReworkRequest.objects.get()
    assert (rework.offer, rework.status) == (done, "accepted")
    assert rework.hold is not None
    assert (rework.hold.kind, rework.hold.amount) == (HoldKind.REWORK, Decimal("69.48"))
    assert figures(invoice) == euros("69.48", "172.80")
    assert fresh(case).status == CaseStatus.RESOLVED
    assert list(invariants.broken()) == []


def test_what_stays_as_billed_can_be_asked_for_again(invoice: Invoice, case: DisputeCase) -> None:
    sign(offer(case, None, kind="keep_as_billed", text="It is the price of the estimate."))

    assert figures(invoice) == euros("0.00", "242.28")
    assert (notes(invoice), fresh(case).closing_code) == ([], ClosingCode.SHOP_RIGHT)


class TestTheCustomersOffer:
    def test_is_accepted_by_the_shop(self, invoice: Invoice, case: DisputeCase) -> None:
        made = offer(case, "50.00", by=CUSTOMER, link=link_to(case))

        done = agreeing.accept(offer=made, by=DESK, at=NOW)

        assert (done.status, done.decided_by) == (OfferStatus.EXECUTED, "Ada Advisor")
        assert balance(invoice) == Decimal("192.28")
        told = OutgoingEmail.objects.get(kind="dispute_offer_accepted").text
        assert "has accepted your offer" in told

    def test_is_not_accepted_by_the_customer_nor_noted_as_his_answer(
        self, case: DisputeCase
    ) -> None:
        link = link_to(case)
        made = offer(case, "50.00", by=CUSTOMER, link=link)
        before = everything()
        with pytest.raises(WrongSide):
            sign(made, link)
        with pytest.raises(WrongSide):
            agreeing.record(offer=made, how="By phone.", by=DESK, at=NOW)
        assert everything() == before


class TestAccepting:
    def test_twice_by_the_same_link_is_once(self, case: DisputeCase) -> None:
        made, link = offer(case), link_to(case)
        sign(made, link)
        before = everything()

        assert sign(made, link).status == OfferStatus.EXECUTED
        assert executing.execute(offer=made, by=DESK, at=NOW).status == OfferStatus.EXECUTED
        assert everything() == before

    @pytest.mark.parametrize(
        ("facts", "refusal"),
        [
            ({"offer_sha256": "0" * 64}, agreeing.OfferChanged),
            ({"at": later(5)}, agreeing.OfferExpired),
            ({"consent": False}, Exception),
            ({"signer_name": "…"}, Exception),
        ],
    )
    def test_is_refused_and_nothing_happens(
        self, case: DisputeCase, facts: dict[str, Any], refusal: type[Exception]
    ) -> None:
        made, link = offer(case), link_to(case)
        before = everything()
        with pytest.raises(refusal):
            sign(made, link, **facts)
        assert everything() == before

    def test_is_refused_when_something_else_is_contested_by_now(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        resolving.contest(
            case=case,
            invoice=invoice,
            line=invoice.lines.in_order()[0],
            amount=Decimal("10.00"),
            review_on=FRIDAY,
            by=DESK,
            at=NOW,
        )
        made, link = offer(case), link_to(case)
        first = case.items.get(amount="10.00")
        resolving.release_items(case=case, items=[first], reason="Right.", by=DESK, at=NOW)
        before = everything()

        with pytest.raises(agreeing.OfferChanged):
            sign(made, link)

        assert everything() == before

    def test_is_over_with_the_case(self, case: DisputeCase) -> None:
        made = offer(case)
        resolving.withdraw(case=case, note="He called.", by=DESK, at=NOW)
        assert fresh(made).status == OfferStatus.WITHDRAWN

        with pytest.raises(IllegalTransition):
            sign(made)


class TestWhatCannotBeCarriedOut:
    def test_leaves_everything_as_it_was_and_tells_the_shop_why(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        made = offer(case)
        crediting.credit(invoice=invoice, reason="Billed twice.", by=DESK, at=NOW)

        done = sign(made)

        assert done.status == OfferStatus.FAILED
        assert done.failure == "This is more than was billed and is not credited yet."
        assert fresh(case).status == CaseStatus.OPEN
        assert len(notes(invoice)) == 1
        assert case.items.get().hold.released_at is None
        told = OutgoingEmail.objects.get(kind="dispute_offer_desk")
        assert done.failure in told.text
        assert not OutgoingEmail.objects.filter(kind="dispute_offer_accepted").exists()
        [email] = OutgoingEmail.objects.filter(kind="dispute_offer_failed")
        assert (email.recipient, email.link.target_id) == (case.customer.email, case.pk)
        assert (
            email.subject == f"What we agreed in dispute {case.number} could not be carried out yet"
        )
        assert "You need not do anything" in email.text
        assert "We look into it and answer you by Mar 18, 2026." in email.text
        assert "€30.00" in email.text
        [row] = [row for row in today.items(case.shop, DESK, NOW) if row.late]
        assert row.detail == done.failure
        assert list(invariants.broken()) == []

    @pytest.mark.parametrize(
        ("next_on", "promise"),
        [(None, "answer you.\n"), (date(2026, 3, 19), "answer you by Mar 19, 2026.\n")],
    )
    def test_promises_no_answer_on_a_day_that_is_today(
        self, invoice: Invoice, case: DisputeCase, next_on: date | None, promise: str
    ) -> None:
        FollowUp.objects.filter(case=case).update(due_on=NOW.date())
        if next_on is not None:
            following_up.add(case=case, due_on=next_on, by=DESK, at=NOW)
        made = offer(case)
        crediting.credit(invoice=invoice, reason="Billed twice.", by=DESK, at=NOW)

        sign(made)

        text = OutgoingEmail.objects.get(kind="dispute_offer_failed").text
        assert f"We look into it and {promise}" in text

    def test_undoes_what_was_done_before_it_failed(
        self, invoice: Invoice, case: DisputeCase
    ) -> None:
        parts = [(date(2026, 3, 23), Decimal("242.28"))]
        made = offer(case, None, kind="plan", instalments=parts)
        other = [(date(2026, 3, 23), Decimal("172.80"))]
        plans.offer(invoice=invoice, instalments=other, by_email=False, by=DESK, at=NOW)

        done = sign(made)

        assert (done.status, done.plan) == (OfferStatus.FAILED, None)
        assert figures(invoice)[0] == Decimal("69.48")
        assert fresh(case).closed_at is None
        assert "dispute.resolved" not in events(case)
        assert offer(case, at=NOW).position == 2
        assert list(invariants.broken()) == []

    def test_of_a_refund_moves_no_money(self, invoice: Invoice, case: DisputeCase) -> None:
        payment = pay(invoice, "242.28")
        made = offer(case, "69.48", kind="refund")
        Payment.objects.filter(pk=payment.pk).update(unallocated=0)
        crediting.credit(invoice=invoice, reason="All.", by=DESK, at=NOW)
        before = list(Payment.objects.values())

        assert sign(made).status == OfferStatus.FAILED

        assert list(Payment.objects.values()) == before
        assert not Refund.objects.exists()
