"""Which step is due on a day: the arithmetic, by example and over whatever may happen."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.schedule import Outlook, Standing, day_of, look

DUE = date(2026, 3, 10)


@dataclass(frozen=True)
class Rung:
    key: int
    offset_days: int


USUAL = tuple(Rung(key, offset) for key, offset in enumerate((-3, 3, 10, 20, 30), start=1))


def standing(**facts: object) -> Standing:
    return Standing(**({"base_on": DUE, "begun_on": DUE - timedelta(days=14)} | facts))


def on(days: int) -> date:
    """So many days after the due day."""
    return DUE + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-4, Outlook(due=None, missed=(), next=0, next_on=on(-3))),
        (-3, Outlook(due=0, missed=(), next=1, next_on=on(3))),
        (0, Outlook(due=0, missed=(), next=1, next_on=on(3))),
        (1, Outlook(due=None, missed=(), next=1, next_on=on(3))),
        (3, Outlook(due=1, missed=(), next=2, next_on=on(10))),
        (25, Outlook(due=3, missed=(1, 2), next=4, next_on=on(30))),
        (90, Outlook(due=4, missed=(1, 2, 3), next=None, next_on=None)),
    ],
)
def test_the_latest_step_whose_day_has_come_is_due(days: int, expected: Outlook) -> None:
    assert look(USUAL, standing(), today=on(days)) == expected


def test_a_step_before_the_invoice_existed_was_never_to_be_taken() -> None:
    young = standing(begun_on=on(-2))
    assert look(USUAL, young, today=on(-2)).due is None


def test_what_was_taken_is_not_due_again_and_what_is_gone_counts_by_its_day() -> None:
    taken = standing(reached_key=3, reached_offset=10)
    assert look(USUAL, taken, today=on(19)) == Outlook(due=None, missed=(), next=3, next_on=on(20))
    assert look(USUAL[:2] + USUAL[3:], taken, today=on(20)).due == 2


def test_time_to_pay_is_waited_for() -> None:
    waits = standing(reached_key=3, reached_offset=10, pay_by=on(24))
    assert look(USUAL, waits, today=on(24)).due is None
    assert day_of(USUAL[3], waits) == on(25)
    assert look(USUAL, waits, today=on(25)).due == 3


LADDERS = st.lists(st.integers(-30, 60), min_size=1, max_size=7, unique=True).map(
    lambda offsets: tuple(Rung(key, offset) for key, offset in enumerate(sorted(offsets), 1))
)


def walk(steps: tuple[Rung, ...], days: list[int]) -> list[int]:
    """Look on those days and take what is due; return the keys taken, in order."""
    at, taken = standing(), []
    for day in days:
        outlook = look(steps, at, today=on(day))
        if outlook.due is not None:
            step = steps[outlook.due]
            taken.append(step.key)
            at = standing(reached_key=step.key, reached_offset=step.offset_days)
    return taken


@given(LADDERS, st.lists(st.integers(-20, 100), max_size=40))
def test_whenever_it_is_looked_at_no_step_is_taken_twice_or_backwards(
    steps: tuple[Rung, ...], days: list[int]
) -> None:
    taken = walk(steps, sorted(days))
    assert taken == sorted(set(taken))


@given(LADDERS, st.lists(st.integers(-20, 100), min_size=1, max_size=10), st.integers(1, 4))
def test_looking_many_times_a_day_equals_once(
    steps: tuple[Rung, ...], days: list[int], times: int
) -> None:
    once = sorted(set(days))
    assert walk(steps, once) == walk(steps, sorted(once * times))


@given(LADDERS)
def test_looking_every_day_takes_every_step_whose_time_is_not_over_at_issue(
    steps: tuple[Rung, ...],
) -> None:
    assert walk(steps, list(range(-14, 100))) == [
        step.key for step in steps if step.offset_days >= -14
    ]
