"""Phone numbers and VINs: what is made of what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdisputes.customers import phones, vin


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "US", "+33612345678"),
        ("(415) 555-0100", "US", "+14155550100"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("+7 912 345-67-89", "FR", "+79123456789"),
        ("+33612345678", "RU", "+33612345678"),
        ("   ", "FR", ""),
        ("", "FR", ""),
    ],
)
def test_writes_every_number_in_one_form(typed, country, stored):
    assert phones.normalize(typed, country=country) == stored


@pytest.mark.parametrize("typed", ["12345", "call me", "06 12", "+999 12 34", "061234567890123"])
def test_refuses_what_cannot_be_dialled_at_the_field(typed):
    with pytest.raises(phones.NotAPhoneNumber) as refusal:
        phones.normalize(typed, country="FR")
    assert list(refusal.value.fields) == ["phone"]
    assert refusal.value.code == "not-a-phone-number"


def test_takes_a_number_of_a_range_that_was_given_out_lately():
    assert phones.normalize("06 39 98 12 34", country="FR") == "+33639981234"


@pytest.mark.parametrize(
    ("number", "country", "shown"),
    [
        ("+33612345678", "FR", "06 12 34 56 78"),
        ("+33612345678", "US", "+33 6 12 34 56 78"),
        ("", "FR", ""),
        ("unknown", "FR", "unknown"),
    ],
)
def test_shows_a_number_as_people_of_the_country_read_it(number, country, shown):
    assert phones.readable(number, country=country) == shown


def test_normalizes_a_vin_as_copied_from_paper():
    assert vin.normalize(" 1m8-gdm9a xkp042788 ") == "1M8GDM9AXKP042788"


@pytest.mark.parametrize(
    "number",
    [
        # The worked example of 49 CFR 565, and the one that every position counts in.
        "1M8GDM9AXKP042788",
        "11111111111111111",
        "",
    ],
)
def test_has_nothing_to_say_about_a_good_vin(number):
    assert vin.warning(number) is None


@pytest.mark.parametrize(
    ("number", "part"),
    [
        ("1M8GDM9A1KP042788", "a sign is mistyped"),
        ("LFV2A21K1A3000001", "a sign is mistyped"),
        ("VF3LCBHZ6JS123456", "so it may be right"),
        ("1M8GDM9AXKP04278", "this one has 16"),
        ("1M8GDM9AXKPO42788", "letters I, O or Q"),
    ],
)
def test_warns_about_what_looks_mistyped(number, part):
    assert part in str(vin.warning(number))


@given(st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17))
def test_every_number_with_its_own_check_digit_passes(number):
    # The check digit's own position has no weight, so any sign may stand there beforehand.
    whole = number[:8] + vin.check_digit(number) + number[9:]
    assert vin.warning(whole) is None


@given(
    st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17),
    st.integers(min_value=0, max_value=16),
    st.integers(min_value=1, max_value=9),
)
def test_one_wrong_digit_is_noticed(number, position, change):
    whole = number[:8] + vin.check_digit(number) + number[9:]
    if position == 8 or not whole[position].isdigit():
        return
    wrong = str((int(whole[position]) + change) % 10)
    assert vin.warning(whole[:position] + wrong + whole[position + 1 :]) is not None


def test_says_again_and_again_only_what_cannot_be_right():
    assert vin.lasting_warning("VF3LCBHZ6JS123456") is None
    assert vin.lasting_warning("1M8GDM9AXKP042788") is None
    assert vin.lasting_warning("") is None
    for number in ("1M8GDM9A1KP042788", "VF3LCBHZ6JS12345", "VF3LCBHZ6JS12345O"):
        assert vin.lasting_warning(number) == vin.warning(number) is not None
