"""The frame of the staff's pages: keyboard, menus, dialogs, themes, log-in and second factor."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import BrowserContext, Page, expect

from shopdisputes.actors import Role
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Membership
from tests.browser import screens
from tests.browser.screens import DESKTOP, PHONE, assert_accessible
from tests.factories import (
    PASSWORD,
    AccessLinkFactory,
    MembershipFactory,
    RepairOrderFactory,
    ShopFactory,
    staff,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(server: str) -> Membership:
    return staff(ShopFactory(name="Harbour Street Garage"), Role.OWNER, name="Olivia Brandt")


def is_today(url: str) -> bool:
    return urlsplit(url).path == "/"


def log_in(page: Page, member: Membership) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(member.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(is_today)


def inspect(page: Page) -> None:
    complaints: list[str] = []
    screens.inspect(page, complaints)
    assert not complaints, "\n\n".join(complaints)
    page.set_viewport_size(DESKTOP)


def test_the_frames_pages_are_accessible_and_fit_every_screen(desk: Page, owner: Membership):
    RepairOrderFactory(shop=owner.shop)
    MembershipFactory(user=owner.user, shop__name="A second garage with quite a long name indeed")
    log_in(desk, owner)
    for path in ("/", "/search/?q=zzz", "/search/?q=RO"):
        desk.goto(path)
        inspect(desk)
    desk.goto("/")
    for name in ("Create", "Account of", "Shop:"):
        desk.locator("summary").filter(has_text=name).click()
        inspect(desk)


def test_pages_before_the_log_in_are_accessible_and_fit(desk: Page, owner: Membership):
    link = AccessLinkFactory(expired=True)
    for path in (
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/signup/",
        "/no-such-page/",
        f"/c/estimate/{token_of(link)}/",
    ):
        desk.goto(path)
        inspect(desk)
    desk.get_by_role("button", name="Mail me a fresh link").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Look into your inbox")
    inspect(desk)


def test_a_wrong_password_is_said_on_top_and_the_address_is_kept(desk: Page, owner: Membership):
    desk.goto("/accounts/login/")
    desk.get_by_label("E-mail").fill(owner.user.email)
    desk.get_by_label("Password", exact=True).fill("wrong")
    desk.get_by_role("button", name="Log in").click()
    expect(desk.get_by_role("alert")).to_be_focused()
    expect(desk.get_by_label("E-mail")).to_have_value(owner.user.email)
    inspect(desk)


def test_the_keyboard_is_enough(desk: Page, owner: Membership):
    log_in(desk, owner)
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox")).to_be_focused()
    desk.keyboard.type("g c")
    expect(desk.get_by_role("searchbox")).to_have_value("g c")
    desk.keyboard.press("Tab")
    desk.keyboard.press("g")
    desk.keyboard.press("c")
    desk.wait_for_url("**/customers/")
    desk.keyboard.press("g")
    desk.keyboard.press("t")
    desk.wait_for_url(is_today)
    desk.keyboard.press("?")
    help_dialog = desk.get_by_role("dialog", name="Keys")
    expect(help_dialog).to_be_visible()
    assert_accessible(desk)
    desk.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    desk.keyboard.press("n")
    desk.wait_for_url("**/repair-orders/new/**")


def test_the_search_answers_while_one_types(desk: Page, owner: Membership):
    order = RepairOrderFactory(shop=owner.shop)
    log_in(desk, owner)
    desk.goto("/search/")
    box = desk.get_by_role("searchbox", name="Plate, VIN, name, phone or number", exact=True)
    expect(box).to_be_focused()
    box.press_sequentially(order.number[:-2], delay=20)
    expect(desk.get_by_role("link", name=order.number)).to_be_visible()
    box.fill("nothing like this")
    expect(desk.get_by_text("Nothing found for “nothing like this”")).to_be_visible()


def test_the_first_tab_stop_leads_past_the_frame(desk: Page, owner: Membership):
    log_in(desk, owner)
    desk.goto("/")
    desk.keyboard.press("Tab")
    skip = desk.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("main")).to_be_focused()


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(desk: Page, owner: Membership):
    log_in(desk, owner)
    opener = desk.locator("summary").filter(has_text="Create")
    new_customer = desk.get_by_role("link", name="New customer")
    opener.click()
    expect(new_customer).to_be_visible()
    new_customer.focus()
    desk.keyboard.press("Escape")
    expect(new_customer).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    desk.get_by_role("heading", level=1).click()
    expect(new_customer).to_be_hidden()


def test_the_theme_is_kept_and_said_afterwards(desk: Page, owner: Membership):
    log_in(desk, owner)
    desk.goto("/account/")
    desk.get_by_label("Dark", exact=True).last.check()
    desk.get_by_role("button", name="Save").click()
    toast = desk.locator("[data-toast]")
    expect(toast).to_contain_text("Your account was changed.")
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")
    # While one points at it, it does not go away by itself.
    toast.hover()
    assert_accessible(desk, dark=True)
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)


def test_what_was_typed_is_not_left_without_asking(desk: Page, owner: Membership):
    log_in(desk, owner)
    desk.goto("/account/")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    name = desk.get_by_label("Your name")
    name.press_sequentially("x")
    desk.get_by_role("link", name="Today").first.click()
    expect(name).to_be_visible()
    assert asked == ["beforeunload"]


def test_it_all_works_without_a_script(
    open_context: Callable[..., BrowserContext], owner: Membership
):
    page = open_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("link", name="English").click()
    log_in(page, owner)
    page.locator("summary").filter(has_text="More").click()
    page.get_by_role("link", name="Settings").last.click()
    page.wait_for_url("**/settings/")
    page.locator("summary").filter(has_text="Account of").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_second_factor_is_set_up_and_then_asked_for(
    desk: Page, open_context: Callable[..., BrowserContext], owner: Membership
):
    log_in(desk, owner)
    desk.goto("/accounts/2fa/")
    inspect(desk)
    desk.get_by_role("link", name="Set up").click()
    if desk.get_by_role("heading", name="Is it still you?").is_visible():
        desk.get_by_label("Password").fill(PASSWORD)
        desk.get_by_role("button", name="Go on").click()
    inspect(desk)
    secret = desk.locator(".secret").inner_text()
    desk.get_by_label("Code").fill(code_of(secret))
    desk.get_by_role("button", name="Switch on").click()
    expect(desk.locator(".codes li")).to_have_count(10)
    inspect(desk)
    recovery = desk.locator(".codes li").first.inner_text()
    desk.goto("/accounts/2fa/")
    inspect(desk)
    desk.goto("/accounts/2fa/recovery-codes/generate/")
    inspect(desk)
    desk.goto("/accounts/2fa/totp/deactivate/")
    inspect(desk)

    page = open_context(viewport=DESKTOP).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(owner.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The code from your phone")
    inspect(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(is_today)
