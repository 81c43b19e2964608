"""Payment plans: their sums and days, their holds, who signs them, how they end."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from invoices import collecting
from invoices.models import Hold, Invoice, PaymentPlan
from invoices.services import clockwork, holds, plan_moves, plan_terms, plans, signatures
from invoices.states import HoldKind, PlanStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.links.models import LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.signing.models import Signature
from shopdisputes.transitions import IllegalTransition
from tests.factories import NOW, CustomerFactory
from tests.invoices.customers import (
    CUSTOMER,
    DESK,
    issued,
    link_to_plan,
    offer,
    pay,
    promise,
    sign,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2026, 3, 23), date(2026, 4, 23)


def figures(invoice: Invoice, at: datetime = NOW) -> tuple[Decimal, Decimal, Decimal]:
    """What is planned, otherwise held, and what can be asked for."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    now = collecting.standing(fresh, at=at).figures
    return now.planned, now.held, now.collectible


def nothing_happened() -> bool:
    return not (
        PaymentPlan.objects.exists() or Hold.objects.exists() or OutgoingEmail.objects.exists()
    )


class TestOffering:
    def test_holds_everything_until_it_is_signed(self) -> None:
        invoice = issued()

        plan = offer(invoice)

        assert figures(invoice) == (Decimal("0.00"), Decimal("120.00"), Decimal("0.00"))
        assert (plan.number, plan.total, plan.answer_by) == ("PLAN-2026-0001", 120, FIRST)
        assert [(part.position, part.amount) for part in plan.instalments.order_by("position")] == [
            (1, Decimal("20.00")),
            (2, Decimal("50.00")),
            (3, Decimal("50.00")),
        ]
        assert plan.sha256 == sha256_hex(plan.canonical_json)
        assert OutgoingEmail.objects.get().kind == "plan_offered"

    def test_asks_for_a_signature_before_the_first_part_is_due(self) -> None:
        tomorrow = NOW.date() + timedelta(days=1)

        plan = offer(issued(), (tomorrow, "20.00"), (SECOND, "100.00"))

        assert plan.answer_by == tomorrow

    @pytest.mark.parametrize(
        ("parts", "error", "field"),
        [
            ([(FIRST, "119.99")], plan_terms.SumWrong, "instalments"),
            ([(FIRST, "120.01")], plan_terms.SumWrong, "instalments"),
            (
                [(date(2026, 3, 15), "120.00")],
                plan_terms.InstalmentsRefused,
                "instalments.0.due_on",
            ),
            (
                [(FIRST, "60.00"), (FIRST, "60.00")],
                plan_terms.InstalmentsRefused,
                "instalments.1.due_on",
            ),
            (
                [(FIRST, "120.00"), (SECOND, "0.00")],
                plan_terms.InstalmentsRefused,
                "instalments.1.amount",
            ),
            (
                [(FIRST, "60.005"), (SECOND, "59.995")],
                plan_terms.InstalmentsRefused,
                "instalments.0.amount",
            ),
            (
                [(date(2029, 3, 2), "120.00")],
                plan_terms.InstalmentsRefused,
                "instalments.0.due_on",
            ),
            (
                [(FIRST + timedelta(days=day), "4.80") for day in range(25)],
                plan_terms.InstalmentsRefused,
                "instalments",
            ),
        ],
    )
    def test_refuses_parts_that_do_not_add_up(
        self, parts: list[tuple[date, str]], error: type[DomainError], field: str
    ) -> None:
        with pytest.raises(error) as refusal:
            offer(issued(), *parts)

        assert field in refusal.value.fields
        assert nothing_happened()

    def test_refuses_no_parts_at_all(self) -> None:
        with pytest.raises(plan_terms.InstalmentsRefused):
            plans.offer(invoice=issued(), instalments=[], by=DESK, at=NOW)

    def test_sums_to_what_is_not_held_otherwise(self) -> None:
        invoice = issued()
        promise(invoice, "20.00")

        assert offer(invoice, (FIRST, "100.00")).total == Decimal("100.00")

    def test_refuses_a_second_one_and_where_nothing_is_owed(self) -> None:
        invoice, paid = issued(), issued()
        offer(invoice)
        pay(paid, "120.00")

        with pytest.raises(plans.PlanInForce):
            offer(invoice)
        with pytest.raises(holds.NothingOwed):
            offer(paid)

        assert PaymentPlan.objects.count() == 1

    def test_refuses_to_mail_nobody_but_offers_it_at_the_desk(self) -> None:
        invoice = issued()
        invoice.customer.email = ""
        invoice.customer.save()

        with pytest.raises(plan_moves.PlanNoAddress):
            offer(invoice)
        assert nothing_happened()

        plan = offer(invoice, by_email=False)
        link = plans.open_in_person(plan=plan, by=DESK, at=NOW)
        assert (link.purpose, link.recipient) == (LinkPurpose.PLAN_IN_PERSON, "")
        assert not OutgoingEmail.objects.exists()

    def test_goes_out_again_to_the_new_address_and_closes_the_old_link(self) -> None:
        plan = offer(issued())
        plan.invoice.customer.email = "new@customer.example"
        plan.invoice.customer.save()

        plans.resend(plan=plan, by=DESK, at=NOW + timedelta(hours=1))

        first, second = OutgoingEmail.objects.order_by("created_at")
        assert (first.status, second.recipient) == (EmailStatus.WITHDRAWN, "new@customer.example")
        assert first.link.revoked_at is not None


