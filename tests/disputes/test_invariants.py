"""What must hold across rows about disputes: each rule is broken on purpose, and named."""

from typing import Any

import pytest

from disputes import invariants
from disputes.models import DisputeCase
from disputes.states import OfferStatus
from tests.disputes.cases import contest
from tests.factories import DisputeCaseFactory, InvoiceFactory, OfferFactory
from tests.invoices.test_invariants import by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> DisputeCase:
    return contest(InvoiceFactory(issued=True), "50.00")


def found() -> list[str]:
    return list(invariants.broken())


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE disputes_followup SET status = 'finished'",
            "D-2026-0001: it runs, but nobody is to look at it",
        ),
        (
            "UPDATE disputes_disputeitem SET state = 'released', ended_at = now();"
            "UPDATE invoices_hold SET released_at = now()",
            "D-2026-0001: it runs, but nothing is contested in it",
        ),
        (
            "UPDATE invoices_hold SET released_at = now()",
            "D-2026-0001 · INV-2026-0001: it is contested, but not held any more",
        ),
        (
            "UPDATE disputes_disputeitem SET amount = 200",
            "D-2026-0001 · INV-2026-0001: 200.00 is contested, more than was billed",
        ),
        (
            "UPDATE invoices_hold SET amount = 60",
            "D-2026-0001 · INV-2026-0001: more is held than is contested",
        ),
        (
            "UPDATE disputes_disputecase SET number = 'D-2026-0002'",
            "",
        ),
    ],
)
def test_a_broken_case_is_named(case: DisputeCase, sql: str, sentence: str) -> None:
    assert found() == []

    by_hand(sql)

    assert found() if not sentence else sentence in found()


def test_what_has_ended_contests_offers_and_holds_nothing() -> None:
    ended = DisputeCaseFactory(resolved=True)
    assert found() == []

    OfferFactory(case=ended)
    by_hand("UPDATE disputes_disputeitem SET state = 'open', ended_at = NULL")
    by_hand("UPDATE disputes_followup SET status = 'open'")

    named: list[Any] = found()
    assert f"{ended}: it has ended, but something of it is still contested" in named
    assert f"{ended}: it has ended, but somebody is still to look at it" in named
    assert f"{ended} · 1: it is open in a case that has ended" in named


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (OfferStatus.EXECUTED, "D-2026-0001 · 1: 0.00 was credited for it"),
        (
            OfferStatus.ACCEPTED,
            "D-2026-0001 · 1: it is accepted, but neither carried out nor failed",
        ),
        (OfferStatus.SENT, "D-2026-0001: it is open, which its offers do not say"),
    ],
)
def test_an_offer_of_which_nothing_came_is_named(
    case: DisputeCase, status: str, sentence: str
) -> None:
    OfferFactory(case=case, status=status)

    assert sentence in found()
