"""What a measurement says by itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections import judging
from inspections.states import Result

NUMBERS = st.decimals(min_value=-50, max_value=50, places=3)


@st.composite
def limits(draw):
    """Limits in their order, each of which may be missing."""
    values = sorted(draw(st.lists(NUMBERS, min_size=4, max_size=4)))
    names = ("urgent_below", "attention_below", "attention_above", "urgent_above")
    return {
        name: value if draw(st.booleans()) else None
        for name, value in zip(names, values, strict=True)
    }


def severity(measurement, limits):
    return judging.SEVERITY[judging.suggest(measurement, **limits)]


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [
        ("1.599", Result.URGENT),
        ("1.6", Result.ATTENTION),
        ("2.999", Result.ATTENTION),
        ("3.0", Result.OK),
        ("9", Result.OK),
    ],
)
def test_a_tyre_is_judged_with_its_limit_on_the_good_side(measurement, expected):
    limits = {"urgent_below": Decimal("1.6"), "attention_below": Decimal("3.0")}
    assert judging.suggest(Decimal(measurement), **limits) == expected


def test_without_limits_everything_is_all_right():
    assert judging.suggest(Decimal("-1000")) == Result.OK


@given(limits(), NUMBERS, NUMBERS)
def test_further_out_is_never_milder(limits, one, other):
    low, high = sorted([one, other])
    floor = [limits["urgent_below"], limits["attention_below"]]
    ceiling = [limits["attention_above"], limits["urgent_above"]]
    if any(limit is not None and high < limit for limit in floor):
        assert severity(low, limits) >= severity(high, limits)
    if any(limit is not None and low > limit for limit in ceiling):
        assert severity(high, limits) >= severity(low, limits)


@given(limits(), NUMBERS)
def test_a_limit_taken_away_never_makes_it_graver(limits, measurement):
    for name in limits:
        assert severity(measurement, limits | {name: None}) <= severity(measurement, limits)


def test_only_what_was_judged_can_be_played_down():
    assert judging.is_milder("ok", "attention")
    assert judging.is_milder("attention", "urgent")
    assert not judging.is_milder("urgent", "urgent")
    assert not judging.is_milder("urgent", "ok")
    assert not judging.is_milder("not_inspected", "urgent")
