"""The customer's signed answer: once, for exactly what was shown, complete or not at all."""

from decimal import Decimal
from uuid import uuid4

import pytest

from estimates.models import Authorization, Estimate
from estimates.services import answering, drafting, sending
from estimates.states import AuthorizationMode, RevisionStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import DocumentKind
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing import texts
from shopdisputes.signing.models import Signature, SignatureMethod
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, LATER, NO, YES, sent_with_code
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db


def test_writes_the_answer_to_each_line_and_signs_it() -> None:
    revision = stages.sent()
    authorization = stages.answer(revision, YES, LATER)
    revision.refresh_from_db()
    assert (revision.status, revision.answered_at) == (RevisionStatus.ANSWERED, NOW)
    assert Estimate.objects.get().status == RevisionStatus.ANSWERED
    assert list(
        authorization.answers.order_by("line__position").values_list("answer", flat=True)
    ) == [YES, LATER]
    assert (authorization.mode, authorization.evidence_level) == (
        AuthorizationMode.ELECTRONIC,
        EvidenceLevel.L1,
    )
    assert (authorization.added_amount, authorization.new_total) == (
        Decimal("172.80"),
        Decimal("172.80"),
    )
    assert (authorization.person, authorization.at) == ("Camille Durand", NOW)
    assert stages.actions(revision)[-1] == "estimate.answered"


def test_the_signature_holds_what_was_accepted_and_how() -> None:
    revision = stages.sent()
    signature = stages.answer(revision, YES, LATER).signature
    assert signature is not None
    assert signature.sentence == (
        f"I have read estimate {revision.estimate.number}, revision 1, of {revision.shop.name}. I"
        " authorize the work marked “Authorize” (lines: 1) for a total of €172.80, tax included."
        " I do not authorize the lines marked “Not now” or “No”. Any further work or a higher"
        " price needs my new approval. I own the vehicle or act with the owner’s permission. I"
        " agree to sign electronically."
    )
    assert signature.sentence_sha256 == sha256_hex(signature.sentence)
    assert signature.text is not None
    assert signature.consent_text is not None
    assert (signature.text.code, signature.consent_text.code) == (
        "authorization",
        "electronic_records",
    )
    assert signature.subject_sha256 == revision.sha256
    assert signature.shown_pdf_sha256 == ""
    assert (signature.ip_address, signature.user_agent) == ("203.0.113.7", "Phone/1.0")
    assert signature.signer_email == revision.sent_to
    assert signature.signer_timezone == "Europe/Paris"
    assert signature.method == SignatureMethod.TYPED


def test_names_the_pdf_that_was_offered_once_it_was_typeset() -> None:
    revision = stages.sent()
    stages.typeset(revision.document)
    signature = stages.answer(revision, YES, YES).signature
    assert signature is not None
    assert revision.document is not None
    assert signature.shown_pdf_sha256 == revision.document.sha256 != ""


def test_a_drawing_reaches_the_next_level() -> None:
    authorization = stages.answer(stages.sent(), YES, YES, drawn=stages.drawing())
    assert authorization.evidence_level == EvidenceLevel.L2
    assert authorization.signature is not None
    assert authorization.signature.strokes == [[[10, 80], [80, 20]]]


def test_signs_in_the_language_that_was_shown() -> None:
    signature = stages.answer(stages.sent(), YES, YES, language="fr").signature
    assert signature is not None
    assert signature.language == "fr"
    assert "Je commande les travaux" in signature.sentence
    assert "242,28\u00a0€" in signature.sentence


def test_queues_the_sealed_copy_for_the_signer_and_tells_the_shop() -> None:
    revision = stages.sent()
    authorization = stages.answer(revision, YES, NO)
    document = authorization.document
    assert document is not None
    assert (document.kind, document.seal_wanted, document.target_id) == (
        DocumentKind.SIGNED_ESTIMATE,
        True,
        authorization.pk,
    )
    assert document.attachment == revision.canonical_json
    assert stages.mails(revision) == [
        ("customer_answered", "queued"),
        ("estimate_sent", "withdrawn"),
        ("signed_copy", "queued"),
    ]
    copy = OutgoingEmail.objects.get(kind="signed_copy")
    assert copy.recipient == revision.sent_to
    assert list(copy.attachments.all()) == [document]
    assert copy not in OutgoingEmail.objects.due(at=NOW)
    stages.typeset(document)
    assert copy in OutgoingEmail.objects.due(at=NOW)
    notice = OutgoingEmail.objects.get(kind="customer_answered")
    assert notice.recipient == revision.shop.email