class TestSigning:
    def test_asks_for_each_part_from_its_own_day_on(self) -> None:
        invoice = issued()
        plan = offer(invoice)

        signed = sign(plan, link_to_plan(plan))

        assert (signed.status, signed.signed_at) == (PlanStatus.ACTIVE, NOW)
        assert figures(invoice) == (Decimal("120.00"), Decimal("0.00"), Decimal("0.00"))
        # Midnight in Paris begins the day of the first part.
        day = datetime(2026, 3, 22, 23, 0, tzinfo=UTC)
        assert figures(invoice, day - timedelta(seconds=1))[2] == Decimal("0.00")
        assert figures(invoice, day)[2] == Decimal("20.00")
        assert figures(invoice, datetime(2026, 5, 24, tzinfo=UTC))[2] == Decimal("120.00")

    def test_keeps_the_signature_seals_a_copy_and_mails_it(self) -> None:
        plan = offer(issued())
        link = link_to_plan(plan)

        signed = sign(plan, link)

        signature = Signature.objects.get()
        assert (signature.subject_sha256, signature.act) == (plan.sha256, "payment_plan")
        assert "€120.00" in signature.sentence
        assert signed.document is not None
        assert signed.document.seal_wanted
        mails = {mail.kind: mail for mail in OutgoingEmail.objects.all()}
        assert set(mails) == {"plan_offered", "plan_signed", "plan_answered"}
        assert mails["plan_offered"].status == EmailStatus.WITHDRAWN
        assert list(mails["plan_signed"].attachments.all()) == [signed.document]

    def test_the_same_again_is_the_same(self) -> None:
        plan = offer(issued())
        link = link_to_plan(plan)

        assert sign(plan, link).pk == sign(plan, link).pk
        assert Signature.objects.count() == 1
        with pytest.raises(IllegalTransition):
            sign(plan, link, signer_name="Somebody Else")

    @pytest.mark.parametrize(
        ("facts", "field"),
        [({"signer_name": " 1 "}, "signer_name"), ({"consent": False}, "consent")],
    )
    def test_refuses_an_incomplete_signature(self, facts: dict[str, object], field: str) -> None:
        plan = offer(issued())

        with pytest.raises(signatures.NotSignable) as refusal:
            sign(plan, link_to_plan(plan), **facts)

        assert field in refusal.value.fields
        assert PaymentPlan.objects.get().status == PlanStatus.OFFERED
        assert not Signature.objects.exists()

    def test_refuses_another_text_and_what_came_too_late(self) -> None:
        invoice = issued()
        plan = offer(invoice)
        link = link_to_plan(plan)

        with pytest.raises(plan_moves.PlanChanged):
            sign(plan, link, plan_sha256=sha256_hex("other"))
        with pytest.raises(plan_moves.PlanExpired):
            sign(plan, link, at=datetime(2026, 3, 23, 23, 0, tzinfo=UTC))

        assert PaymentPlan.objects.get().status == PlanStatus.OFFERED

    def test_holds_no_more_than_is_left_when_something_was_paid_meanwhile(self) -> None:
        invoice = issued()
        plan = offer(invoice)
        pay(invoice, "20.00")

        signed = sign(plan, link_to_plan(plan))

        assert signed.hold is not None
        assert signed.hold.amount == Decimal("100.00")
        # The first part is paid already.
        assert figures(invoice, datetime(2026, 3, 24, tzinfo=UTC))[2] == Decimal("0.00")

    def test_refuses_when_everything_was_paid_meanwhile(self) -> None:
        invoice = issued()
        plan = offer(invoice)
        pay(invoice, "120.00")

        with pytest.raises(holds.NothingOwed):
            sign(plan, link_to_plan(plan))

        assert PaymentPlan.objects.get().status == PlanStatus.OFFERED

    def test_is_completed_by_the_last_payment(self) -> None:
        invoice = issued()
        plan = offer(invoice)
        sign(plan, link_to_plan(plan))

        pay(invoice, "20.00")
        assert PaymentPlan.objects.get().status == PlanStatus.ACTIVE
        pay(invoice, "100.00")

        assert PaymentPlan.objects.get().status == PlanStatus.COMPLETED
        assert not Hold.objects.filter(released_at=None).exists()

    def test_an_agreement_on_the_phone_says_how(self) -> None:
        invoice = issued()
        plan = offer(invoice)

        with pytest.raises(plans.HowMissing):
            plans.record_agreement(plan=plan, how=" ", by=DESK, at=NOW)
        agreed = plans.record_agreement(plan=plan, how="By phone, 16 March.", by=DESK, at=NOW)

        assert (agreed.status, agreed.signature_id) == (PlanStatus.ACTIVE, None)
        assert agreed.document is not None
        assert not agreed.document.seal_wanted
        assert figures(invoice)[0] == Decimal("120.00")


