"""The answer that needs a code by e-mail, where the policy of the shop asks for it."""

from datetime import timedelta

import pytest

from estimates.models import EstimateRevision
from estimates.services import answering, requests
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.signing import codes
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import EmailCode
from shopdisputes.signing.services import SignatureImageRefused
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, YES, refused, sent_with_code
from tests.factories import NOW

pytestmark = pytest.mark.django_db


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
