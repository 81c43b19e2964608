"""What answers nothing: incomplete, late, for something else, or for what is no longer asked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from estimates.models import EstimateRevision
from estimates.pricing import LineInput
from estimates.services import answering, drafting, sending, writing
from estimates.services.sending import Expired
from shopdisputes.errors import DomainError
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.signing import services as signing
from shopdisputes.signing.services import SignatureImageRefused
from tests.estimates import stages
from tests.estimates.stages import BRAKES, CUSTOMER, DESK, LATER, NO, YES, refused, sent_with_code
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db


DISCOUNT = LineInput(
    kind="discount", description="Loyalty", unit_price=Decimal("-100.00"), tax_rate=Decimal("20")
)


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
