"""The answer to a supplement: what has not changed stays authorized."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from estimates.models import Authorization, EstimateRevision, LineAnswer
from estimates.pricing import LineInput
from estimates.services import answering, writing
from shopdisputes.money import ZERO
from tests.estimates import stages
from tests.estimates.stages import BRAKES, LABOUR, LATER, NO, PART, YES, refused

pytestmark = pytest.mark.django_db


DISCOUNT = LineInput(
    kind="discount", description="Loyalty", unit_price=Decimal("-100.00"), tax_rate=Decimal("20")
)


DISCS = replace(PART, description="Front brake discs, pair", unit_price=Decimal("120.00"))


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
