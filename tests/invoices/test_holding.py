"""What may be asked for: the parts add up, whatever holds there are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.holding import DISPUTED, Figures, HeldAmount, figures
from invoices.states import HoldKind

cents = st.integers(min_value=0, max_value=10**9).map(lambda each: Decimal(each) / 100)
holds = st.lists(
    st.builds(
        HeldAmount,
        kind=st.sampled_from(HoldKind.values),
        amount=st.none() | cents.filter(bool),
    ),
    max_size=6,
)


@given(balance=cents, held=holds, not_yet_due=cents)
def test_the_parts_add_up_and_none_is_below_zero(
    balance: Decimal, held: list[HeldAmount], not_yet_due: Decimal
) -> None:
    made = figures(balance=balance, holds=held, not_yet_due=not_yet_due)

    parts = (made.disputed, made.promised, made.planned, made.held, made.collectible)
    assert sum(parts) == balance
    assert min(parts) >= 0
    assert made.collectible <= balance
    assert made.disputed + made.promised <= balance


@given(balance=cents, held=holds, more=st.sampled_from(HoldKind.values), not_yet_due=cents)
def test_another_hold_never_makes_more_collectible(
    balance: Decimal, held: list[HeldAmount], more: str, not_yet_due: Decimal
) -> None:
    before = figures(balance=balance, holds=held, not_yet_due=not_yet_due)
    after = figures(
        balance=balance, holds=[*held, HeldAmount(kind=more, amount=None)], not_yet_due=not_yet_due
    )

    assert after.collectible <= before.collectible


@given(balance=cents, held=holds)
def test_the_order_of_holds_says_nothing(balance: Decimal, held: list[HeldAmount]) -> None:
    assert figures(balance=balance, holds=held) == figures(balance=balance, holds=held[::-1])


@pytest.mark.parametrize("kind", sorted(DISPUTED))
def test_what_is_disputed_comes_before_what_is_promised(kind: str) -> None:
    made = figures(
        balance=Decimal("100.00"),
        holds=[
            HeldAmount(kind=HoldKind.PROMISE, amount=Decimal("80.00")),
            HeldAmount(kind=kind, amount=Decimal("60.00")),
        ],
    )

    assert made == Figures(
        balance=Decimal("100.00"), disputed=Decimal("60.00"), promised=Decimal("40.00")
    )
    assert made.collectible == Decimal("0.00")


def test_instalments_that_are_not_due_are_no_reason_to_ask() -> None:
    made = figures(
        balance=Decimal("100.00"),
        holds=[HeldAmount(kind=HoldKind.PLAN, amount=Decimal("100.00"))],
        not_yet_due=Decimal("60.00"),
    )

    assert (made.planned, made.collectible) == (Decimal("60.00"), Decimal("40.00"))
