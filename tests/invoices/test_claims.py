"""What customers say about an invoice: held at once, told to the shop, answered once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from invoices import collecting
from invoices.models import Claim, Hold, Invoice
from invoices.services import claims, holds
from invoices.states import ClaimKind, ClaimStatus, HoldKind
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.uploads.models import StoredFile
from shopdisputes.uploads.services import WrongType
from tests import media
from tests.factories import NOW
from tests.invoices.customers import DESK, claim, issued, link_to, pay, promise

pytestmark = pytest.mark.django_db

PAID: dict[str, Any] = {
    "kind": ClaimKind.ALREADY_PAID,
    "text": "",
    "paid_on": date(2026, 3, 13),
    "method": "bank_transfer",
}


def figures(invoice: Invoice) -> tuple[Decimal, Decimal]:
    """What is held, and what can be asked for."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    now = collecting.standing(fresh, at=NOW).figures
    return now.held, now.collectible


def photo(name: str = "slip.jpg", comment: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, media.jpeg(160, 120, comment=comment))


def nothing_happened() -> bool:
    return not (Claim.objects.exists() or Hold.objects.exists() or OutgoingEmail.objects.exists())


class TestSaying:
    def test_holds_all_of_it_at_once_and_tells_both(self) -> None:
        invoice = issued()

        made = claim(link_to(invoice))

        assert (made.hold.kind, made.hold.amount) == (HoldKind.REPLY_PENDING, None)
        assert figures(invoice) == (Decimal("120.00"), Decimal("0.00"))
        mails = dict(OutgoingEmail.objects.values_list("kind", "recipient"))
        assert mails == {
            "claim_received": invoice.customer.email,
            "claim_made": invoice.shop.email,
        }

    def test_holds_the_part_it_is_about(self) -> None:
        invoice = issued()

        made = claim(link_to(invoice), **PAID, amount=Decimal("40.00"))

        assert made.hold.kind == HoldKind.ALREADY_PAID_CLAIM
        assert figures(invoice) == (Decimal("40.00"), Decimal("80.00"))

    def test_of_more_than_is_owed_holds_what_is_owed(self) -> None:
        invoice = issued()

        made = claim(link_to(invoice), **PAID, amount=Decimal("500.00"))

        assert (made.amount, made.hold.amount) == (Decimal("500.00"), None)
        assert figures(invoice) == (Decimal("120.00"), Decimal("0.00"))

    def test_is_heard_although_all_of_it_is_promised_and_takes_over_later(self) -> None:
        invoice = issued()
        promised = promise(invoice, None)

        claim(link_to(invoice))
        assert figures(invoice) == (Decimal("0.00"), Decimal("0.00"))

        holds.release(hold=promised.hold, reason="Test.", by=DESK, at=NOW)
        assert figures(invoice) == (Decimal("120.00"), Decimal("0.00"))

    def test_is_heard_about_an_invoice_that_is_paid(self) -> None:
        invoice = issued()
        pay(invoice, "120.00")

        assert claim(link_to(invoice)).status == ClaimStatus.OPEN
        with pytest.raises(holds.NothingOwed):
            claim(link_to(invoice), **PAID)

    def test_goes_on_when_the_invoice_is_paid(self) -> None:
        invoice = issued()
        made = claim(link_to(invoice))

        pay(invoice, "120.00")

        assert Hold.objects.get(pk=made.hold_id).released_at is None

    def test_keeps_the_proofs_under_the_names_they_came_with(self) -> None:
        made = claim(link_to(issued()), **PAID, files=[photo("a.jpg", b"1"), photo("b.jpg", b"2")])

        assert sorted(made.files.values_list("sent_as", flat=True)) == ["a.jpg", "b.jpg"]

    def test_the_same_bytes_twice_are_one_proof(self) -> None:
        made = claim(link_to(issued()), **PAID, files=[photo("a.jpg"), photo("b.jpg")])

        assert made.files.count() == 1

    def test_the_same_again_is_the_same_and_more_waits_for_the_answer(self) -> None:
        invoice = issued()
        link = link_to(invoice)
        made = claim(link)

        assert claim(link) == made
        with pytest.raises(claims.AlreadyClaimed):
            claim(link, text="And something else.")
        with pytest.raises(claims.AlreadyClaimed):
            claim(link_to(invoice))
        assert claim(link, **PAID).kind == ClaimKind.ALREADY_PAID

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"text": "  "}, "text"),
            ({"text": "x" * 4001}, "text"),
            (PAID | {"paid_on": None}, "paid_on"),
            (PAID | {"paid_on": date(2026, 3, 17)}, "paid_on"),
            (PAID | {"method": "bitcoin"}, "method"),
            (PAID | {"amount": Decimal("0.00")}, "amount"),
            (PAID | {"amount": Decimal("1.005")}, "amount"),
        ],
    )
    def test_refuses_what_says_nothing(self, said: dict[str, Any], field: str) -> None:
        with pytest.raises(claims.ClaimRefused) as refusal:
            claim(link_to(issued()), **said)

        assert set(refusal.value.fields) == {field}
        assert nothing_happened()

    def test_refuses_files_that_are_none_or_too_many(self) -> None:
        link = link_to(issued())

        with pytest.raises(WrongType):
            claim(link, files=[SimpleUploadedFile("slip.jpg", b"no picture")])
        with pytest.raises(claims.TooManyFiles):
            claim(link, files=[photo() for _ in range(11)])

        assert nothing_happened()
        assert not StoredFile.objects.exists()


class TestAnswering:
    def test_lets_go_and_tells_the_customer_with_his_own_link(self) -> None:
        invoice = issued()
        link = link_to(invoice, recipient=invoice.customer.email)
        made = claim(link, **PAID)

        answered = claims.answer(claim=made, accepted=True, answer="Found it.", by=DESK, at=NOW)

        assert (answered.status, answered.answered_by) == (ClaimStatus.ACCEPTED, DESK.name)
        assert figures(invoice) == (Decimal("0.00"), Decimal("120.00"))
        told = OutgoingEmail.objects.get(kind="claim_answered")
        assert (told.recipient, told.link) == (invoice.customer.email, link)

    def test_a_refusal_needs_words(self) -> None:
        made = claim(link_to(issued()))

        with pytest.raises(claims.AnswerMissing):
            claims.answer(claim=made, accepted=False, answer=" ", by=DESK, at=NOW)

        assert Claim.objects.get().status == ClaimStatus.OPEN
        assert Hold.objects.get().released_at is None

    def test_is_answered_once(self) -> None:
        made = claim(link_to(issued()))
        claims.answer(claim=made, accepted=False, answer="No.", by=DESK, at=NOW)

        with pytest.raises(claims.ClaimAnswered):
            claims.answer(claim=made, accepted=True, answer="Yes.", by=DESK, at=NOW)

        assert Claim.objects.get().status == ClaimStatus.REFUSED

    def test_of_a_revoked_link_the_answer_has_none(self) -> None:
        link = link_to(issued(), revoked=True)
        made = claim(link)

        claims.answer(claim=made, accepted=True, answer="", by=DESK, at=NOW)

        assert OutgoingEmail.objects.get(kind="claim_answered").link is None

    def test_afterwards_more_can_be_said(self) -> None:
        link = link_to(issued())
        claims.answer(claim=claim(link), accepted=False, answer="No.", by=DESK, at=NOW)

        assert claim(link, text="But look.").status == ClaimStatus.OPEN
