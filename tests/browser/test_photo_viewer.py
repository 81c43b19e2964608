"""Photos open over the page by keys, touch and click; a video is played in parts."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests import media
from tests.browser.screens import assert_accessible, assert_fits
from tests.estimates.staff import browser_of
from tests.factories import InspectionFactory, ItemMediaFactory, StoredFileFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(desk: Page, server: str) -> Page:
    """An inspection with two photos and a video."""
    inspection = InspectionFactory(looked=True)
    item = inspection.items.get(pair_key="lights")
    for traits in (
        {"jpeg": True, "ready": True},
        {"jpeg": True, "ready": True},
        {"video": True, "content": media.mp4(seconds=3)},
    ):
        file = StoredFileFactory(shop=inspection.shop, **traits)
        ItemMediaFactory(item=item, file=file, caption=f"Lights, {file.kind}")
    session = browser_of(inspection.shop).cookies[settings.SESSION_COOKIE_NAME].value
    desk.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}]
    )
    desk.goto(f"/inspections/{inspection.number}/")
    return desk


def test_photos_open_over_the_page_and_leave_it_where_it_stood(page: Page) -> None:
    photos = page.locator("a[data-media-open]")
    viewer = page.locator("dialog[data-viewer]")
    first = photos.nth(photos.count() - 2)
    address = page.url

    first.focus()
    page.keyboard.press("Enter")
    expect(viewer).to_be_visible()
    count = photos.count()
    expect(viewer.locator("[data-viewer-count]")).to_have_text(f"{count - 1} / {count}")
    expect(viewer.locator("[data-viewer-words]")).to_have_text("Lights, image/jpeg")
    assert_accessible(page)
    assert_fits(page)

    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-viewer-count]")).to_have_text(f"{count} / {count}")
    expect(viewer.get_by_role("button", name="Next photo")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-viewer-count]")).to_have_text(f"{count} / {count}")
    width = viewer.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width == 320

    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(photos.nth(count - 1)).to_be_focused()

    first.click()
    expect(viewer).to_be_visible()
    page.go_back()
    expect(viewer).to_be_hidden()
    assert page.url == address


def test_a_video_is_played_where_it_stands(page: Page) -> None:
    video = page.locator("video")
    with page.expect_response(lambda response: response.url.endswith("/original/")) as answer:
        video.evaluate("video => { video.muted = true; return video.play(); }")

    assert answer.value.status == 206
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.1")
