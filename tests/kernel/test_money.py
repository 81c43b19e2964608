"""Money: one rounding, numbers as people type them, amounts as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdisputes.money import format_money, parse_decimal, to_cents

amounts = st.decimals(
    min_value=Decimal("-9999999"), max_value=Decimal("9999999"), places=4, allow_nan=False
)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("1.015", "1.02"),
        ("-0.005", "-0.01"),
        ("96.495", "96.50"),
        ("12", "12.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, rounded: str) -> None:
    assert str(to_cents(Decimal(value))) == rounded


@given(amounts)
def test_rounding_is_never_off_by_more_than_half_a_cent(value: Decimal) -> None:
    assert abs(to_cents(value) - value) <= Decimal("0.005")


@given(amounts)
def test_rounding_twice_is_rounding_once(value: Decimal) -> None:
    assert to_cents(to_cents(value)) == to_cents(value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12,50", "12.50"),
        ("12.50", "12.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("-3,5", "-3.5"),
        (" 7 ", "7"),
    ],
)
def test_reads_numbers_as_people_type_them(typed: str, meant: str) -> None:
    assert parse_decimal(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,2,3", "NaN", "Infinity", "1e400x", "--1", "1.2.3.4,5,6"]
)
def test_refuses_what_is_not_a_plain_number(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_decimal(typed)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "€1,234.50"),
        ("fr", "1\u202f234,50\u00a0€"),
        ("ru", "1\u00a0234,50\u00a0€"),
    ],
)
def test_writes_amounts_as_readers_of_the_language_expect(language: str, text: str) -> None:
    assert format_money(Decimal("1234.50"), currency="EUR", language=language) == text
