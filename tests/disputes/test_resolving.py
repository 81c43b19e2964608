"""How cases end, in part or as a whole, and how dunning goes on then."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from disputes import invariants
from disputes.models import CaseMessage, DisputeCase
from disputes.services import escalating, resolving
from disputes.services.contestable import NothingToContest
from disputes.services.following_up import CaseEnded
from disputes.services.opening import ContestedBefore, DoneAgain
from disputes.states import CaseStatus, ClosingCode, ItemState, OfferStatus, Resume
from dunning import items, outlook
from dunning.services import planning, resuming
from invoices.models import DunningPosition, Hold, Invoice
from invoices.services import crediting
from invoices.services.crediting import CreditLine
from invoices.services.reasons import ReasonMissing
from shopdisputes.actors import Actor
from shopdisputes.links.models import LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.disputes.cases import (
    BOSS,
    CUSTOMER,
    DESK,
    TECHNICIAN,
    brakes,
    contest,
    euros,
    events,
    everything,
    figures,
    fresh,
    later,
    link_to,
    mails,
)
from tests.disputes.reworks import ask, bill
from tests.factories import (
    NOW,
    AccessLinkFactory,
    DunningPositionFactory,
    InvoiceFactory,
    LadderFactory,
    OfferFactory,
    ReminderFactory,
    staff,
)

pytestmark = pytest.mark.django_db

ENDED: dict[str, Any] = {"closing_code": ClosingCode.SHARED, "note": "We meet in the middle."}


@pytest.fixture
def case() -> DisputeCase:
    return contest(InvoiceFactory(issued=True), "50.00")


def end(case: DisputeCase, by: Actor = DESK, **facts: Any) -> DisputeCase:
    return resolving.resolve(case=case, **ENDED | facts, by=by, at=NOW)


NEXT = "Next reminder: Friendly reminder (step 2) by e-mail on Mar 16, 2026."


@pytest.fixture
def overdue() -> Invoice:
    """On the day of its second step."""
    due_on = NOW.date() - timedelta(days=3)
    position = DunningPositionFactory(invoice__due_on=due_on, begun_on=due_on - timedelta(14))
    LadderFactory(shop=position.shop, default=True)
    invoice: Invoice = position.invoice
    return invoice


class TestWhatAnInvoiceSaysOfADisputeThatEnded:
    def test_is_that_it_is_resolved_until_a_reminder_is_taken(self, overdue: Invoice) -> None:
        case = contest(overdue, "50.00")
        assert sentence(overdue) == (
            f"{NEXT} It asks for €70.00. €50.00 is held: Dispute {case.number}"
            " (The price or the tax is wrong, to be looked at on Mar 18, 2026)."
        )

        end(case)

        assert sentence(overdue) == f"Dispute resolved: {case.number}. {NEXT}"
        assert planning.plan(at=later(0, hours=1))["planned"] == 1
        assert sentence(overdue) == NEXT

    def test_is_never_that_one_was_resolved_that_was_not(self, overdue: Invoice) -> None:
        refused = contest(overdue, "50.00")
        resolving.reject(case=refused, note="It was agreed.", by=BOSS, at=NOW)
        assert sentence(overdue) == f"Dispute turned down: {refused.number}. {NEXT}"

        taken_back = contest(overdue, "50.00")
        resolving.withdraw(case=taken_back, note="", by=CUSTOMER, at=later(0, hours=1))
        assert sentence(overdue) == f"Dispute withdrawn: {taken_back.number}. {NEXT}"

        resolving.reopen(case=taken_back, note="I saw the part.", by=BOSS, at=later(0, hours=1))
        assert sentence(overdue).startswith(f"Dispute turned down: {refused.number}. {NEXT[:-1]}")

    def test_is_nothing_of_a_case_that_it_left_before(self, overdue: Invoice) -> None:
        other = InvoiceFactory(issued=True, shop=overdue.shop, customer=overdue.customer)
        case = contest(overdue, "50.00")
        resolving.contest(
            case=case,
            invoice=other,
            line=None,
            amount=Decimal("20.00"),
            review_on=date(2026, 3, 18),
            by=DESK,
            at=NOW,
        )
        here = case.items.get(invoice=overdue)
        resolving.release_items(case=case, items=[here], reason="It is right.", by=DESK, at=NOW)
        assert sentence(overdue) == NEXT

        end(case)
        assert sentence(overdue) == NEXT

    def test_ends_when_a_reminder_that_it_held_leaves_after_all(self, overdue: Invoice) -> None:
        reminder = ReminderFactory(invoice=overdue, queued=True, created_at=NOW - timedelta(days=1))
        end(contest(overdue, "50.00"))
        assert sentence(overdue).startswith("Dispute resolved")

        OutgoingEmail.objects.filter(pk=reminder.email_id).update(
            status="sent", handed_at=later(0, hours=1), sent_at=later(0, hours=1)
        )
        assert sentence(overdue).startswith("Next reminder: Friendly reminder (step 2)")


def sentence(invoice: Invoice) -> str:
    asked = Invoice.objects.with_everything().get(pk=invoice.pk)
    return outlook.of([asked], later(0, hours=2))[invoice.pk].sentence


class TestReleasing:
    def test_lets_a_part_be_asked_for_again(self) -> None:
        invoice = brakes()
        labour, pads = invoice.lines.in_order()[:2]
        case = contest(invoice, "30.00", line=labour)
        resolving.contest(
            case=case,
            invoice=invoice,
            line=pads,
            amount=Decimal("20.00"),
            review_on=date(2026, 3, 18),
            by=DESK,
            at=NOW,
        )
        first, second = case.items.get(line=labour), case.items.get(line=pads)

        resolving.release_items(case=case, items=[first], reason="It is right.", by=DESK, at=NOW)

        assert figures(invoice) == euros("20.00", "222.28")
        assert (fresh(first).state, fresh(second).state) == (ItemState.RELEASED, ItemState.OPEN)
        assert events(case)[-1] == "dispute.items_released"
        assert list(invariants.broken()) == []

    def test_does_not_leave_a_case_without_anything(self, case: DisputeCase) -> None:
        before = everything()
        with pytest.raises(resolving.NothingLeft):
            resolving.release_items(
                case=case, items=resolving.open_items(case), reason="Right.", by=DESK, at=NOW
            )
        with pytest.raises(ReasonMissing):
            resolving.release_items(case=case, items=[], reason=" ", by=DESK, at=NOW)
        assert everything() == before

    def test_takes_no_item_of_another_case(self, case: DisputeCase) -> None:
        other = contest(InvoiceFactory(issued=True, shop=case.shop), "10.00")
        before = everything()

        with pytest.raises(resolving.NotContested):
            resolving.release_items(
                case=case, items=resolving.open_items(other), reason="Right.", by=DESK, at=NOW
            )

        assert everything() == before


class TestResolving:
    def test_ends_the_case_its_hold_and_its_follow_ups_and_tells_the_customer(
        self, case: DisputeCase
    ) -> None:
        item = case.items.get()

        ended = end(case)

        assert (ended.status, ended.closing_code) == (CaseStatus.RESOLVED, ClosingCode.SHARED)
        assert (ended.closed_by, ended.reopen_until) == ("Ada Advisor", date(2026, 3, 30))
        assert figures(item.invoice) == euros("0.00", "120.00")
        assert not Hold.objects.filter(released_at=None).exists()
        assert events(case) == ["dispute.opened", "dispute.resolved"]
        text = OutgoingEmail.objects.get(kind="dispute_closed").text
        assert "We meet in the middle." in text
        assert "you can open it again until Mar 30, 2026" in text
        assert list(invariants.broken()) == []

    def test_says_in_the_shops_language_how_what_it_held_ended(self, case: DisputeCase) -> None:
        with translation.override("fr"):
            end(case)

        assert case.items.get().end_reason == "Both in part"
        assert Hold.objects.get().release_reason == "Both in part"

    def test_takes_back_an_offer_that_is_still_open(self, case: DisputeCase) -> None:
        DisputeCase.objects.filter(pk=case.pk).update(status=CaseStatus.PROPOSAL_OUT)
        offer = OfferFactory(case=case)

        end(case)

        assert fresh(offer).status == OfferStatus.WITHDRAWN

    @pytest.mark.parametrize(
        ("facts", "refusal"),
        [
            ({"note": " "}, resolving.WordsMissing),
            ({"resume": Resume.NEW_DUE_DATE}, resolving.NewDayMissing),
            (
                {"resume": Resume.NEW_DUE_DATE, "new_due_on": NOW.date()},
                resolving.NewDayMissing,
            ),
            ({"by": TECHNICIAN}, NotYourTransition),
        ],
    )
    def test_is_refused_and_nothing_happens(
        self, case: DisputeCase, facts: dict[str, Any], refusal: type[Exception]
    ) -> None:
        before = everything()
        with pytest.raises(refusal):
            end(case, **facts)
        assert everything() == before

    def test_happens_once(self, case: DisputeCase) -> None:
        end(case)
        before = everything()
        with pytest.raises(IllegalTransition):
            end(case)
        assert everything() == before

    def test_gives_a_new_day_to_pay_where_that_was_chosen(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice
        position = DunningPositionFactory(invoice=invoice)

        end(case, resume=Resume.NEW_DUE_DATE, new_due_on=date(2026, 4, 30))

        assert fresh(position).base_on == date(2026, 4, 30)
        told = OutgoingEmail.objects.get(kind="dispute_closed").text
        assert "€120.00 stays payable by Apr 30, 2026" in told

    def test_a_new_day_to_pay_is_said_wherever_the_invoice_is_asked_for(
        self, case: DisputeCase, client: Client
    ) -> None:
        invoice = case.items.get().invoice
        DunningPositionFactory(invoice=invoice)
        client.force_login(
            staff(case.shop).user, backend="django.contrib.auth.backends.ModelBackend"
        )

        def shown() -> tuple[str, ...]:
            bill = token_of(
                AccessLinkFactory(shop=case.shop, purpose=LinkPurpose.INVOICE, target_id=invoice.pk)
            )
            pages = (
                client.get(f"/c/invoice/{bill}/"),
                client.get(f"/c/dispute/{token_of(link_to(case))}/"),
                client.get(f"/invoices/{invoice.number}/"),
            )
            return tuple(" ".join(page.content.decode().split()) for page in pages)

        end(case, resume=Resume.NEW_DUE_DATE, new_due_on=date(2026, 4, 30))
        theirs, the_case, ours = shown()

        assert items.of([invoice], at=NOW)[invoice.pk].due_on == date(2026, 4, 30)
        assert "Please pay by Apr 30, 2026" in theirs
        assert f"{invoice.number} · by Apr 30, 2026" in the_case
        assert "To be paid by Apr 30, 2026 · at first by" in ours

        # Steps that are only begun anew, weeks later, move no due day.
        resuming.restart(invoice=invoice, by=DESK, at=later(60))
        assert items.of([invoice], at=later(60))[invoice.pk].due_on == invoice.due_on

    def test_keeps_the_step_and_looks_at_it_again_at_once(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice
        position = DunningPositionFactory(invoice=invoice, look_on=date(2026, 5, 1))
        other = DunningPositionFactory(
            invoice=InvoiceFactory(issued=True, customer=case.customer), look_on=date(2026, 5, 1)
        )
        before = DunningPosition.objects.values().get(pk=other.pk)

        end(case)

        assert fresh(position).base_on == position.base_on
        assert fresh(position).look_on == NOW.date()
        assert DunningPosition.objects.values().get(pk=other.pk) == before


def test_only_the_management_rejects(case: DisputeCase) -> None:
    with pytest.raises(NotYourTransition):
        resolving.reject(case=case, note="It is no dispute.", by=DESK, at=NOW)

    ended = resolving.reject(case=case, note="It is no dispute.", by=BOSS, at=NOW)

    assert (ended.status, ended.closing_code) == (CaseStatus.REJECTED, ClosingCode.SHOP_RIGHT)
    assert OutgoingEmail.objects.get(kind="dispute_closed").subject.endswith("is rejected")


def test_what_staff_note_of_a_withdrawal_is_not_mailed(case: DisputeCase) -> None:
    resolving.withdraw(case=case, note="His wife called.", by=DESK, at=NOW)

    assert fresh(case).status == CaseStatus.WITHDRAWN
    assert "wife" not in OutgoingEmail.objects.get(kind="dispute_closed").text


class TestReopening:
    def test_by_the_customer_holds_again_what_was_contested_last(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice
        end(case)

        opened = resolving.reopen(case=case, note="A new photo.", by=CUSTOMER, at=later(14))

        assert (opened.status, opened.reopened) == (CaseStatus.OPEN, 1)
        assert figures(invoice, later(14)) == euros("50.00", "70.00")
        said = CaseMessage.objects.get()
        assert (said.side, said.text, said.internal) == ("customer", "A new photo.", False)
        assert sorted(mails()) == ["dispute_closed", "dispute_opened", "dispute_opened_desk"]
        assert list(invariants.broken()) == []

    def test_by_the_customer_is_over_after_the_last_day_but_not_for_the_management(
        self, case: DisputeCase
    ) -> None:
        end(case)
        before = everything()
        with pytest.raises(resolving.ReopeningOver):
            resolving.reopen(case=case, note="New.", by=CUSTOMER, at=later(15))
        assert everything() == before

        resolving.reopen(case=case, note="New.", by=BOSS, at=later(40))
        assert CaseMessage.objects.get().internal

    def test_does_not_contest_what_another_case_does(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice
        end(case)
        contest(invoice, "10.00")
        before = everything()

        with pytest.raises(ContestedBefore):
            resolving.reopen(case=case, note="New.", by=CUSTOMER, at=later(1))

        assert everything() == before

    def test_contests_no_more_than_is_left_of_its_line(self) -> None:
        invoice = brakes()
        pads = invoice.lines.in_order()[1]
        case = contest(invoice, line=pads)
        end(case)
        crediting.credit(
            invoice=invoice,
            lines=[CreditLine(line_id=pads.pk, net=Decimal("50.00"))],
            reason="Too dear.",
            by=BOSS,
            at=later(1),
        )

        resolving.reopen(case=case, note="New.", by=BOSS, at=later(2))

        # 57.90 before tax, of which 50.00 was credited; with 20 % tax.
        assert case.items.get(state=ItemState.OPEN).amount == Decimal("9.48")
        assert figures(invoice, later(2)) == euros("9.48", "172.80")
        assert list(invariants.broken()) == []

    def test_contests_no_more_than_is_left_of_the_invoice(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice
        end(case)
        crediting.credit(
            invoice=invoice, amount=Decimal("100.00"), reason="Goodwill.", by=BOSS, at=later(1)
        )

        resolving.reopen(case=case, note="New.", by=CUSTOMER, at=later(2))

        assert case.items.get(state=ItemState.OPEN).amount == Decimal("20.00")

    def test_leaves_to_another_case_what_that_contests(self) -> None:
        invoice = brakes()
        case = contest(invoice)
        end(case)
        contest(invoice, line=invoice.lines.in_order()[1])

        resolving.reopen(case=case, note="New.", by=BOSS, at=later(1))

        assert case.items.get(state=ItemState.OPEN).amount == Decimal("172.80")

    def test_does_not_contest_what_is_done_again_meanwhile(self) -> None:
        invoice = bill()
        case = contest(invoice)
        end(case)
        ask(invoice, lines=3)
        before = everything()

        with pytest.raises(DoneAgain, match="RW-2026-0001"):
            resolving.reopen(case=case, note="New.", by=BOSS, at=later(1))

        assert everything() == before

    def test_does_not_contest_what_was_credited_in_full(self, case: DisputeCase) -> None:
        end(case)
        crediting.credit(
            invoice=case.items.get().invoice, reason="Billed twice.", by=BOSS, at=later(1)
        )
        before = everything()

        with pytest.raises(NothingToContest):
            resolving.reopen(case=case, note="New.", by=BOSS, at=later(2))

        assert everything() == before


class TestHandingOnToOthers:
    def test_keeps_what_is_held_and_tells_the_other_side(self, case: DisputeCase) -> None:
        invoice = case.items.get().invoice

        escalating.escalate(case=case, note="The mediator decides.", by=DESK, at=NOW)

        assert fresh(case).status == CaseStatus.ESCALATED
        assert figures(invoice) == euros("50.00", "70.00")
        assert mails() == {"dispute_escalated": case.customer.email}

    def test_by_the_customer_is_told_to_the_shop(self, case: DisputeCase) -> None:
        escalating.escalate(case=case, note="I asked the mediator.", by=CUSTOMER, at=NOW)

        assert mails() == {"dispute_escalated": case.shop.email}

    def test_is_over_when_the_case_is(self, case: DisputeCase) -> None:
        end(case)
        before = everything()
        with pytest.raises(IllegalTransition):
            escalating.escalate(case=case, note="The mediator.", by=DESK, at=NOW)
        with pytest.raises(CaseEnded):
            resolving.release_items(case=case, items=[], reason="Right.", by=DESK, at=NOW)
        assert everything() == before
