"""Recognizing payments: what is suggested, how sure it is, and why."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.matching import Candidate, Candidates, Incoming, Suggestion, suggest

CAMILLE, MARIE = uuid4(), uuid4()
NAMES = {CAMILLE: "Camille Durand", MARIE: "Marie Lefèvre"}


def invoice(
    number: int = 42,
    balance: str = "251.88",
    *,
    customer: UUID = CAMILLE,
    collectible: str = "",
    day: int = 1,
    reference: str = "",
) -> Candidate:
    return Candidate(
        invoice=uuid4(),
        number=f"INV-2026-{number:04d}",
        reference=reference or f"RF{number % 100:02d}INV2026{number:04d}",
        customer=customer,
        customer_name=NAMES[customer],
        balance=Decimal(balance),
        collectible=Decimal(collectible or balance),
        due_on=date(2026, 3, day),
    )


def found(candidates: list[Candidate], amount: str = "251.88", **line: Any) -> list[Suggestion]:
    return suggest(Incoming(amount=Decimal(amount), **line), Candidates(candidates))


def parts(suggestion: Suggestion) -> list[tuple[str, str]]:
    return [(part.candidate.number, str(part.amount)) for part in suggestion.parts]


def test_the_reference_and_the_amount_are_exact() -> None:
    [first] = found([invoice(42), invoice(43, "80.00")], reference="RF42 INV2026 0042")

    assert first.exact
    assert first.score == 100
    assert parts(first) == [("INV-2026-0042", "251.88")]
    assert first.why == (
        "The payment reference is that of INV-2026-0042.",
        "The amount is what is owed.",
    )


def test_the_collectible_amount_is_exact_too() -> None:
    [first] = found(
        [invoice(42, "251.88", collectible="107.88")], "107.88", text="rf42 inv2026 0042 thanks"
    )

    assert first.exact
    assert first.why[0] == "The text holds the payment reference of INV-2026-0042."
    assert first.why[1] == "The amount is what is not disputed or held."


@pytest.mark.parametrize(
    ("amount", "part", "left", "why"),
    [
        ("100.00", "100.00", "0.00", "It is less than what is owed."),
        ("300.00", "251.88", "48.12", "It is more than is owed: the rest stays on account."),
    ],
)
def test_a_reference_with_another_amount_is_not_exact(
    amount: str, part: str, left: str, why: str
) -> None:
    [first] = found([invoice(42)], amount, reference="RF42INV20260042")

    assert not first.exact
    assert (parts(first), first.left) == ([("INV-2026-0042", part)], Decimal(left))
    assert first.why[-1] == why


def test_a_number_in_the_text_is_likely_but_not_exact() -> None:
    [first] = found([invoice(42), invoice(43)], text="Facture inv 2026/0042")

    assert (first.exact, first.score) == (False, 88)
    assert first.why[0] == "The text names INV-2026-0042."


def test_a_number_is_not_found_within_a_longer_one() -> None:
    assert found([invoice(42, "7.00")], text="INV-2026-00421") == []


def test_several_numbers_share_the_money_by_day_due() -> None:
    two = [invoice(43, "80.00", day=9), invoice(42, "20.00", day=2)]
    [first, *_rest] = found(two, "100.00", text="INV-2026-0042 + INV-2026-0043")

    assert parts(first) == [("INV-2026-0042", "20.00"), ("INV-2026-0043", "80.00")]
    assert first.score == 88


@pytest.mark.parametrize(
    "payer", ["M OU MME DURAND CAMILLE", "camille durand", "Durand Camille SARL"]
)
def test_the_amount_and_the_payer_s_name_are_likely(payer: str) -> None:
    first, second = found([invoice(42), invoice(50, customer=MARIE)], payer=payer)

    assert (first.score, first.customer, first.exact) == (76, CAMILLE, False)
    assert first.why[0] == "The payer's name is that of Camille Durand."
    assert second.why[0] == "2 open invoices ask for this amount."


def test_accents_make_no_difference() -> None:
    [first] = found([invoice(50, customer=MARIE)], payer="LEFEVRE MARIE")

    assert first.why[0] == "The payer's name is that of Marie Lefèvre."


def test_a_known_account_is_likely_whatever_the_name() -> None:
    [first] = found([invoice(42)], payer="SCI Les Lilas", customer=CAMILLE)

    assert first.score == 76
    assert first.why[0] == "Camille Durand has paid from this account before."


def test_the_amount_alone_is_unsure() -> None:
    [first] = found([invoice(42), invoice(43, "7.00")], payer="Somebody")

    assert first.score == 36
    assert first.why[0] == "No other open invoice asks for this amount."


def test_all_that_a_customer_owes_is_recognized() -> None:
    two = [invoice(42, "20.00", day=1), invoice(43, "80.00", day=2)]
    [first] = found(two, "100.00", payer="Camille Durand")

    assert (first.score, len(first.parts)) == (70, 2)
    assert "The amount is all that is owed." in first.why


def test_of_a_known_payer_the_oldest_is_paid_first() -> None:
    two = [invoice(43, "80.00", day=9), invoice(42, "20.00", day=2)]
    [first] = found(two, "50.00", payer="Camille Durand")

    assert parts(first) == [("INV-2026-0042", "20.00"), ("INV-2026-0043", "30.00")]
    assert first.score == 30


def test_nothing_is_suggested_where_nothing_speaks_for_it() -> None:
    assert found([invoice(42)], "9.99", payer="Power company", text="Refund 0042") == []


CANDIDATES = st.lists(
    st.builds(
        lambda number, cents, held, customer, day: invoice(
            number,
            str(Decimal(cents) / 100),
            customer=customer,
            collectible=str(Decimal(max(cents - held, 0)) / 100),
            day=day,
        ),
        st.integers(1, 60),
        st.integers(1, 30_000),
        st.integers(0, 200),
        st.sampled_from([CAMILLE, MARIE]),
        st.integers(1, 28),
    ),
    max_size=6,
)


@given(
    CANDIDATES,
    st.integers(1, 60_000),
    st.sampled_from(["Camille Durand", "Lefevre", ""]),
    st.sampled_from(["INV-2026-0007", "INV 2026 0001, INV-2026-0002", ""]),
)
def test_a_suggestion_never_gives_more_than_there_is_or_is_owed(
    candidates: list[Candidate], cents: int, payer: str, text: str
) -> None:
    amount = Decimal(cents) / 100
    for each in found(candidates, str(amount), payer=payer, text=text):
        assert sum(part.amount for part in each.parts) + each.left == amount
        assert each.left >= 0
        assert all(0 < part.amount <= part.candidate.balance for part in each.parts)
        assert {part.candidate.customer for part in each.parts} <= {each.customer}
        assert len({part.candidate.invoice for part in each.parts}) == len(each.parts)
        assert each.why
