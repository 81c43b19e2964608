"""The arithmetic of credit notes: exact sums, never more than any rate billed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from estimates import pricing
from estimates.pricing import TaxAmount
from invoices import correcting
from invoices.correcting import Share

RATES = [Decimal(rate) for rate in ("0", "5.5", "10", "20", "100")]
nets = st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2)
bills = st.lists(st.tuples(nets, st.sampled_from(RATES)), min_size=1, max_size=12)


def left(*shares: tuple[str, str, str]) -> dict[Decimal, Share]:
    return {
        Decimal(rate): Share(rate=Decimal(rate), base=Decimal(base), tax=Decimal(tax))
        for rate, base, tax in shares
    }


def as_taxes(shares: list[Share]) -> list[TaxAmount]:
    return [TaxAmount(rate=each.rate, base=each.base, tax=each.tax) for each in shares]


def shown(shares: list[Share] | None) -> list[tuple[str, str, str]]:
    assert shares is not None
    return [(f"{each.rate:f}", f"{each.base}", f"{each.tax}") for each in shares]


def test_an_amount_contains_its_tax() -> None:
    billed = left(("20", "201.90", "40.38"))
    assert shown(correcting.by_amount(billed, Decimal("100.00"))) == [("20", "83.33", "16.67")]


def test_an_amount_is_split_in_proportion_with_the_cent_where_most_is_missing() -> None:
    billed = left(("0", "10.00", "0.00"), ("20", "100.00", "20.00"), ("100", "5.00", "5.00"))
    # 10 : 120 : 10 of 140; exactly 0.7142…, 8.5714…, 0.7142….
    assert shown(correcting.by_amount(billed, Decimal("10.00"))) == [
        ("0", "0.72", "0.00"),
        ("20", "7.14", "1.43"),
        ("100", "0.36", "0.35"),
    ]


def test_all_that_is_left_is_exactly_what_is_left() -> None:
    billed = left(("10", "-10.00", "-1.00"), ("20", "100.00", "20.00"))
    assert shown(correcting.by_amount(billed, Decimal("109.00"))) == [
        ("10", "-10.00", "-1.00"),
        ("20", "100.00", "20.00"),
    ]


def test_a_line_takes_no_more_than_its_rate_has_left() -> None:
    billed = left(("20", "50.00", "10.00"))
    assert correcting.by_lines(billed, [(Decimal("50.01"), Decimal("20"))]) is None
    assert correcting.by_lines(billed, [(Decimal("1.00"), Decimal("10"))]) is None
    assert shown(correcting.by_lines(billed, [(Decimal("50.00"), Decimal("20"))])) == [
        ("20", "50.00", "10.00")
    ]


def test_the_last_line_takes_the_last_of_the_tax() -> None:
    # Twice 0.13 at 20 %: 0.05 of tax in all, where each alone would have 0.03.
    billed = left(("20", "0.26", "0.05"))
    first = correcting.by_lines(billed, [(Decimal("0.13"), Decimal("20"))])
    assert shown(first) == [("20", "0.13", "0.03")]
    rest = left(("20", "0.13", "0.02"))
    assert shown(correcting.by_lines(rest, [(Decimal("0.13"), Decimal("20"))])) == [
        ("20", "0.13", "0.02")
    ]


@given(bill=bills, parts=st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_credits_of_any_amounts_add_up_and_never_exceed_a_rate(
    bill: list[tuple[Decimal, Decimal]], parts: list[int]
) -> None:
    billed = pricing.totals(bill)
    credited: list[Share] = []
    remaining = correcting.left_of(billed.taxes, [])
    for part in parts:
        whole = correcting.total_of(remaining.values())
        amount = (whole * part / 100).quantize(Decimal("0.01"))
        if amount <= 0:
            continue
        shares = correcting.by_amount(remaining, amount)
        sums = correcting.totals_of(shares)
        assert sums.total == amount
        credited += shares
        remaining = correcting.left_of(billed.taxes, as_taxes(credited))
        for share in remaining.values():
            assert share.base >= 0
            assert share.tax >= 0


@given(bill=bills)
def test_line_by_line_all_that_was_billed_comes_back_to_the_cent(
    bill: list[tuple[Decimal, Decimal]],
) -> None:
    billed = pricing.totals(bill)
    credited: list[Share] = []
    for line in bill:
        remaining = correcting.left_of(billed.taxes, as_taxes(credited))
        shares = correcting.by_lines(remaining, [line])
        assert shares is not None
        credited += shares
    assert correcting.total_of(credited) == billed.total
