"""The line editor at a desk, on a phone, and without scripts."""

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from estimates.models import Estimate
from estimates.services import jobs
from estimates.services.jobs import JobLineInput
from estimates.states import LineKind
from shopdisputes.actors import Actor, Role
from shopdisputes.repairorders.models import RepairOrder
from tests.browser.screens import DESKTOP, PHONE, assert_accessible, assert_fits
from tests.browser.screenshots import take
from tests.estimates.staff import browser_of
from tests.factories import NOW, RepairOrderFactory

pytestmark = pytest.mark.django_db(transaction=True)

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor")
LONG = "Getriebesteuergerätekühlmittelleitungsdichtungserneuerungsarbeiten"
RUSSIAN = "Восстановление высокопроизводительного электрогидравлического усилителя руля"


@pytest.fixture
def order(server: str) -> RepairOrder:
    order = RepairOrderFactory()
    jobs.create(
        shop=order.shop,
        name="Front brakes",
        language="en",
        lines=[
            JobLineInput(
                kind=LineKind.LABOUR,
                description="Replace the front brake pads",
                quantity=Decimal("1.8"),
                reason="The pads are down to 2 mm.",
            ),
            JobLineInput(
                kind=LineKind.PART,
                description="Front brake pads, set",
                unit_price=Decimal("57.90"),
                part_condition="new",
            ),
        ],
        by=DESK,
        at=NOW,
    )
    return order


def log_in(page: Page, client: Client) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )


def open_editor(page: Page, order: RepairOrder) -> None:
    log_in(page, browser_of(order.shop))
    page.goto(f"/repair-orders/{order.number}/estimates/new/")


def line(page: Page, position: int) -> Locator:
    return page.locator("[data-row-body]:visible").nth(position - 1)


def expect_lines(page: Page, *descriptions: str) -> None:
    """Wait until these rows stand there in this order: without scripts a page has to come first."""
    fields = page.locator("[data-row-body]:visible").get_by_label("What is to be done")
    expect(fields).to_have_count(len(descriptions))
    for position, words in enumerate(descriptions):
        expect(fields.nth(position)).to_have_value(words)


def write(page: Page, position: int, description: str, quantity: str, price: str) -> None:
    row = line(page, position)
    row.get_by_label("What is to be done").fill(description)
    row.get_by_label("Hours or quantity").fill(quantity)
    row.get_by_label("Rate or unit price").fill(price)


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_writes_an_estimate(request: pytest.FixtureRequest, order: RepairOrder, size: str) -> None:
    page: Page = request.getfixturevalue(size)
    open_editor(page, order)
    totals = page.locator("#totals")
    expect(line(page, 1).get_by_label("What is to be done")).to_be_focused()
    expect(line(page, 1).get_by_label("Rate or unit price")).to_have_value("80.00")
    write(page, 1, "Replace the front brake pads", "1,8", "80")
    expect(totals).to_contain_text("€172.80")
    expect(line(page, 1).locator("output")).to_have_text("€144.00")
    page.get_by_role("button", name="Part", exact=True).click()
    expect(line(page, 2).get_by_label("What is to be done")).to_be_focused()
    expect(line(page, 2).get_by_label("Rate or unit price")).to_have_value("")
    line(page, 2).get_by_label("What is to be done").fill("Front brake pads, set")
    expect(totals).to_contain_text("1 line is not counted yet")
    line(page, 2).get_by_label("Rate or unit price").fill("57,90")
    line(page, 2).get_by_label("Tax, %").fill("5.5")
    expect(totals).to_contain_text("Tax 5.5% on €57.90")
    expect(totals).to_contain_text("€233.88")
    line(page, 2).get_by_label("Tax, %").fill("20")
    expect(totals).to_contain_text("€242.28")
    line(page, 2).get_by_label("Condition of the part").select_option("new")
    assert_fits(page)
    assert_accessible(page)
    take(page, f"estimate-editor-{size}")
    page.get_by_role("button", name="Save draft").last.click()
    page.wait_for_url("**/estimates/EST-*/")
    estimate = Estimate.objects.get()
    assert estimate.total == Decimal("242.28")
    lines = estimate.revisions.get().lines.in_order()
    assert [each.part_condition for each in lines] == ["", "new"]


def test_moves_copies_removes_and_brings_back(desk: Page, order: RepairOrder) -> None:
    open_editor(desk, order)
    write(desk, 1, "First", "1", "10")
    desk.get_by_role("button", name="Part", exact=True).click()
    write(desk, 2, "Second", "1", "20")
    line(desk, 2).get_by_role("button", name="Move up").click()
    expect_lines(desk, "Second", "First")
    expect(line(desk, 1).get_by_role("button", name="Move up")).to_be_focused()
    expect(desk.locator("[data-editor-news]")).to_have_text("Line moved to place 1.")
    line(desk, 1).get_by_role("button", name="Duplicate this line").click()
    expect_lines(desk, "Second", "Second", "First")
    expect(desk.locator("#totals")).to_contain_text("€60.00")
    line(desk, 1).get_by_role("button", name="Remove this line").click()
    expect_lines(desk, "Second", "First")
    expect(desk.locator("#totals")).to_contain_text("€36.00")
    undo = desk.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect_lines(desk, "Second", "Second", "First")
    expect(line(desk, 3).locator("legend")).to_have_text("Line 3")


