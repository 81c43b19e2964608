"""Storage day by day: every day is one of four things, and only the last of them costs."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices import storing
from invoices.states import StorageDayState
from invoices.storing import Span

NOTICE = date(2026, 3, 16)
RATE = Decimal("12.00")
BEFORE, FREE, SUSPENDED, COUNTED = (
    StorageDayState.BEFORE_NOTICE,
    StorageDayState.FREE,
    StorageDayState.SUSPENDED,
    StorageDayState.COUNTED,
)
around = st.integers(-40, 60).map(lambda number: NOTICE + timedelta(days=number))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(around)
    length = draw(st.none() | st.integers(0, 20))
    return Span(
        first=first, last=None if length is None else first + timedelta(days=length), why="parts"
    )


@st.composite
def stays(draw: st.DrawFn) -> dict[str, object]:
    return {
        "ready_on": NOTICE - timedelta(days=draw(st.integers(0, 30))),
        "notice_on": NOTICE,
        "first_day": NOTICE + timedelta(days=draw(st.integers(1, 20))),
        "daily_rate": draw(st.decimals(Decimal("0.01"), Decimal("500"), places=2)),
        "suspensions": draw(st.lists(spans(), max_size=4)),
        "until": draw(around),
        "billed_until": draw(st.none() | around),
    }


@given(stays())
def test_counted_free_suspended_and_earlier_days_are_all_days(stay):
    days = storing.days(**stay)
    length = max(0, (stay["until"] - stay["ready_on"]).days + 1)
    by_state = {state: sum(day.state == state for day in days) for state in StorageDayState}
    assert sum(by_state.values()) == len(days) == length
    assert [day.on for day in days] == [
        stay["ready_on"] + timedelta(days=number) for number in range(length)
    ]


@given(stays())
def test_no_day_costs_before_the_first_one_or_in_a_suspension_and_every_other_one_does(stay):
    for day in storing.days(**stay):
        held = any(span.holds(day.on) for span in stay["suspensions"])
        if day.on < stay["first_day"] or held:
            assert (day.amount, day.billed) == (Decimal("0"), False)
            assert day.state != COUNTED
        else:
            assert (day.state, day.amount) == (COUNTED, stay["daily_rate"])


@given(stays())
def test_what_is_billed_and_what_is_not_make_what_is_counted(stay):
    days = storing.days(**stay)
    unbilled = storing.unbilled(days)
    billed = [day for day in days if day.billed]
    assert sorted([*unbilled, *billed], key=lambda day: day.on) == storing.counted(days)
    assert storing.amount_of(unbilled) + storing.amount_of(billed) == storing.amount_of(days)
    assert storing.amount_of(days) == stay["daily_rate"] * len(storing.counted(days))


@given(stays())
def test_stretches_are_the_days_joined(stay):
    days = storing.days(**stay)
    stretches = storing.stretches(days)
    assert sum(stretch.count for stretch in stretches) == len(days)
    assert sum((stretch.amount for stretch in stretches), Decimal("0")) == storing.amount_of(days)
    assert all(
        earlier.last + timedelta(days=1) == later.first
        for earlier, later in itertools.pairwise(stretches)
    )


@given(stays(), st.integers(0, 30))
def test_a_later_look_never_changes_what_a_day_was(stay, more):
    later = stay | {"until": stay["until"] + timedelta(days=more)}
    days = storing.days(**stay)
    assert storing.days(**later)[: len(days)] == days


def test_a_stay_told_in_words():
    stretches = storing.stretches(
        storing.days(
            ready_on=date(2026, 3, 14),
            notice_on=NOTICE,
            first_day=date(2026, 3, 20),
            daily_rate=RATE,
            suspensions=[Span(first=date(2026, 3, 22), last=date(2026, 3, 23), why="Dispute")],
            until=date(2026, 3, 25),
            billed_until=date(2026, 3, 20),
        )
    )
    assert [
        (each.first.day, each.last.day, each.state, each.amount, each.why, each.billed)
        for each in stretches
    ] == [
        (14, 15, BEFORE, Decimal("0.00"), "", False),
        (16, 19, FREE, Decimal("0.00"), "", False),
        (20, 20, COUNTED, Decimal("12.00"), "", True),
        (21, 21, COUNTED, Decimal("12.00"), "", False),
        (22, 23, SUSPENDED, Decimal("0.00"), "Dispute", False),
        (24, 25, COUNTED, Decimal("24.00"), "", False),
    ]


@pytest.mark.parametrize(("first", "last"), [(22, 22), (22, 24), (20, 25)])
def test_both_days_of_a_suspension_are_free(first, last):
    days = storing.days(
        ready_on=NOTICE,
        notice_on=NOTICE,
        first_day=date(2026, 3, 17),
        daily_rate=RATE,
        suspensions=[Span(first=date(2026, 3, first), last=date(2026, 3, last))],
        until=date(2026, 3, 31),
    )
    held = [day.on.day for day in days if day.state == SUSPENDED]
    assert held == list(range(first, last + 1))
    assert len(storing.counted(days)) == 15 - len(held)


def test_no_day_is_there_before_the_vehicle_is_ready():
    assert (
        storing.days(
            ready_on=NOTICE,
            notice_on=NOTICE,
            first_day=NOTICE + timedelta(days=1),
            daily_rate=RATE,
            until=NOTICE - timedelta(days=1),
        )
        == []
    )
    assert storing.stretches([]) == []


@pytest.mark.parametrize(
    ("free_days", "business_days", "country", "first"),
    [
        (0, 0, "FR", date(2026, 3, 17)),
        (3, 0, "FR", date(2026, 3, 20)),
        # Monday's notice in Florida: Tuesday to Thursday are the three working days.
        (0, 3, "US", date(2026, 3, 20)),
        (10, 3, "US", date(2026, 3, 27)),
        (0, 1, "US", date(2026, 3, 18)),
    ],
)
def test_the_first_day_comes_after_what_the_shop_gives_and_what_the_place_asks_for(
    free_days, business_days, country, first
):
    assert (
        storing.first_day(
            notice_on=NOTICE,
            free_days=free_days,
            free_business_days=business_days,
            country=country,
        )
        == first
    )


def test_a_weekend_is_no_business_day():
    friday = date(2026, 3, 20)
    assert storing.first_day(
        notice_on=friday, free_days=0, free_business_days=1, country="US"
    ) == date(2026, 3, 24)
