"""What resolvers answer: kept at once, in the case only when the shop takes it over."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disputes.models import CaseMessage, DisputeCase
from disputes.services import answers, resolving
from disputes.services.following_up import CaseEnded
from disputes.states import AnswerStatus, ClosingCode
from shopdisputes.links.models import LinkPurpose
from tests import media
from tests.disputes.cases import (
    DESK,
    RESOLVER,
    contest,
    events,
    everything,
    fresh,
    link_to,
    mails,
)
from tests.factories import NOW, InvoiceFactory, ResolverAnswerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> DisputeCase:
    return contest(InvoiceFactory(issued=True), resolver_email="theo@garage.example")


def test_waits_for_the_shop_which_is_mailed(case: DisputeCase) -> None:
    slip = SimpleUploadedFile("slip.jpg", media.jpeg(160, 120))

    answer = answers.give(
        link=link_to(case, LinkPurpose.RESOLVER),
        text="Billed as the rear axle.",
        proposal="Credit it.",
        amount=Decimal("30.00"),
        files=[slip],
        by=RESOLVER,
        at=NOW,
    )

    assert (answer.status, answer.given_by) == (AnswerStatus.PENDING, "Theo Technician")
    assert answer.files.get().side == CaseMessage.Side.RESOLVER
    assert mails() == {"dispute_resolver_answered": case.shop.email}
    assert not CaseMessage.objects.exists()


def test_enters_the_case_for_the_shop_alone_when_it_is_taken_over(case: DisputeCase) -> None:
    answer = ResolverAnswerFactory(case=case)

    message = answers.take(answer=answer, by=DESK, at=NOW)

    assert (message.side, message.internal, message.text) == ("resolver", True, answer.text)
    assert (fresh(answer).status, fresh(answer).decided_by) == (AnswerStatus.TAKEN, "Ada Advisor")
    assert events(case)[-1] == "dispute.answer_taken"


def test_is_decided_about_once(case: DisputeCase) -> None:
    answer = ResolverAnswerFactory(case=case)
    with pytest.raises(answers.NoteMissing):
        answers.refuse(answer=answer, note=" ", by=DESK, at=NOW)
    answers.refuse(answer=answer, note="Which price?", by=DESK, at=NOW)
    before = everything()

    with pytest.raises(answers.AnswerDecided):
        answers.take(answer=answer, by=DESK, at=NOW)

    assert everything() == before
    assert not CaseMessage.objects.exists()


def test_said_twice_is_said_once_and_not_after_the_end(case: DisputeCase) -> None:
    link = link_to(case, LinkPurpose.RESOLVER)
    first = answers.give(link=link, text="It is right.", by=RESOLVER, at=NOW)
    assert answers.give(link=link, text="It is right.", by=RESOLVER, at=NOW) == first
    # What he adds on second thoughts is not lost.
    more = {"proposal": "Half of it.", "amount": Decimal("50.00")}
    second = answers.give(link=link, text="It is right.", **more, by=RESOLVER, at=NOW)
    assert (second == first, fresh(second).proposed_amount) == (False, Decimal("50.00"))

    resolving.resolve(case=case, closing_code=ClosingCode.SHARED, note="Done.", by=DESK, at=NOW)
    before = everything()
    with pytest.raises(CaseEnded):
        answers.give(link=link, text="One more thing.", by=RESOLVER, at=NOW)
    assert everything() == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": " "}, "text"),
        ({"proposal": "x" * 501}, "proposal"),
        ({"amount": Decimal("0.00")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
    ],
)
def test_is_refused_and_nothing_happens(
    case: DisputeCase, said: dict[str, Any], field: str
) -> None:
    link = link_to(case, LinkPurpose.RESOLVER)
    before = everything()

    with pytest.raises(answers.AnswerRefused) as refused:
        answers.give(link=link, **{"text": "It is right."} | said, by=RESOLVER, at=NOW)

    assert list(refused.value.fields) == [field]
    assert everything() == before
