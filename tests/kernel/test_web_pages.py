"""The frame and its pages: today, search, account, log-in, what went wrong."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from shopdisputes.accounts.models import Theme, User
from shopdisputes.actors import Actor, Role
from shopdisputes.audit import services as audit
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Membership, Shop
from tests.factories import (
    NOW,
    PASSWORD,
    AdministratorFactory,
    CustomerFactory,
    DocumentFactory,
    MembershipFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    ShopFactory,
    VehicleFactory,
    staff,
)

pytestmark = pytest.mark.django_db


def log_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(owner: Membership) -> Client:
    return log_in(owner)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_today_says_kindly_that_nothing_is_to_do(desk):
    body = text_of(desk.get("/"))
    assert "Nothing to do" in body
    assert "No vehicle is in the shop." in body


def test_today_shows_mail_and_papers_that_need_somebody(desk, shop):
    OutgoingEmailFactory(shop=shop, in_doubt=True, subject="Your estimate", recipient="a@x.example")
    OutgoingEmailFactory(shop=shop, failed=True, subject="A reminder", recipient="b@x.example")
    OutgoingEmailFactory(shop=shop, sent=True, subject="Went well")
    DocumentFactory(shop=shop, title="Estimate 7", attempts=3, last_error="no ink")
    DocumentFactory(shop=shop, title="Estimate 8", attempts=1)
    OutgoingEmailFactory(in_doubt=True, subject="Of another shop")
    body = text_of(desk.get("/"))
    assert "Was “Your estimate” delivered?" in body
    assert "“A reminder” could not be delivered" in body
    assert "The PDF “Estimate 7” cannot be made" in body
    assert "no ink" in body
    for absent in ("Went well", "Estimate 8", "Of another shop", "Nothing to do"):
        assert absent not in body


def test_today_leaves_mail_to_the_desk(shop):
    OutgoingEmailFactory(shop=shop, in_doubt=True, subject="Your estimate")
    body = text_of(log_in(staff(shop, Role.TECHNICIAN)).get("/"))
    assert "Your estimate" not in body


def test_today_shows_what_customers_did_since_yesterday_began(desk, shop):
    order = RepairOrderFactory(shop=shop)
    doer = Actor(role=Role.CUSTOMER, name="Camille Durand")
    yesterday = NOW.replace(day=14, hour=23, minute=30)  # 00:30 of the 15th in Paris
    for at, who in [
        (yesterday - timedelta(hours=1), "too@old.example"),
        (yesterday, "first@new.example"),
        (NOW, "second@new.example"),
    ]:
        audit.record(
            shop=shop,
            action="link.displayed",
            target=order,
            repair_order_id=order.pk,
            by=doer,
            at=at,
            data={"recipient": who},
        )
    audit.record(
        shop=shop,
        action="repair_order.changed",
        target=order,
        by=Actor(role=Role.OWNER, name="O"),
        at=NOW,
    )
    audit.record(
        shop=shop,
        action="link.given",
        target=order,
        by=doer,
        at=NOW,
        data={"recipient": "second@new.example"},
    )
    response = desk.get("/")
    body = text_of(response)
    assert "Personal link made" not in body
    assert body.index("Page opened by second@new.example") < body.index("first@new.example")
    assert "too@old.example" not in body
    assert "Repair order changed" not in body
    assert f'href="/repair-orders/{order.number}/"' in response.content.decode()


def test_today_counts_the_open_orders_of_this_shop(desk, shop):
    RepairOrderFactory.create_batch(7, shop=shop)
    RepairOrderFactory(shop=shop, status=RepairOrderStatus.CLOSED, closed_at=NOW)
    RepairOrderFactory()
    response = desk.get("/")
    assert response.context["open_count"] == 7
    assert len(response.context["open_orders"]) == 6


def test_the_search_goes_straight_to_a_number(desk, shop):
    order = RepairOrderFactory(shop=shop, number="RO-2026-0042")
    RepairOrderFactory(shop=shop, number="RO-2026-00421")
    response = desk.get("/search/", {"q": " ro-2026-0042 "})
    assert response.status_code == 302
    assert response["Location"] == f"/repair-orders/{order.number}/"


@pytest.mark.parametrize("words", ["AB-123-CD", "ab123cd", "VF1AAAAA555555555"])
def test_the_search_goes_straight_to_the_owner_of_a_plate_or_vin(desk, shop, words):
    customer = CustomerFactory(shop=shop)
    VehicleFactory(
        shop=shop,
        customer=customer,
        plate="AB-123-CD",
        plate_key="AB123CD",
        vin="VF1AAAAA555555555",
    )
    assert desk.get("/search/", {"q": words})["Location"] == f"/customers/{customer.pk}/"


def test_the_search_shows_what_fits_and_nothing_of_other_shops(desk, shop):
    CustomerFactory(shop=shop, name="Camille Durand", phone="+33612345678")
    CustomerFactory(shop=shop, name="Camille Petit")
    CustomerFactory(name="Camille Foreign")
    body = text_of(desk.get("/search/", {"q": "camille"}))
    assert "Camille Durand" in body
    assert "Camille Petit" in body
    assert "Foreign" not in body
    assert "Camille Durand" in text_of(desk.get("/search/", {"q": "06 12 34"}))


def test_the_search_says_when_there_is_nothing(desk):
    assert "Nothing found for “zzz”" in text_of(desk.get("/search/", {"q": "zzz"}))
    assert "Write a few signs" in text_of(desk.get("/search/", {"q": "  "}))


@pytest.mark.parametrize("words", ["\x00", "%", "'; DROP TABLE", "x" * 5000, "🚗", "--"])
def test_the_search_survives_anything(desk, words):
    assert desk.get("/search/", {"q": words}).status_code == 200


def test_the_search_answers_htmx_with_the_results_alone(desk, shop):
    CustomerFactory(shop=shop, name="Camille Durand")
    response = desk.get("/search/", {"q": "camille"}, headers={"hx-request": "true"})
    body = response.content.decode()
    assert "Camille Durand" in body
    assert "<html" not in body


def test_the_account_takes_a_language_and_speaks_it_at_once(desk, owner):
    response = desk.post("/account/", {"name": "Alix", "language": "fr", "theme": "dark"})
    assert (response.status_code, response["Location"]) == (303, "/account/")
    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.language, owner.user.theme) == ("Alix", "fr", "dark")
    page = desk.get("/account/").content.decode()
    assert '<html lang="fr" data-preference="dark" data-bs-theme="dark">' in page


def test_the_account_refuses_what_it_does_not_offer_and_keeps_what_was(desk, owner):
    before = owner.user.name
    response = desk.post("/account/", {"name": "", "language": "xx", "theme": "pink"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "language", "theme"}
    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.language) == (before, "en")


def test_the_menu_changes_language_or_theme_and_stays_on_the_page(desk, owner):
    response = desk.post("/account/language/", {"theme": "dark", "next": "/search/?q=a"})
    assert (response.status_code, response["Location"]) == (303, "/search/?q=a")
    desk.post("/account/language/", {"language": "ru", "next": "/"})
    owner.user.refresh_from_db()
    assert (owner.user.language, owner.user.theme) == ("ru", Theme.DARK)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_the_menu_never_leads_to_another_site(desk, elsewhere):
    response = desk.post("/account/language/", {"language": "fr", "next": elsewhere})
    assert response["Location"] == "/"


def test_another_shop_of_ones_own_is_worked_in_until_told_otherwise(desk, owner):
    other = MembershipFactory(user=owner.user, shop__name="Second Garage")
    response = desk.post("/account/shop/", {"shop": str(other.shop_id)})
    assert (response.status_code, response["Location"]) == (303, "/")
    assert desk.get("/").context["shop"] == other.shop


@pytest.mark.parametrize("wanted", ["foreign", "rubbish", ""])
def test_a_shop_where_one_does_not_work_is_not_found(desk, shop, wanted):
    foreign = ShopFactory()
    response = desk.post(
        "/account/shop/", {"shop": str(foreign.pk) if wanted == "foreign" else wanted}
    )
    assert response.status_code == 404
    assert desk.get("/").context["shop"] == shop


def test_the_rail_shows_what_the_role_may_enter(desk, shop):
    assert "Settings" in [str(way.label) for way in desk.get("/").context["navigation"]]
    technician = log_in(staff(shop, Role.TECHNICIAN)).get("/")
    labels = [str(way.label) for way in technician.context["navigation"]]
    assert "Repair orders" in labels
    assert "Settings" not in labels
    assert "Mail" not in labels
    assert not technician.context["creations"]


def test_every_key_leads_to_one_place(desk):
    keys = [way.shortcut for way in desk.get("/").context["navigation"] if way.shortcut]
    assert len(keys) > 8
    assert len(keys) == len(set(keys))


def test_the_frame_costs_few_queries(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        desk.get("/account/")


def test_anonymous_pages_speak_the_browsers_or_the_chosen_language():
    client = Client()
    page = client.get("/accounts/login/", headers={"accept-language": "ru"})
    assert page.content.decode().count('<html lang="ru"') == 1
    client.get("/accounts/login/?lang=fr", headers={"accept-language": "ru"})
    page = client.get("/accounts/login/", headers={"accept-language": "ru"})
    assert '<html lang="fr"' in page.content.decode()


def test_pages_load_nothing_from_elsewhere_and_hold_nothing_inline(desk):
    for path in ("/", "/account/", "/search/?q=x", "/accounts/login/", "/accounts/2fa/"):
        body = desk.get(path).content.decode()
        assert not re.search(
            r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", body
        )
        assert not re.search(r'(?:src|href)="(?:https?:)?//', body)


def test_the_policy_allows_nothing_inline(desk):
    policy = desk.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def try_password(client: Client, email: str, password: str, ip: str = "203.0.113.7"):
    return client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=ip)


def test_the_right_password_opens_the_day(owner):
    response = try_password(Client(), owner.user.email.upper(), PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_guessing_a_password_is_stopped_without_locking_the_owner_out(owner):
    thief, owner_client = Client(), Client()
    for _ in range(9):
        assert try_password(thief, owner.user.email, "wrong").status_code == 200
    response = try_password(thief, owner.user.email, "wrong")
    assert response.status_code == 429
    assert "Too many wrong passwords" in text_of(response)
    assert try_password(thief, owner.user.email, PASSWORD).status_code == 429
    assert try_password(owner_client, owner.user.email, PASSWORD, "198.51.100.2").status_code == 302


def test_logging_out_takes_a_click_on_a_form(desk):
    assert desk.get("/accounts/logout/").status_code == 200
    assert desk.get("/").status_code == 200
    desk.post("/accounts/logout/")
    assert desk.get("/").status_code == 302


def test_nobody_takes_another_address(desk, owner):
    owner.user.set_password("a quiet harbour 7")
    owner.user.save()
    desk.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    desk.post("/accounts/reauthenticate/", {"password": "a quiet harbour 7"})
    wanted = {"email": "next.hire@x.example"}

    added = desk.post("/accounts/email/", wanted | {"action_add": ""})
    desk.post("/accounts/email/", wanted | {"action_primary": ""})

    assert added.status_code == 200
    assert not EmailAddress.objects.filter(email="next.hire@x.example").exists()
    assert list(User.objects.values_list("email", flat=True)) == [owner.user.email]


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/email/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
def test_pages_about_the_log_in_stand_in_the_frame(desk, path):
    response = desk.get(path, follow=True)
    assert response.status_code == 200
    assert "css/app.css" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/inactive/",
        "/accounts/signup/",
    ],
)
def test_pages_before_the_log_in_offer_the_languages(path):
    body = Client().get(path, follow=True).content.decode()
    assert "css/app.css" in body
    assert "Français" in body
    assert "Русский" in body


def test_nothing_is_found_calmly(desk):
    response = desk.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is nothing at this address" in text_of(response)
    assert "Go to Today" in text_of(response)


def test_customers_are_not_sent_to_the_log_in_by_an_error_page(desk):
    response = desk.get("/c/no-such-page/")
    assert response.status_code == 404
    assert "Go to Today" not in text_of(response)


def test_who_works_nowhere_is_told_so():
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/")
    assert response.status_code == 403
    assert "You are not allowed to see this" in text_of(response)


def guarded(owner: Membership) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_form_whose_check_failed_is_kept_to_be_sent_again(owner):
    response = guarded(owner).post(
        "/account/",
        {"name": 'Alix "A"', "language": "fr", "password": "secret", "code": "123456"},
        headers={"origin": "http://testserver"},
    )
    body = response.content.decode()
    assert response.status_code == 403
    assert 'name="name" value="Alix &quot;A&quot;"' in body
    assert 'action="/account/"' in body
    assert "secret" not in body
    assert "123456" not in body
    owner.user.refresh_from_db()
    assert owner.user.language == "en"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/"},
        {},
    ],
)
def test_a_form_from_elsewhere_is_not_offered_again(owner, headers):
    response = guarded(owner).post("/account/", {"name": "Mallory"}, headers=headers)
    assert response.status_code == 403
    assert "Mallory" not in response.content.decode()


def test_a_shop_without_anything_has_a_page_for_everybody(shop: Shop):
    for role in Membership.ROLES:
        assert log_in(staff(shop, role)).get("/").status_code == 200
