"""Interest by days: exact, additive, and never on what is contested."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dunning import interest
from dunning.interest import Contested, Movement, Span
from shopdisputes.money import to_cents

FIRST = date(2026, 1, 1)
RATE = Decimal("12.00")

days = st.integers(min_value=0, max_value=400).map(lambda count: FIRST + timedelta(days=count))
cents = st.integers(min_value=1, max_value=10**7).map(lambda each: Decimal(each) / 100)
rates = st.integers(min_value=1, max_value=4000).map(lambda each: Decimal(each) / 100)
signed = st.builds(lambda each, sign: each * sign, cents, st.sampled_from([1, -1]))
movements = st.lists(st.builds(Movement, on=days, amount=signed), max_size=6)


@st.composite
def contested(draw: st.DrawFn) -> Contested:
    first_day = draw(days)
    length = draw(st.none() | st.integers(min_value=0, max_value=90))
    return Contested(
        first_day=first_day,
        last_day=None if length is None else first_day + timedelta(days=length),
        amount=draw(st.none() | cents),
    )


def test_thirty_days_at_twelve_percent() -> None:
    found = interest.spans(
        movements=[Movement(on=FIRST, amount=Decimal("1200.00"))],
        first_day=date(2026, 2, 1),
        last_day=date(2026, 3, 2),
        rate=RATE,
    )

    (span,) = found
    assert span == Span(
        first_day=date(2026, 2, 1),
        last_day=date(2026, 3, 2),
        base=Decimal("1200.00"),
        rate=RATE,
    )
    assert span.days == 30
    # 1200 × 12 % × 30 / 365 = 11.8356…
    assert span.amount == interest.total(found) == Decimal("11.84")
    assert interest.a_day(span.base, rate=RATE) == Decimal("0.39")


def test_rounds_half_a_cent_up_once_a_span() -> None:
    # 36.50 × 5 % × 1 / 365 is exactly half a cent.
    span = Span(first_day=FIRST, last_day=FIRST, base=Decimal("36.50"), rate=Decimal("5"))
    assert span.amount == Decimal("0.01")
    two = Span(
        first_day=FIRST,
        last_day=FIRST + timedelta(days=1),
        base=Decimal("36.50"),
        rate=Decimal("5"),
    )
    assert two.amount == Decimal("0.01")


def test_a_payment_stops_the_interest_of_the_next_day() -> None:
    found = interest.spans(
        movements=[
            Movement(on=FIRST, amount=Decimal("100.00")),
            Movement(on=date(2026, 1, 10), amount=Decimal("-60.00")),
        ],
        first_day=date(2026, 1, 5),
        last_day=date(2026, 1, 12),
        rate=RATE,
    )
    assert [(span.days, span.base) for span in found] == [
        (6, Decimal("100.00")),
        (2, Decimal("40.00")),
    ]


def test_leaves_out_disputed_days_and_amounts() -> None:
    found = interest.spans(
        movements=[Movement(on=FIRST, amount=Decimal("100.00"))],
        contested=[
            Contested(
                first_day=date(2026, 1, 3), last_day=date(2026, 1, 4), amount=Decimal("30.00")
            ),
            Contested(first_day=date(2026, 1, 6), last_day=date(2026, 1, 7), amount=None),
        ],
        first_day=date(2026, 1, 2),
        last_day=date(2026, 1, 9),
        rate=RATE,
    )
    assert [(span.first_day.day, span.last_day.day, span.base) for span in found] == [
        (2, 2, Decimal("100.00")),
        (3, 4, Decimal("70.00")),
        (5, 5, Decimal("100.00")),
        (8, 9, Decimal("100.00")),
    ]


def test_ten_days_late_is_ten_days_of_interest() -> None:
    due_on, paid_on = date(2026, 3, 1), date(2026, 3, 11)
    found = interest.spans(
        movements=[
            Movement(on=FIRST, amount=Decimal("365.00")),
            Movement(on=paid_on, amount=Decimal("-365.00")),
        ],
        first_day=due_on + timedelta(days=1),
        last_day=date(2026, 4, 1),
        rate=Decimal("10"),
    )
    (span,) = found
    assert (span.days, span.amount) == (10, Decimal("1.00"))


def test_nothing_runs_without_a_rate_or_before_its_first_day() -> None:
    owed = [Movement(on=FIRST, amount=Decimal("100.00"))]
    later = FIRST + timedelta(days=9)
    nothing = Decimal("0")
    assert interest.spans(movements=owed, first_day=FIRST, last_day=later, rate=nothing) == ()
    assert interest.spans(movements=owed, first_day=later, last_day=FIRST, rate=RATE) == ()


@given(
    moved=movements,
    held=st.lists(contested(), max_size=4),
    first=days,
    length=st.integers(min_value=0, max_value=200),
    rate=rates,
)
def test_spans_say_what_each_day_says(
    moved: list[Movement], held: list[Contested], first: date, length: int, rate: Decimal
) -> None:
    last = first + timedelta(days=length)
    found = interest.spans(
        movements=moved, contested=held, first_day=first, last_day=last, rate=rate
    )

    said = {
        span.first_day + timedelta(days=count): span.base
        for span in found
        for count in range(span.days)
    }
    assert len(said) == sum(span.days for span in found), "no day is in two spans"
    for count in range(length + 1):
        day = first + timedelta(days=count)
        on_it = [
            each
            for each in held
            if each.first_day <= day and (each.last_day is None or day <= each.last_day)
        ]
        owed = sum((each.amount for each in moved if each.on < day), Decimal("0"))
        kept = sum((each.amount or Decimal("0") for each in on_it), Decimal("0"))
        base = Decimal("0") if any(each.amount is None for each in on_it) else owed - kept
        assert said.get(day, Decimal("0")) == max(base, Decimal("0"))


@given(
    moved=movements,
    held=st.lists(contested(), max_size=4),
    first=days,
    lengths=st.tuples(st.integers(0, 120), st.integers(1, 120)),
    rate=rates,
)
def test_adjoining_spans_add_up(
    moved: list[Movement],
    held: list[Contested],
    first: date,
    lengths: tuple[int, int],
    rate: Decimal,
) -> None:
    middle = first + timedelta(days=lengths[0])
    last = middle + timedelta(days=lengths[1])

    def between(start: date, end: date) -> tuple[Span, ...]:
        return interest.spans(
            movements=moved, contested=held, first_day=start, last_day=end, rate=rate
        )

    whole = between(first, last)
    parts = between(first, middle) + between(middle + timedelta(days=1), last)

    def weight(found: tuple[Span, ...]) -> Decimal:
        return sum((span.base * span.days for span in found), Decimal("0"))

    assert weight(whole) == weight(parts)
    # Only the span that is cut is rounded once more.
    assert abs(interest.total(whole) - interest.total(parts)) <= Decimal("0.01")


@given(base=cents, rate=rates, length=st.integers(min_value=1, max_value=1000))
def test_a_span_is_rounded_as_its_fraction_says(base: Decimal, rate: Decimal, length: int) -> None:
    span = Span(first_day=FIRST, last_day=FIRST + timedelta(days=length - 1), base=base, rate=rate)
    # In whole numbers: base and rate are in hundredths, half a cent is added, the rest is cut.
    numerator = int(base * 100) * int(rate * 100) * length
    denominator = 100 * 100 * 365
    assert span.amount == to_cents(
        Decimal((2 * numerator + denominator) // (2 * denominator)) / 100
    )
