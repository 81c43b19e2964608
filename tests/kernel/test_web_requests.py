"""The gate of the staff's pages, and whose address counts."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from shopdisputes.accounts.models import User
from shopdisputes.actors import DESK, Role
from shopdisputes.errors import Conflict, Forbidden, Refused
from shopdisputes.web.requests import (
    SHOP_SESSION_KEY,
    StaffRequest,
    client_ip,
    object_id,
    staff,
)
from tests.factories import NOW, MembershipFactory, ShopFactory, UserFactory

pytestmark = pytest.mark.django_db


@staff()
def anybody(request: StaffRequest) -> HttpResponse:
    return HttpResponse(
        f"{request.shop.slug}|{request.actor.role}|{request.actor.name}|"
        f"{request.actor.user_id}|{request.actor.ip_address}|{request.actor.user_agent}|"
        f"{timezone.get_current_timezone_name()}"
    )


@staff(*DESK)
def desk(_request: StaffRequest) -> HttpResponse:
    return HttpResponse("in")


def ask(
    user: User | AnonymousUser, method: str = "GET", path: str = "/mail/?q=1", **headers: str
) -> HttpRequest:
    request = RequestFactory(headers=headers).generic(method, path)
    request.user = user
    request.session = SessionStore()
    request.htmx = HtmxDetails(request)
    return request


def test_a_stranger_is_sent_to_the_log_in_and_will_come_back():
    response = anybody(ask(AnonymousUser()))
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fmail%2F%3Fq%3D1"


def test_a_strangers_form_is_not_come_back_to():
    response = anybody(ask(AnonymousUser(), "POST"))
    assert response["Location"] == "/accounts/login/"


def test_a_stranger_behind_htmx_comes_back_to_the_page_not_to_its_part():
    request = ask(
        AnonymousUser(), hx_request="true", hx_current_url="http://testserver/estimates/?q=x"
    )
    assert anybody(request)["Location"] == "/accounts/login/?next=%2Festimates%2F%3Fq%3Dx"


@pytest.mark.parametrize("path", ["/estimates/%00/", "/estimates/a%00b/edit/"])
def test_what_the_database_cannot_look_for_is_not_there(path):
    with pytest.raises(Http404):
        anybody(ask(MembershipFactory().user, path=path))


def test_who_works_nowhere_is_refused():
    with pytest.raises(PermissionDenied):
        anybody(ask(UserFactory()))


def test_who_no_longer_works_there_is_refused():
    membership = MembershipFactory(is_active=False)
    with pytest.raises(PermissionDenied):
        anybody(ask(membership.user))


def test_the_wrong_role_is_refused():
    with pytest.raises(PermissionDenied):
        desk(ask(MembershipFactory(role=Role.TECHNICIAN).user))


@pytest.mark.parametrize("role", sorted(DESK))
def test_the_right_roles_come_in(role):
    assert desk(ask(MembershipFactory(role=role).user)).content == b"in"


def test_the_view_learns_the_shop_the_actor_and_lives_in_the_shops_zone():
    membership = MembershipFactory(
        role=Role.ADVISOR, user__name="Alix", shop__slug="gare", shop__timezone="Asia/Tokyo"
    )
    response = anybody(ask(membership.user, user_agent="Firefox"))
    assert response.content.decode() == (
        f"gare|advisor|Alix|{membership.user_id}|127.0.0.1|Firefox|Asia/Tokyo"
    )
    assert timezone.get_current_timezone_name() == "UTC"


def test_who_works_in_two_shops_is_in_the_one_they_chose():
    first = MembershipFactory(shop__slug="first")
    second = MembershipFactory(user=first.user, shop__slug="second")
    request = ask(first.user)
    assert anybody(request).content.decode().startswith("first|")
    request = ask(first.user)
    request.session[SHOP_SESSION_KEY] = str(second.shop_id)
    assert anybody(request).content.decode().startswith("second|")


def test_a_chosen_shop_that_one_has_left_counts_for_nothing():
    kept = MembershipFactory(shop__slug="kept")
    left = MembershipFactory(user=kept.user, is_active=False)
    request = ask(kept.user)
    request.session[SHOP_SESSION_KEY] = str(left.shop_id)
    assert anybody(request).content.decode().startswith("kept|")


def test_a_strangers_shop_cannot_be_chosen():
    own = MembershipFactory(shop__slug="own")
    request = ask(own.user)
    request.session[SHOP_SESSION_KEY] = str(ShopFactory().pk)
    assert anybody(request).content.decode().startswith("own|")


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict("Somebody was first."), 409), (Forbidden(), 403), (Refused("Too much."), 422)],
)
def test_a_refusal_that_no_view_caught_becomes_a_page_that_says_it(error, status):
    @staff()
    def refusing(_request: StaffRequest) -> HttpResponse:
        raise error

    response = refusing(ask(MembershipFactory().user))
    assert response.status_code == status
    assert str(error.message) in response.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        # What stands left of our proxy's entry is the client's own invention.
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "203.0.113.7"),
        (1, "rubbish", ""),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9")
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_ip(request) == expected


def test_what_is_no_identifier_is_none():
    shop = ShopFactory(created_at=NOW)
    assert object_id(str(shop.pk)) == shop.pk
    assert object_id("1 OR 1=1") is None