def test_a_shop_without_an_address_is_told_nothing() -> None:
    revision = stages.sent(order=RepairOrderFactory(shop=ShopFactory(email="")))
    stages.answer(revision, YES, YES)
    assert not OutgoingEmail.objects.filter(kind="customer_answered").exists()


def test_authorizing_nothing_is_signed_with_its_own_sentence() -> None:
    authorization = stages.answer(stages.sent(), NO, LATER)
    assert authorization.new_total == Decimal("0.00")
    assert authorization.signature is not None
    assert "I authorize none of the work in it." in authorization.signature.sentence


def test_the_same_post_again_is_the_same_answer() -> None:
    revision = stages.sent()
    first = stages.answer(revision, YES, LATER)
    before = stages.everything()
    second = stages.answer(revision, YES, LATER, signer_name=" Camille   Durand ")
    assert second.pk == first.pk
    assert stages.everything() == before
    assert (Authorization.objects.count(), Signature.objects.count()) == (1, 1)


def test_the_same_post_again_is_the_same_answer_even_after_a_further_revision() -> None:
    revision = stages.sent()
    first = stages.answer(revision, YES, LATER)
    stages.revised(revision)
    link = first.signature.link if first.signature else None
    assert stages.answer(revision, YES, LATER, link=link).pk == first.pk


def test_a_draft_beside_it_stays_the_newest() -> None:
    revision = stages.sent()
    drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)
    stages.answer(revision, YES, YES)
    assert Estimate.objects.get().status == RevisionStatus.DRAFT


# On the shop's own tablet.


def test_in_person_needs_no_code_and_names_who_handed_it_over() -> None:
    revision = sent_with_code()
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    assert not answering.code_needed(revision, link)
    authorization = stages.answer(revision, YES, YES, link=link, drawn=stages.drawing())
    assert (authorization.mode, authorization.evidence_level) == (
        AuthorizationMode.IN_PERSON,
        EvidenceLevel.L2,
    )
    assert authorization.witness == "Ada Advisor"
    assert authorization.signature is not None
    assert authorization.signature.signer_email == ""
    copy = OutgoingEmail.objects.get(kind="signed_copy")
    assert copy.recipient == revision.estimate.repair_order.customer.email


def test_in_person_without_an_address_mails_no_copy() -> None:
    revision = stages.sent()
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    customer = revision.estimate.repair_order.customer
    customer.email = ""
    customer.save()
    authorization = stages.answer(revision, YES, YES, link=link)
    assert authorization.document is not None
    assert not OutgoingEmail.objects.filter(kind="signed_copy").exists()


def test_a_link_of_which_nobody_knows_who_gave_it_has_no_witness() -> None:
    revision = stages.sent()
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    link.pk = uuid4()
    link.save(force_insert=True)
    assert stages.answer(revision, YES, YES, link=link).witness == ""


def test_a_text_changed_meanwhile_is_the_one_that_is_signed() -> None:
    revision = stages.sent()
    texts.change(
        shop=revision.shop,
        code="authorization",
        language="en",
        body="I order #count lines for #amount.",
        by=DESK,
        at=NOW,
    )
    signature = stages.answer(revision, YES, YES).signature
    assert signature is not None
    assert signature.sentence == "I order 2 lines for €242.28."
    assert signature.text is not None
    assert signature.text.version == 2


def test_an_answer_that_came_while_the_code_was_checked_is_the_same_one() -> None:
    revision = stages.sent()
    first = stages.answer(revision, YES, LATER)
    again = answering._sign(
        revision,
        link=stages.link_of(revision),
        revision_sha256=revision.sha256,
        answers=stages.said(revision, YES, LATER),
        name="Camille Durand",
        drawn=None,
        code=None,
        signer_timezone="Europe/Paris",
        language="en",
        by=CUSTOMER,
        at=NOW,
    )
    assert again.pk == first.pk
