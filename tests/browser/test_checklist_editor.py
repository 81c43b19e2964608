"""The checklist editor with its script: rows move at once, and are saved as they stand."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from inspections.models import Checklist
from inspections.services import checklists
from shopdisputes.actors import Role
from tests.browser.screens import assert_accessible, assert_fits
from tests.estimates.staff import browser_of
from tests.factories import ChecklistFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checklist(server: str, desk: Page) -> Checklist:
    """With the five items of the factories' walk; its editor is open before the owner."""
    checklist = ChecklistFactory()
    cookie = browser_of(checklist.shop, Role.OWNER).cookies[settings.SESSION_COOKIE_NAME]
    desk.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )
    desk.goto(f"/settings/checklists/{checklist.pk}/")
    return checklist


def names(page: Page) -> list[str]:
    boxes = page.locator("[data-row-body]:not([hidden]) .check-name input")
    return [box.input_value() for box in boxes.all()]


def test_rows_are_added_moved_copied_taken_away_and_saved(desk: Page, checklist: Checklist) -> None:
    news = desk.locator("[data-editor-news]")
    assert names(desk)[:2] == ["Body", "Front bumper"]

    desk.get_by_role("button", name="Item", exact=True).click()
    desk.keyboard.type("Towing eye")
    desk.keyboard.press("Alt+ArrowUp")
    expect(news).to_contain_text("Moved to place")
    assert names(desk)[-2:] == ["Towing eye", "Odometer"]
    bumper = desk.locator("[data-row]").nth(1)
    bumper.get_by_role("button", name="Duplicate this item").click()
    desk.keyboard.press("Control+A")
    desk.keyboard.type("Rear bumper")
    bumper.get_by_role("button", name="Remove", exact=True).click()
    expect(news).to_have_text("Removed. It can be undone until you save.")
    bumper.get_by_role("button", name="Undo").click()
    assert names(desk)[:3] == ["Body", "Front bumper", "Rear bumper"]
    assert_fits(desk)
    assert_accessible(desk)

    desk.get_by_role("button", name="Save", exact=True).last.click()

    expect(desk.get_by_text("Added: Towing eye")).to_be_visible()
    newest = checklists.newest_version(checklist)
    assert newest is not None
    saved = list(newest.items.order_by("position"))
    assert [str(item) for item in saved] == [
        "Front bumper",
        "Rear bumper",
        "Tyre, front left",
        "Lights",
        "VIN",
        "Towing eye",
        "Odometer",
    ]
    assert saved[0].pair_key == "bumper_front"
    assert saved[1].pair_key.startswith("own-")
    assert saved[1].shots == saved[0].shots
