"""The customer's signed answer: once, for exactly what was shown, complete or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from estimates.models import Authorization, Estimate, EstimateRevision, LineAnswer
from estimates.pricing import LineInput
from estimates.services import answering, drafting, requests, sending, writing
from estimates.services.sending import Expired
from estimates.states import AuthorizationMode, RevisionStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import DocumentKind
from shopdisputes.errors import DomainError
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.signing import codes, texts
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import EmailCode, Signature, SignatureMethod
from shopdisputes.signing.services import SignatureImageRefused
from tests.estimates import stages
from tests.estimates.stages import BRAKES, CUSTOMER, DESK, LABOUR, LATER, NO, PART, YES
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db

DISCOUNT = LineInput(
    kind="discount", description="Loyalty", unit_price=Decimal("-100.00"), tax_rate=Decimal("20")
)
DISCS = replace(PART, description="Front brake discs, pair", unit_price=Decimal("120.00"))


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """The refusal, after which everything is as before."""
    before = stages.everything()
    with pytest.raises(error) as caught:
        act()
    assert stages.everything() == before
    return caught.value


def sent_with_code() -> EstimateRevision:
    shop = ShopFactory(code_from_amount=Decimal("100.00"))
    return stages.sent(order=RepairOrderFactory(shop=shop))


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


@pytest.mark.parametrize(
    "other", [{"signer_name": "Somebody Else"}, {"answers": "other"}, {"link": "other"}]
)
def test_anything_else_after_the_answer_is_refused(other: dict[str, Any]) -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    if "answers" in other:
        other = {"answers": stages.said(revision, YES, YES)}
    if "link" in other:
        other = {"link": sending.give_link(revision=revision, by=DESK, at=NOW)}
    refused(
        answering.AlreadyAnswered,
        lambda: stages.answer(revision, **({"answers": stages.said(revision, YES, LATER)} | other)),
    )


@pytest.mark.parametrize("given", [(YES, ""), (YES, "maybe")])
def test_a_line_without_a_proper_answer_is_named(given: tuple[str, str]) -> None:
    revision = stages.sent()
    error = refused(answering.LinesUnanswered, lambda: stages.answer(revision, *given))
    assert list(error.fields) == [str(stages.lines_of(revision)[1].pk)]


def test_every_missing_answer_is_named() -> None:
    revision = stages.sent()
    error = refused(answering.LinesUnanswered, lambda: stages.answer(revision))
    assert set(error.fields) == {str(line.pk) for line in stages.lines_of(revision)}


def test_an_answer_to_a_strange_line_is_refused() -> None:
    revision = stages.sent()
    strange = uuid4()
    answers = stages.said(revision, YES, YES) | {strange: YES}
    error = refused(answering.LinesUnanswered, lambda: stages.answer(revision, answers=answers))
    assert list(error.fields) == [str(strange)]


@pytest.mark.parametrize(
    ("missing", "error", "field"),
    [
        ({"consent": False}, answering.ConsentMissing, "consent"),
        ({"signer_name": "  "}, answering.SignatureMissing, "signer_name"),
        (
            {"signer_name": "", "drawn": signing.DrawnSignature(image=b"x")},
            answering.NameMissing,
            "signer_name",
        ),
        ({"signer_name": "x" * 201}, answering.NameMissing, "signer_name"),
    ],
)
def test_what_is_missing_is_named_at_its_field(
    missing: dict[str, Any], error: type[DomainError], field: str
) -> None:
    revision = stages.sent()
    found = refused(error, lambda: stages.answer(revision, YES, YES, **missing))
    assert list(found.fields) == [field]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    revision = sent_with_code()
    error = refused(
        answering.LinesUnanswered,
        lambda: stages.answer(revision, YES, "", consent=False, signer_name=""),
    )
    assert set(error.fields) == {
        str(stages.lines_of(revision)[1].pk),
        "consent",
        "signer_name",
        "code",
    }


@pytest.mark.parametrize(
    "image", [b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"x" * 204_800, b"\x89PNG\r\n\x1a\nbroken"]
)
def test_a_drawing_that_is_none_is_refused(image: bytes) -> None:
    revision = stages.sent()
    error = refused(
        SignatureImageRefused,
        lambda: stages.answer(revision, YES, YES, drawn=signing.DrawnSignature(image=image)),
    )
    assert list(error.fields) == ["signature"]


def test_refuses_what_the_customer_did_not_see() -> None:
    revision = stages.sent()
    error = refused(
        answering.RevisionChanged,
        lambda: stages.answer(revision, YES, YES, revision_sha256="0" * 64),
    )
    assert error.details == {"current": 1}


def test_a_replaced_revision_names_the_one_in_force() -> None:
    revision = stages.sent()
    link = stages.link_of(revision)
    stages.revised(stages.revised(revision))
    drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)
    error = refused(answering.RevisionChanged, lambda: stages.answer(revision, YES, YES, link=link))
    assert error.details == {"current": 3}


def test_a_withdrawn_one_cannot_be_answered() -> None:
    revision = stages.sent()
    sending.withdraw(revision=revision, reason="Wrong car.", by=DESK, at=NOW)
    refused(answering.Withdrawn, lambda: stages.answer(revision, YES, YES))


def test_can_be_answered_until_the_last_day_is_over_in_the_shop() -> None:
    shop = ShopFactory(timezone="America/Los_Angeles")
    order = RepairOrderFactory(shop=shop)
    last_minute = datetime(2026, 3, 18, 6, 59, 59, tzinfo=UTC)
    revision = stages.sent(order=order, valid_until=date(2026, 3, 17))
    refused(
        Expired,
        lambda: stages.answer(revision, YES, YES, at=last_minute + timedelta(seconds=1)),
    )
    assert stages.answer(revision, YES, YES, at=last_minute).at == last_minute


def test_what_was_sent_for_information_takes_no_answer() -> None:
    revision = stages.sent(request_authorization=False)
    refused(answering.NotAsked, lambda: stages.answer(revision, YES, YES))


def test_a_closed_visit_takes_no_answer() -> None:
    revision = stages.sent()
    repair_orders.cancel(
        repair_order=revision.estimate.repair_order, reason="Gone.", by=DESK, at=NOW
    )
    refused(RepairOrderNotOpen, lambda: stages.answer(revision, YES, YES))


def test_a_discount_alone_cannot_be_authorized() -> None:
    revision = stages.sent(*BRAKES, DISCOUNT)
    error = refused(writing.AuthorizedBelowZero, lambda: stages.answer(revision, NO, YES, YES))
    assert list(error.fields) == [str(stages.lines_of(revision)[2].pk)]
    assert stages.answer(revision, YES, NO, YES).new_total == Decimal("52.80")


def test_a_draft_beside_it_stays_the_newest() -> None:
    revision = stages.sent()
    drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)
    stages.answer(revision, YES, YES)
    assert Estimate.objects.get().status == RevisionStatus.DRAFT


# A supplement: what has not changed stays authorized.


def supplement(*answers: str) -> tuple[EstimateRevision, Authorization]:
    first = stages.sent()
    stages.answer(first, *answers)
    second = stages.revised(first, *BRAKES, DISCS)
    return second, Authorization.objects.get()


def test_an_unchanged_line_keeps_its_authorization_and_is_not_asked_again() -> None:
    second, _first = supplement(YES, LATER)
    kept, deferred, added = stages.lines_of(second)
    assert writing.lines_to_answer(second) == [deferred, added]
    authorization = stages.answer(second, answers={deferred.pk: NO, added.pk: YES})
    assert authorization.added_amount == Decimal("144.00")
    assert authorization.new_total == Decimal("316.80")
    assert not LineAnswer.objects.filter(line=kept).exists()


def test_an_answer_to_a_line_that_keeps_its_authorization_is_refused() -> None:
    second, _first = supplement(YES, LATER)
    error = refused(answering.LinesUnanswered, lambda: stages.answer(second, NO, NO, YES))
    assert list(error.fields) == [str(stages.lines_of(second)[0].pk)]


def test_the_sentence_of_a_supplement_names_what_is_authorized_now() -> None:
    second, _first = supplement(YES, LATER)
    _kept, deferred, added = stages.lines_of(second)
    signature = stages.answer(second, answers={deferred.pk: NO, added.pk: YES}).signature
    assert signature is not None
    assert "(lines: 1) for a total of €144.00" in signature.sentence


def test_declining_a_supplement_does_not_sign_away_what_was_authorized() -> None:
    second, _first = supplement(YES, LATER)
    _kept, deferred, added = stages.lines_of(second)
    authorization = stages.answer(second, answers={deferred.pk: NO, added.pk: NO})
    assert authorization.new_total == Decimal("172.80")
    assert authorization.signature is not None
    assert "(lines: 0) for a total of €0.00" in authorization.signature.sentence


def test_a_changed_price_asks_again() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, LABOUR, replace(PART, unit_price=Decimal("60.00")))
    assert [line.position for line in writing.lines_to_answer(second)] == [2]


@pytest.mark.parametrize("changed", [{"contingent": True}, {"disclosure": "Two weeks at most."}])
def test_other_terms_of_the_same_work_ask_again(changed: dict[str, Any]) -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, LABOUR, replace(PART, **changed))
    assert [line.position for line in writing.lines_to_answer(second)] == [2]


def test_who_declines_the_rest_of_a_discounted_estimate_is_heard() -> None:
    first = stages.sent(LABOUR, DISCOUNT)
    stages.answer(first, YES, YES)
    second = stages.revised(first, DISCS, DISCOUNT)
    (discs,) = writing.lines_to_answer(second)
    authorization = stages.answer(second, answers={discs.pk: NO})
    assert (authorization.added_amount, authorization.new_total) == (ZERO, ZERO)


# A code by e-mail, where the policy asks for it.


def digits(revision: EstimateRevision) -> str:
    code = requests.send_code(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    return codes.digits_of(code)


def test_a_code_lifts_a_typed_name_to_its_level() -> None:
    revision = sent_with_code()
    authorization = stages.answer(revision, YES, YES, code=digits(revision))
    assert authorization.evidence_level == EvidenceLevel.L3
    assert authorization.signature is not None
    assert authorization.signature.code == EmailCode.objects.get()


def test_without_the_code_nothing_is_signed() -> None:
    revision = sent_with_code()
    error = refused(answering.CodeMissing, lambda: stages.answer(revision, YES, YES, code=" "))
    assert list(error.fields) == ["code"]


def test_a_wrong_code_stays_counted_although_the_answer_is_refused() -> None:
    revision = sent_with_code()
    right = digits(revision)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _try in range(codes.TRIES):
        error = refused(codes.WrongCode, lambda: stages.answer(revision, YES, YES, code=wrong))
        assert list(error.fields) == ["code"]
    refused(codes.TooManyTries, lambda: stages.answer(revision, YES, YES, code=right))


def test_a_missing_answer_costs_no_try_of_the_code() -> None:
    revision = sent_with_code()
    digits(revision)
    refused(answering.LinesUnanswered, lambda: stages.answer(revision, YES, "", code="000000"))
    assert EmailCode.objects.get().attempts == 0


def test_a_drawing_that_is_none_costs_no_try_of_the_code() -> None:
    revision = sent_with_code()
    digits(revision)
    refused(
        SignatureImageRefused,
        lambda: stages.answer(
            revision, YES, YES, code="000000", drawn=signing.DrawnSignature(image=b"x")
        ),
    )
    assert EmailCode.objects.get().attempts == 0


def test_the_same_post_again_needs_no_fresh_code() -> None:
    revision = sent_with_code()
    code = digits(revision)
    first = stages.answer(revision, YES, YES, code=code)
    later = NOW + timedelta(hours=1)
    assert stages.answer(revision, YES, YES, code=code, at=later).pk == first.pk


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


def test_who_comes_second_is_refused_even_where_locks_do_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = stages.sent()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.record(revision, YES, NO)
    monkeypatch.setattr(answering, "lock_revision", lambda _revision: stale)
    refused(
        answering.AlreadyAnswered,
        lambda: answering._sign(
            stale,
            link=stages.link_of(revision),
            revision_sha256=revision.sha256,
            answers=stages.said(revision, YES, YES),
            name="Camille Durand",
            drawn=None,
            code=None,
            signer_timezone="Europe/Paris",
            language="en",
            by=CUSTOMER,
            at=NOW,
        ),
    )


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
