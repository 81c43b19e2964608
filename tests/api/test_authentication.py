"""Who gets in over the API."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopdisputes.accounts.models import ApiToken
from shopdisputes.actors import Role
from shopdisputes.api.authentication import TOKEN_MISSES
from shopdisputes.api.throttling import READS, WRITES
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.web.limits import Limit
from tests.api.conftest import Program
from tests.factories import NOW, ShopFactory

pytestmark = pytest.mark.django_db


def test_without_a_token_nobody_gets_in(anonymous: Program) -> None:
    response = anonymous.get("customers/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response.json() == {
        "code": "not-authenticated",
        "message": "Authentication credentials were not provided.",
        "fields": {},
    }


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token wrong", "token wrong"])
def test_a_token_that_opens_nothing_is_401(anonymous: Program, header: str) -> None:
    response = anonymous.get("customers/", Authorization=header)

    assert response.status_code == 401
    assert response.json()["code"] == "invalid-token"


def test_another_scheme_is_no_token(anonymous: Program) -> None:
    assert anonymous.get("customers/", Authorization="Basic YTpi").status_code == 401


def test_the_word_token_may_be_written_small(api: Program) -> None:
    key = api.headers["Authorization"].split()[1]

    assert api.get("customers/", Authorization=f"token {key}").status_code == 200


def test_a_session_opens_nothing(api: Program) -> None:
    api.client.force_login(api.membership.user)
    api.headers = {}

    assert api.get("customers/").status_code == 401


def test_a_revoked_token_is_401(api: Program) -> None:
    ApiToken.objects.update(revoked_at=NOW)

    assert api.get("customers/").status_code == 401


def test_the_token_of_somebody_who_left_is_401(api: Program) -> None:
    Membership.objects.filter(pk=api.membership.pk).update(is_active=False)

    assert api.get("customers/").status_code == 401


def test_the_token_of_a_deactivated_person_is_401(api: Program) -> None:
    api.membership.user.is_active = False
    api.membership.user.save()

    assert api.get("customers/").status_code == 401


def test_a_token_opens_its_own_shop_only_although_its_person_works_in_two(
    program: Callable[..., Program], shop: Shop
) -> None:
    first = program()
    other = ShopFactory()
    Membership.objects.create(
        shop=other, user=first.membership.user, role=Role.OWNER, created_at=NOW
    )
    made = program(shop=other).post("customers/", {"name": "Only there"}).json()

    assert first.get(f"customers/{made['id']}/").status_code == 404
    assert first.get("customers/").json()["results"] == []


def test_the_role_is_that_in_the_tokens_shop(program: Callable[..., Program], shop: Shop) -> None:
    technician = program(Role.TECHNICIAN)
    Membership.objects.create(
        shop=ShopFactory(), user=technician.membership.user, role=Role.OWNER, created_at=NOW
    )

    assert technician.post("customers/", {"name": "No"}).status_code == 403


def test_the_day_of_the_last_use_is_noted_in_the_shops_zone(
    api: Program, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-03-31 22:30:00+00:00")

    api.get("customers/")

    assert ApiToken.objects.get().last_used_on == date(2026, 4, 1)


def test_the_last_use_is_written_once_a_day(api: Program) -> None:
    ApiToken.objects.update(last_used_on=None)

    def writes() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api.get("customers/").status_code == 200
        return sum('UPDATE "accounts_apitoken"' in query["sql"] for query in asked)

    assert [writes(), writes(), writes()] == [1, 0, 0]


def test_guessing_tokens_ends_in_429_but_locks_nobody_out(api: Program, anonymous: Program) -> None:
    for _ in range(TOKEN_MISSES.hits):
        assert anonymous.get("customers/", Authorization="Token guess").status_code == 401

    response = anonymous.get("customers/", Authorization="Token guess")

    assert response.status_code == 429
    assert response.json()["code"] == "too-many-requests"
    assert response["Retry-After"] == "1800"
    assert api.get("customers/").status_code == 200


@pytest.mark.parametrize(
    ("limit", "method", "path"), [(READS, "get", "customers/"), (WRITES, "post", "customers/")]
)
def test_a_minute_used_up_is_429_until_the_next(
    api: Program,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    limit: Limit,
    method: str,
    path: str,
) -> None:
    monkeypatch.setitem(limit.__dict__, "hits", 2)
    clock.move_to("2026-03-16 09:30:20+00:00")

    statuses = [api(method, path, {}).status_code for _ in range(3)]

    assert statuses[:2] != [429, 429]
    assert statuses[2] == 429
    assert api(method, path, {})["Retry-After"] == "40"
    clock.shift(timedelta(seconds=40))
    assert api(method, path, {}).status_code != 429
