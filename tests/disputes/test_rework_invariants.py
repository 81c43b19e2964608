"""What must hold across rows about reworks: each rule is broken on purpose, and named."""

import pytest

from disputes import invariants
from tests.disputes.reworks import ask
from tests.invoices.test_invariants import by_hand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE invoices_hold SET released_at = now()",
            "RW-2026-0001: it runs, but is not held any more",
        ),
        (
            "UPDATE disputes_reworkrequest SET status = 'confirmed', ended_at = now()",
            "RW-2026-0001: it has ended, but is still held",
        ),
        (
            "UPDATE disputes_reworkrequest SET ended_at = now()",
            "RW-2026-0001: it is requested, which its times do not say",
        ),
        (
            "UPDATE invoices_hold SET amount = 130",
            "RW-2026-0001: more is held than it is about",
        ),
        (
            "UPDATE disputes_reworkrequest SET amount = 300",
            "RW-2026-0001: 300.00 is in question, more than was billed",
        ),
        (
            "UPDATE disputes_reworkrequest SET hold_id = NULL",
            "INV-2026-0001: it is held for a rework that there is not",
        ),
    ],
)
def test_names_what_does_not_hold(sql: str, sentence: str) -> None:
    ask()
    assert list(invariants.broken()) == []

    by_hand(sql)

    assert sentence in list(invariants.broken())
