"""Amounts and quantities in forms: comma or point, no silent rounding."""

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from shopdisputes.web.forms.fields import DecimalInput, MoneyInput


class PriceForm(forms.Form):
    price = MoneyInput()
    hours = DecimalInput(required=False, min_value=Decimal("0.001"), max_value=Decimal("9999"))


def read(price: str, hours: str = "") -> PriceForm:
    return PriceForm({"price": price, "hours": hours})


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("12.500", "12.500"),
        ("0", "0"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, value):
    form = read(typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["price"] == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("12.505", "At most 2 decimal places."),
        ("0,001", "At most 2 decimal places."),
        ("1e-3", "At most 2 decimal places."),
        ("twelve", "Write an amount, for example 12.50."),
        ("1e999999999", "Write an amount, for example 12.50."),
        ("NaN", "Write an amount, for example 12.50."),
        ("Infinity", "Write an amount, for example 12.50."),
        ("-1", "At least 0.00."),
        ("10000000", "At most 9999999.99."),
        ("", "This field is required."),
    ],
)
def test_an_amount_that_is_none_is_refused_at_its_field_and_not_rounded(typed, message):
    form = read(typed)
    assert form.errors == {"price": [message]}
    assert f'value="{typed}"' in str(form["price"]) or not typed


def test_hours_take_three_places_and_refuse_four():
    assert read("1", "1,125").is_valid()
    assert read("1", "1.1250").is_valid()
    assert read("1", "1.1255").errors == {"hours": ["At most 3 decimal places."]}
    assert read("1", "0").errors == {"hours": ["At least 0.001."]}


@pytest.mark.parametrize(
    ("language", "price", "hours"),
    [("en", "1234.50", "1.5"), ("fr", "1234,50", "1,5"), ("ru", "1234,50", "1,5")],
)
def test_what_is_stored_is_shown_with_the_readers_mark(language, price, hours):
    with translation.override(language):
        form = PriceForm(initial={"price": Decimal("1234.5"), "hours": Decimal("1.500")})
        assert f'value="{price}"' in str(form["price"])
        assert f'value="{hours}"' in str(form["hours"])
        assert 'inputmode="decimal"' in str(form["price"])


def test_two_hundred_hours_are_not_shown_as_a_power_of_ten():
    assert 'value="200"' in str(PriceForm(initial={"hours": Decimal("200.000")})["hours"])
