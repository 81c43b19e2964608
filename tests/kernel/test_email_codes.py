"""Codes by e-mail: six digits that prove a mailbox, for ten minutes and five tries."""

from datetime import timedelta

import pytest
from django.db import transaction

from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from shopdisputes.signing import codes
from shopdisputes.signing.models import EmailCode
from tests.factories import NOW, AccessLinkFactory, EmailCodeFactory

pytestmark = pytest.mark.django_db

OWNER = Actor(role=Role.OWNER, name="Olga")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Firefox " * 100
)


@pytest.fixture
def link(shop: Shop) -> AccessLink:
    return AccessLinkFactory(shop=shop)


def wrong(code: EmailCode) -> str:
    return f"{(int(codes.digits_of(code)) + 1) % 1_000_000:06d}"


def test_a_code_is_six_digits_that_are_stored_nowhere(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)

    digits = codes.digits_of(code)
    assert len(digits) == 6
    assert digits.isdigit()
    assert digits == codes.digits_of(EmailCode.objects.get(pk=code.pk))
    row = EmailCode.objects.filter(pk=code.pk).values().get()
    assert all(digits not in str(value) for name, value in row.items() if name != "id")


def test_digits_are_spread_over_all_numbers() -> None:
    found = [codes.digits_of(EmailCodeFactory.build(shop=None, link=None)) for _ in range(500)]

    assert len(set(found)) > 495
    assert {digits[0] for digits in found} == set("0123456789")


@pytest.mark.parametrize("form", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_the_right_digits_are_noted(link: AccessLink, form: str) -> None:
    code = codes.issue(link=link, at=NOW)

    verified = codes.verify(link=link, digits=form.format(codes.digits_of(code)), at=NOW)

    assert (verified.pk, verified.verified_at, verified.attempts) == (code.pk, NOW, 0)


def test_a_double_click_finds_the_code_still_good(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    for seconds in range(8):
        verified = codes.verify(
            link=link, digits=codes.digits_of(code), at=NOW + timedelta(seconds=seconds)
        )

    assert verified.verified_at == NOW


def test_five_wrong_tries_end_a_code(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    for _ in range(5):
        with pytest.raises(codes.WrongCode) as refusal:
            codes.verify(link=link, digits=wrong(code), at=NOW)
    assert list(refusal.value.fields) == ["code"]

    with pytest.raises(codes.TooManyTries):
        codes.verify(link=link, digits=codes.digits_of(code), at=NOW)

    assert EmailCode.objects.get().verified_at is None


@pytest.mark.django_db(transaction=True)
def test_a_wrong_try_stays_counted_and_cannot_be_rolled_back(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=wrong(code), at=NOW)
    with pytest.raises(RuntimeError), transaction.atomic():
        codes.verify(link=link, digits=wrong(code), at=NOW)

    assert EmailCode.objects.get().attempts == 1


@pytest.mark.parametrize("digits", ["", "abcdef", "12345", "1234567", "٠١٢٣٤٥"])
def test_what_is_not_the_six_digits_is_wrong(link: AccessLink, digits: str) -> None:
    codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=digits, at=NOW)


def test_a_code_lives_ten_minutes(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    digits = codes.digits_of(code)

    codes.verify(link=link, digits=digits, at=NOW + timedelta(minutes=9, seconds=59))
    with pytest.raises(codes.CodeExpired):
        codes.verify(link=link, digits=digits, at=NOW + timedelta(minutes=10))


def test_without_a_code_there_is_nothing_to_verify(link: AccessLink) -> None:
    with pytest.raises(codes.CodeExpired):
        codes.verify(link=link, digits="123456", at=NOW)


def test_a_new_code_replaces_the_one_before(link: AccessLink) -> None:
    first = codes.issue(link=link, at=NOW)
    second = codes.issue(link=link, at=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=codes.digits_of(first), at=later)
    assert codes.verify(link=link, digits=codes.digits_of(second), at=later) == second


def test_the_code_of_another_link_does_not_open_this_one(link: AccessLink) -> None:
    other = codes.issue(link=AccessLinkFactory(shop=link.shop), at=NOW)
    codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=codes.digits_of(other), at=NOW)


def test_three_codes_an_hour_and_no_more(link: AccessLink) -> None:
    for minute in range(3):
        codes.issue(link=link, at=NOW + timedelta(minutes=minute))

    with pytest.raises(codes.TooManyCodes):
        codes.issue(link=link, at=NOW + timedelta(minutes=59))

    assert EmailCode.objects.count() == 3
    codes.issue(link=AccessLinkFactory(shop=link.shop), at=NOW + timedelta(minutes=59))
    codes.issue(link=link, at=NOW + timedelta(minutes=60))