def test_moves_by_keyboard_and_keeps_the_focus(desk: Page, order: RepairOrder) -> None:
    open_editor(desk, order)
    write(desk, 1, "First", "1", "10")
    desk.get_by_role("button", name="Labour", exact=True).click()
    write(desk, 2, "Second", "2", "20")
    price = line(desk, 2).get_by_label("Rate or unit price")
    price.press("Alt+ArrowUp")
    expect_lines(desk, "Second", "First")
    expect(line(desk, 1).get_by_label("Rate or unit price")).to_be_focused()
    line(desk, 1).get_by_label("Kind").press("Alt+ArrowDown")
    expect_lines(desk, "First", "Second")
    expect(line(desk, 2).get_by_label("Kind")).to_be_focused()
    line(desk, 1).get_by_label("What is to be done").press("Alt+ArrowUp")
    expect_lines(desk, "First", "Second")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/estimates/EST-*/")
    lines = Estimate.objects.get().revisions.get().lines.in_order()
    assert [each.description for each in lines] == ["First", "Second"]


def test_puts_in_a_frequent_job(desk: Page, order: RepairOrder) -> None:
    open_editor(desk, order)
    desk.get_by_label("Frequent job").select_option(label="Front brakes")
    desk.get_by_role("button", name="Put in").click()
    expect(desk.locator("#totals")).to_contain_text("€242.28")
    expect_lines(desk, "Replace the front brake pads", "Front brake pads, set")
    expect(line(desk, 1).get_by_label("What is to be done")).to_be_focused()
    line(desk, 2).get_by_role("button", name="Move up").click()
    expect_lines(desk, "Front brake pads, set", "Replace the front brake pads")


def test_shows_what_belongs_to_the_kind(desk: Page, order: RepairOrder) -> None:
    open_editor(desk, order)
    row = line(desk, 1)
    kind, price = row.get_by_label("Kind"), row.get_by_label("Rate or unit price")
    expect(row.get_by_label("Condition of the part")).to_be_hidden()
    kind.select_option("part")
    expect(row.get_by_label("Condition of the part")).to_be_visible()
    expect(price).to_have_value("")
    kind.select_option("teardown")
    expect(row.get_by_label("What disassembly means")).to_be_visible()
    expect(price).to_have_value("80.00")
    price.fill("95")
    kind.select_option("labour")
    expect(row.get_by_label("What disassembly means")).to_be_hidden()
    expect(price).to_have_value("95")


def test_asks_before_leaving_with_unsaved_changes(desk: Page, order: RepairOrder) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    open_editor(desk, order)
    desk.on("dialog", stay)
    line(desk, 1).get_by_label("What is to be done").fill("Half a thou")
    desk.locator(".rail").get_by_role("link", name="Customers").click(no_wait_after=True)
    desk.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert path_of(desk).endswith("/estimates/new/")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_refusals_stand_at_the_field_and_lose_nothing(
    request: pytest.FixtureRequest, order: RepairOrder, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    open_editor(page, order)
    write(page, 1, f"{LONG} {RUSSIAN}", "-1", "80.005")
    page.get_by_role("button", name="Save draft").last.click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Line 1, Hours or quantity")
    expect(line(page, 1)).to_contain_text("At most 2 decimal places.")
    expect(line(page, 1).get_by_label("Rate or unit price")).to_have_value("80.005")
    summary.get_by_role("link", name="Line 1, Rate or unit price").click()
    expect(line(page, 1).get_by_label("Rate or unit price")).to_be_focused()
    assert_fits(page)
    assert_accessible(page)
    assert_accessible(page, dark=True)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_works_without_scripts(
    open_context: Callable[..., BrowserContext], order: RepairOrder, size: dict[str, int]
) -> None:
    page = open_context(viewport=size, java_script_enabled=False).new_page()
    open_editor(page, order)
    write(page, 1, "First", "1,5", "80")
    page.get_by_role("button", name="Part", exact=True).click()
    expect_lines(page, "First", "")
    expect(page.locator("#totals")).to_contain_text("€144.00")
    write(page, 2, "Second", "1", "20")
    line(page, 2).get_by_role("button", name="Move up").click()
    expect_lines(page, "Second", "First")
    line(page, 1).get_by_role("button", name="Remove this line").click()
    expect_lines(page, "First")
    page.get_by_role("button", name="Undo").click()
    expect_lines(page, "Second", "First")
    page.get_by_label("Frequent job").select_option(label="Front brakes")
    page.get_by_role("button", name="Put in").click()
    expect_lines(page, "Second", "First", "Replace the front brake pads", "Front brake pads, set")
    line(page, 1).get_by_role("button", name="Duplicate this line").click()
    expect(page.locator("[data-row-body]:visible")).to_have_count(5)
    page.get_by_role("button", name="Save draft").last.click()
    page.wait_for_url("**/estimates/EST-*/")
    lines = Estimate.objects.get().revisions.get().lines.in_order()
    assert [each.description for each in lines] == [
        "Second",
        "Second",
        "First",
        "Replace the front brake pads",
        "Front brake pads, set",
    ]


def test_an_action_that_reads_the_page_shifts_nothing(desk: Page, order: RepairOrder) -> None:
    open_editor(desk, order)
    write(desk, 1, "First", "1", "10")
    expect(desk.locator("#totals")).to_contain_text("€12.00")
    before = desk.locator(".form-actions").bounding_box()
    write(desk, 1, "First", "2", "1234.56")
    expect(desk.locator("#totals")).to_contain_text("€2,962.94")
    assert desk.locator(".form-actions").bounding_box() == before
