"""Opening cases: held at once, once, and never for more than was billed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disputes import invariants
from disputes.models import DisputeCase, FollowUp
from disputes.services import claimed, filing, opening
from disputes.services.opening import Contested
from disputes.states import CaseStatus, Opening, ReasonCode
from estimates.states import LineKind
from invoices import yard
from invoices.models import Hold, Invoice
from invoices.services import holds, payments
from invoices.services.claims import ClaimAnswered
from invoices.states import ClaimStatus, HoldKind
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition
from tests import media
from tests.disputes.cases import (
    BOSS,
    CUSTOMER,
    DESK,
    TODAY,
    brakes,
    contest,
    euros,
    events,
    everything,
    figures,
    later,
    mails,
    reason,
)
from tests.disputes.reworks import ask, bill
from tests.factories import NOW, InvoiceFactory, PaymentFactory, StorageNoticeFactory
from tests.invoices.customers import claim
from tests.invoices.customers import link_to as link_to_invoice

pytestmark = pytest.mark.django_db


def issued(**facts: Any) -> Invoice:
    return InvoiceFactory(issued=True, **facts)


class TestACase:
    def test_holds_what_it_contests_from_its_first_moment(self) -> None:
        invoice = brakes()
        pads = invoice.lines.in_order()[1]

        case = contest(invoice, "50.00", line=pads)

        assert (case.number, case.status) == ("D-2026-0001", CaseStatus.OPEN)
        hold = case.items.get().hold
        assert hold is not None
        assert (hold.kind, hold.amount, hold.subject) == (
            HoldKind.DISPUTE,
            Decimal("50"),
            case.number,
        )
        assert hold.review_on == date(2026, 3, 18)
        assert figures(invoice) == euros("50.00", "192.28")
        assert events(case) == ["dispute.opened"]
        assert mails() == {}
        assert list(invariants.broken()) == []

    def test_takes_follow_up_and_resolver_from_its_reason(self) -> None:
        invoice = issued()
        why = reason(
            invoice,
            code=ReasonCode.DAMAGE,
            follow_up_days=7,
            resolver_name="Theo",
            resolver_email="theo@garage.example",
        )

        case = contest(invoice, reason=why)

        assert FollowUp.objects.get().due_on == date(2026, 3, 23)
        assert (case.resolver_name, case.resolver_email) == ("Theo", "theo@garage.example")

    @pytest.mark.parametrize(
        ("theo", "typed", "kept"),
        [
            ("theo@garage.example", ("Bob", ""), ("Theo", "theo@garage.example")),
            ("theo@garage.example", ("", "bob@x.example"), ("", "bob@x.example")),
            ("", ("Bob", ""), ("Bob", "")),
            ("", ("", ""), ("Theo", "")),
        ],
    )
    def test_asks_nobody_under_the_name_of_another(
        self, theo: str, typed: tuple[str, str], kept: tuple[str, str]
    ) -> None:
        invoice = issued()
        why = reason(invoice, resolver_name="Theo", resolver_email=theo)

        case = contest(invoice, reason=why, resolver_name=typed[0], resolver_email=typed[1])

        assert (case.resolver_name, case.resolver_email) == kept

    def test_of_a_whole_invoice_contests_what_no_other_case_does(self) -> None:
        invoice = brakes()
        contest(invoice, line=invoice.lines.in_order()[0])
        first = figures(invoice)[0]

        whole = contest(invoice)

        assert whole.items.get().amount == invoice.total - first
        assert figures(invoice) == (invoice.total, Decimal("0.00"))

    def test_about_what_is_paid_holds_it_when_the_money_turns_out_never_to_have_come(self) -> None:
        invoice = issued()
        payment = PaymentFactory(on=invoice, amount=Decimal("120.00"))
        contest(invoice, "100.00")
        assert figures(invoice) == (Decimal("0.00"), Decimal("0.00"))

        payments.annul(payment=payment, reason="The cheque bounced.", by=BOSS, at=NOW)

        assert figures(invoice) == (Decimal("100.00"), Decimal("20.00"))

    def test_about_what_is_promised_holds_it_when_the_promise_is_over(self) -> None:
        invoice = issued()
        promised = holds.place(invoice=invoice, kind=HoldKind.PROMISE, by=DESK, at=NOW)
        contest(invoice, "100.00")

        holds.release(hold=promised, reason="Not kept.", by=DESK, at=NOW)

        assert figures(invoice) == euros("100.00", "20.00")

    def test_about_a_line_holds_no_more_than_the_invoice_that_a_discount_lessens(self) -> None:
        invoice = issued(
            total="96.00",
            lines=[
                {"quantity": 1, "unit_price": Decimal("100.00")},
                {"kind": LineKind.DISCOUNT, "quantity": 1, "unit_price": Decimal("-20.00")},
            ],
        )

        case = contest(invoice, "120.00", line=invoice.lines.in_order()[0])

        hold = case.items.get().hold
        assert hold is not None
        assert hold.amount == Decimal("96.00")

    def test_of_the_customer_is_acknowledged_with_its_number_and_the_rest(self) -> None:
        invoice = issued()
        photo = SimpleUploadedFile("pads.jpg", media.jpeg(160, 120))
        kept = filing.keep(shop=invoice.shop, files=[photo, photo], by=CUSTOMER, at=NOW)

        case = contest(invoice, "20.00", by=CUSTOMER, opening=Opening.CUSTOMER, files=kept)

        assert case.status == CaseStatus.SUBMITTED
        assert (case.files.get().sent_as, case.files.get().side) == ("pads.jpg", "customer")
        assert mails() == {
            "dispute_opened": invoice.customer.email,
            "dispute_opened_desk": invoice.shop.email,
        }
        text = OutgoingEmail.objects.get(kind="dispute_opened").text
        assert "as dispute D-2026-0001" in text
        assert f"Of invoice {invoice.number}, €100.00 stays payable by" in text


def foreign(invoice: Invoice) -> dict[str, Any]:
    return {"items": [Contested(invoice=invoice), Contested(invoice=issued(shop=invoice.shop))]}


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        (lambda _i: {"items": []}, opening.NothingContested, "items"),
        (lambda _i: {"comment": " "}, opening.CommentMissing, "comment"),
        (lambda _i: {"comment": "x" * 4001}, opening.CommentMissing, "comment"),
        (lambda _i: {"follow_up_on": TODAY}, opening.DayRefused, "follow_up_on"),
        (lambda _i: {"follow_up_on": date(2026, 6, 15)}, opening.DayRefused, "follow_up_on"),
        (foreign, opening.OtherCustomers, "items"),
    ],
)
def test_is_refused_and_nothing_happens(
    facts: Callable[[Invoice], dict[str, Any]], refusal: type[Exception], field: str
) -> None:
    invoice = issued()
    why, told = reason(invoice), facts(invoice)
    before = everything()

    with pytest.raises(refusal) as refused:
        contest(invoice, reason=why, **told)

    assert list(refused.value.fields) == [field]  # type: ignore[attr-defined]
    assert everything() == before


@pytest.mark.parametrize("amount", ["120.01", "0.00", "-1.00", "1.005"])
def test_contests_no_amount_that_was_not_billed(amount: str) -> None:
    invoice = issued()
    why = reason(invoice)
    before = everything()

    with pytest.raises(opening.MoreThanTheLine) as refused:
        contest(invoice, amount, reason=why)

    assert list(refused.value.fields) == ["items.0.amount"]
    assert everything() == before


def test_contests_the_same_only_once() -> None:
    invoice = issued()
    line = invoice.lines.get()
    contest(invoice, "10.00", line=line)
    before = everything()

    with pytest.raises(opening.ContestedBefore, match="D-2026-0001"):
        contest(invoice, "10.00", line=line)

    assert everything() == before


def test_does_not_contest_what_is_to_be_done_again_already() -> None:
    invoice = bill()
    pads, discs = invoice.lines.in_order()[:2]
    ask(invoice)
    why = reason(invoice)
    before = everything()

    with pytest.raises(opening.DoneAgain, match="RW-2026-0001"):
        contest(invoice, line=pads, reason=why)

    assert everything() == before
    contest(invoice, line=discs, reason=why)
    assert figures(invoice) == euros("180.00", "24.00")


def test_contests_nothing_of_an_invoice_that_asks_for_nothing() -> None:
    invoice = InvoiceFactory(issued=True, total="0.00")
    why = reason(invoice)
    before = everything()

    with pytest.raises(opening.MoreThanTheLine):
        contest(invoice, reason=why)

    assert everything() == before


def test_of_a_whole_invoice_no_more_than_its_other_disputes_leave() -> None:
    invoice = bill()
    contest(invoice, line=invoice.lines.in_order()[1])
    why = reason(invoice)
    before = everything()

    with pytest.raises(opening.MoreThanIsLeft, match=r"At most €144\.00") as refused:
        contest(invoice, "144.01", reason=why)

    assert list(refused.value.fields) == ["items.0.amount"]
    assert everything() == before
    contest(invoice, "144.00", reason=why)
    assert figures(invoice) == euros("204.00", "0.00")


def test_of_a_whole_invoice_leaves_out_what_is_to_be_done_again() -> None:
    invoice, other = bill(), bill()
    ask(invoice)
    ask(other, lines=3)
    why = reason(other)
    before = everything()

    with pytest.raises(opening.DoneAgain, match="RW-2026-0001"):
        contest(other, reason=why)

    assert everything() == before
    whole = contest(invoice)
    assert whole.items.get().amount == Decimal("84.00")
    assert figures(invoice) == euros("204.00", "0.00")


def test_contests_no_draft() -> None:
    draft = InvoiceFactory()
    why = reason(draft)
    before = everything()

    with pytest.raises(IllegalTransition):
        contest(draft, reason=why)

    assert everything() == before


class TestAClaim:
    def test_becomes_a_case_that_holds_what_it_held(self) -> None:
        invoice = issued()
        said = claim(link_to_invoice(invoice), amount=Decimal("30.00"))

        case = claimed.from_claim(
            claim=said, reason=reason(invoice), amount=Decimal("30.00"), by=DESK, at=NOW
        )

        said.refresh_from_db()
        assert (said.status, said.answer) == (
            ClaimStatus.ACCEPTED,
            "We look into it as dispute D-2026-0001.",
        )
        assert (case.comment, case.status) == ("I never agreed to this.", CaseStatus.OPEN)
        held = Hold.objects.filter(released_at=None).values_list("kind", "amount")
        assert list(held) == [(HoldKind.DISPUTE, Decimal("30.00"))]
        assert figures(invoice) == euros("30.00", "90.00")
        assert mails() == {"dispute_opened": invoice.customer.email}

    def test_becomes_one_case_only(self) -> None:
        invoice = issued()
        said = claim(link_to_invoice(invoice))
        claimed.from_claim(claim=said, reason=reason(invoice), by=DESK, at=NOW)
        before = everything()

        with pytest.raises(ClaimAnswered):
            claimed.from_claim(claim=said, reason=reason(invoice), by=DESK, at=NOW)

        assert everything() == before


class TestStorage:
    @pytest.mark.parametrize(("pauses", "disputed"), [(True, True), (False, False)])
    def test_pauses_when_the_reason_says_so(self, pauses: bool, disputed: bool) -> None:
        invoice = issued()
        notice = StorageNoticeFactory(repair_order=invoice.repair_order)
        contest(invoice, reason=reason(invoice, stops_storage=pauses))

        assert yard.account(notice, at=later(1)).disputed is disputed

    def test_pauses_although_all_of_it_is_paid_and_as_the_reason_said_then(self) -> None:
        invoice = issued()
        PaymentFactory(on=invoice, amount=Decimal("120.00"))
        notice = StorageNoticeFactory(repair_order=invoice.repair_order)
        why = reason(invoice, stops_storage=True)
        contest(invoice, reason=why)
        why.stops_storage = False
        why.save()

        assert yard.account(notice, at=later(1)).disputed

    def test_goes_on_when_the_case_ends(self) -> None:
        invoice = issued()
        notice = StorageNoticeFactory(repair_order=invoice.repair_order)
        case = contest(invoice, reason=reason(invoice, stops_storage=True))
        DisputeCase.objects.get(pk=case.pk).items.update(state="settled", ended_at=later(2))

        assert yard.account(notice, at=later(2)).disputed
        assert not yard.account(notice, at=later(3)).disputed