class TestEnding:
    def test_declined_by_the_customer_it_is_told_and_can_be_asked_for(self) -> None:
        invoice = issued()
        plan = offer(invoice)

        declined = plans.decline(plan=plan, reason="Too fast.", by=CUSTOMER, at=NOW)

        assert (declined.status, declined.end_reason) == (PlanStatus.DECLINED, "Too fast.")
        assert figures(invoice)[2] == Decimal("120.00")
        assert OutgoingEmail.objects.filter(kind="plan_answered").count() == 1

    def test_lapses_after_the_last_day_in_the_shop(self) -> None:
        invoice = issued()
        offer(invoice)
        over = datetime(2026, 3, 23, 23, 0, tzinfo=UTC)

        assert clockwork.lapse_plans(at=over - timedelta(seconds=1)) == {"lapsed": 0, "failed": 0}
        # Nobody has to come by for it to be true.
        assert figures(invoice, over)[2] == Decimal("120.00")
        assert clockwork.lapse_plans(at=over) == {"lapsed": 1, "failed": 0}
        assert clockwork.lapse_plans(at=over) == {"lapsed": 0, "failed": 0}
        assert PaymentPlan.objects.get().status == PlanStatus.LAPSED
        assert not Hold.objects.filter(released_at=None).exists()

    def test_is_taken_back_while_offered_and_ended_while_running(self) -> None:
        first = offer(issued())
        plans.withdraw(plan=first, reason="Wrong sum.", by=DESK, at=NOW)
        second = offer(issued())
        sign(second, link_to_plan(second))
        plans.end(plan=second, reason="Two parts missed.", by=DESK, at=NOW)

        assert set(PaymentPlan.objects.values_list("status", flat=True)) == {PlanStatus.ENDED}
        assert not Hold.objects.filter(released_at=None).exists()

    def test_asks_why_and_only_does_what_the_state_allows(self) -> None:
        plan = offer(issued())

        with pytest.raises(ReasonMissing):
            plans.withdraw(plan=plan, reason="", by=DESK, at=NOW)
        with pytest.raises(IllegalTransition):
            plans.end(plan=plan, reason="No.", by=DESK, at=NOW)
        assert PaymentPlan.objects.get().status == PlanStatus.OFFERED

    def test_one_in_force_leaves_room_for_the_next(self) -> None:
        invoice = issued()
        plans.withdraw(plan=offer(invoice), reason="Wrong days.", by=DESK, at=NOW)

        assert offer(invoice).number == "PLAN-2026-0002"


def test_a_plan_says_what_it_says_in_the_customers_language() -> None:
    invoice = issued(customer=CustomerFactory(language="fr"))

    plan = offer(invoice)

    assert plan.document is not None
    assert plan.document.language == invoice.language
    assert Document.objects.get(pk=plan.document.pk).attachment == plan.canonical_json
    assert plan.hold is not None
    assert plan.hold.kind == HoldKind.REPLY_PENDING
