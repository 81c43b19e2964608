"""A technician walks round the car with a phone; files go up beside; the desk shares.

The journey uses real files made by the test, one of them of exactly 50 MiB and one a byte larger.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import APIResponse, Dialog, Locator, Page, Route, expect

from inspections.models import Inspection, ItemMedia
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads.services import LARGEST_MEDIA
from shopdisputes.uploads.tasks import drain as make_previews
from tests import media
from tests.browser.post import apart
from tests.browser.screens import Watch, assert_accessible, assert_fits
from tests.browser.screenshots import take
from tests.estimates.staff import browser_of
from tests.factories import ChecklistFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(server: str) -> RepairOrder:
    order: RepairOrder = RepairOrderFactory()
    ChecklistFactory(shop=order.shop)
    return order


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Real files of every kind, as a phone would bring them."""
    for name, content in {
        "scratch.jpg": media.jpeg(1600, 1200),
        "drawing.png": media.png(800, 600),
        "tyre-test.pdf": media.pdf(2),
        "walk.mp4": media.mp4(seconds=2),
        "full.mp4": media.mp4_of_size(LARGEST_MEDIA),
        "over.mp4": media.mp4_of_size(LARGEST_MEDIA + 1),
        "holiday.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "later.jpg": media.jpeg(640, 480),
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def cut_line(watch: Watch) -> Iterator[None]:
    """For tests that cut the line: the browser tells of every request that it lost."""
    yield
    lost = ("net::ERR_", "htmx:")
    watch.complaints[:] = [
        words for words in watch.complaints if not any(mark in words for mark in lost)
    ]


def log_in(page: Page, client: Client) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )


def card(page: Page, name: str) -> Locator:
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator("[data-look]").filter(has=heading)


def choose(page: Page, name: str, result: str) -> None:
    card(page, name).locator("label.verdict").filter(has_text=result).tap()


def saved(page: Page, name: str) -> None:
    expect(card(page, name).locator("[data-said]")).to_contain_text("Saved")


def attach(page: Page, name: str, *paths: Path, slot: str = "Photos and files") -> Locator:
    holder = card(page, name).locator(f"[data-slot-label='{slot}']")
    holder.locator("input[data-upload='gallery']").set_input_files([str(path) for path in paths])
    return holder


def begin(phone: Page, order: RepairOrder) -> None:
    log_in(phone, browser_of(order.shop, Role.TECHNICIAN))
    phone.goto(f"/repair-orders/{order.number}/")
    phone.get_by_role("button", name="Check-in").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("INS-")
    phone.wait_for_load_state()


def test_a_car_is_looked_at_with_a_phone_and_shared_from_the_desk(
    phone: Page, desk: Page, order: RepairOrder, files: Path, cut_line: None
) -> None:
    begin(phone, order)
    assert_fits(phone)
    bar = phone.locator("#run-progress")
    expect(bar).to_contain_text("0 of 5")

    # Whose car it is comes first.
    expect(phone.locator(".look-name").first).to_have_text("VIN")
    card(phone, "VIN").get_by_label("As read off the car").fill("1M8GDM9AXKP042788")
    choose(phone, "VIN", "All right")
    saved(phone, "VIN")
    odometer = card(phone, "Odometer")
    expect(odometer).to_contain_text("84,000")
    odometer.get_by_label("Odometer reading").fill("84012")
    odometer.get_by_label("Odometer reading").blur()
    saved(phone, "Odometer")
    expect(bar).to_contain_text("2 of 5")

    # A measurement suggests its result at once, and the server agrees.
    tyre = card(phone, "Tyre, front left")
    tyre.get_by_label("Measurement").fill("1,4")
    expect(tyre.locator("input[value='urgent']")).to_be_checked()
    tyre.get_by_label("Measurement").blur()
    saved(phone, "Tyre, front left")

    # What is not looked at says why, and is not saved before.
    choose(phone, "Lights", "Not inspected")
    lights = card(phone, "Lights")
    expect(lights.locator("[data-unsaved]")).to_contain_text("Say why it was not inspected")
    lights.get_by_role("button", name="Tool missing").tap()
    saved(phone, "Lights")
    expect(bar).to_contain_text("4 of 5")

    # A scratch needs its photo.
    choose(phone, "Front bumper", "Needs attention")
    bumper = card(phone, "Front bumper")
    expect(bumper).to_contain_text("A photo is missing.")
    upload_everything(phone, files)
    expect(bumper).not_to_contain_text("A photo is missing.")
    assert_accessible(phone)
    phone.evaluate("() => window.scrollTo({top: 0, behavior: 'instant'})")
    take(phone, "runner-phone")

    phone.get_by_role("button", name="Complete the inspection").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Completed")
    inspection = Inspection.objects.get()
    assert len(inspection.sha256) == 64
    assert_fits(phone)
    assert phone.get_by_role("link", name="Share with the customer").count() == 0

    log_in(desk, browser_of(order.shop, Role.ADVISOR))
    desk.goto(f"/inspections/{inspection.number}/")
    desk.get_by_role("link", name="Share with the customer").click()
    desk.get_by_label("Message to the customer").fill("Please look at the scratch.")
    desk.get_by_role("button", name="Preview the mail").click()
    expect(desk.get_by_role("main")).to_contain_text("Please look at the scratch.")
    desk.get_by_role("button", name="Share now").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Waits for the customer")
    take(desk, "desk-inspection")


def upload_everything(phone: Page, files: Path) -> None:
    """Every kind, several at once; one is too large, one is no picture, one line is cut."""
    slot = attach(
        phone,
        "Front bumper",
        *(files / name for name in ("scratch.jpg", "drawing.png", "tyre-test.pdf", "walk.mp4")),
        files / "over.mp4",
        files / "holiday.jpg",
        slot="From the front",
    )
    expect(slot.locator(".tile")).to_have_count(4, timeout=60_000)
    rows = slot.locator(".upload")
    expect(rows.filter(has_text="over.mp4")).to_contain_text("The file is larger than 50.0\xa0MB.")
    expect(rows.filter(has_text="holiday.jpg")).to_contain_text("This is an SVG drawing")
    expect(rows).to_have_count(2)

    # The line is cut in the middle of two: the others stay, both are tried again, one arrives.
    def cut(route: Route) -> None:
        route.abort()

    sending = re.compile(r"/media/$")
    phone.route(sending, cut)
    attach(phone, "Front bumper", files / "later.jpg", slot="From the front")
    expect(rows.filter(has_text="later.jpg")).to_contain_text("No connection. Not sent yet.")
    expect(phone.locator("[data-upload-bar]")).to_contain_text("1 not sent")
    phone.unroute(sending, cut)
    rows.filter(has_text="later.jpg").get_by_role("button", name="Retry").tap()
    expect(slot.locator(".tile")).to_have_count(5, timeout=20_000)
    expect(phone.locator("[data-upload-bar]")).to_be_hidden()
    for row in ("over.mp4", "holiday.jpg"):
        rows.filter(has_text=row).get_by_role("button", name="Take away").tap()
    expect(rows).to_have_count(0)

    # Exactly as large as allowed.
    whole = attach(phone, "Front bumper", files / "full.mp4", slot="From the left")
    expect(whole.locator(".tile")).to_have_count(1, timeout=120_000)
    assert ItemMedia.objects.get(shot=2).file.size == LARGEST_MEDIA
    assert set(ItemMedia.objects.values_list("file__kind", flat=True)) == {
        "image/jpeg",
        "image/png",
        "application/pdf",
        "video/mp4",
    }
    # The page sees by itself when the previews are there.
    apart(make_previews)
    expect(slot.locator(".tile [data-media-pending]")).to_have_count(0, timeout=20_000)


def test_what_was_not_saved_stays_and_is_saved_when_the_line_is_back(
    phone: Page, order: RepairOrder, cut_line: None
) -> None:
    begin(phone, order)
    phone.context.set_offline(True)
    choose(phone, "Lights", "All right")
    lights = card(phone, "Lights")
    expect(lights.locator("[data-unsaved]")).to_contain_text("Not saved: no connection.")
    expect(lights.locator("input[value='ok']")).to_be_checked()
    assert not Inspection.objects.get().items.exclude(result="").exists()
    asked: list[str] = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    phone.context.set_offline(False)
    saved(phone, "Lights")
    expect(lights.locator("[data-unsaved]")).to_be_hidden()
    phone.goto("/inspections/")
    assert asked == []
    assert Inspection.objects.get().items.get(pair_key="lights").result == "ok"


def test_an_answer_that_was_overtaken_does_not_turn_the_count_back(
    phone: Page, order: RepairOrder, watch: Watch
) -> None:
    begin(phone, order)
    overtaken: list[tuple[Route, APIResponse]] = []

    def keep_the_first(route: Route) -> None:
        if overtaken:
            route.continue_()
        else:
            overtaken.append((route, route.fetch()))

    phone.route(re.compile(r"/items/[^/]+/$"), keep_the_first)
    bar = phone.locator("#run-progress")
    choose(phone, "Odometer", "All right")
    phone.wait_for_timeout(300)
    choose(phone, "Tyre, front left", "All right")
    saved(phone, "Tyre, front left")
    expect(bar).to_contain_text("2 of 5")

    route, answer = overtaken[0]
    route.fulfill(response=answer)
    saved(phone, "Odometer")
    expect(bar).to_contain_text("2 of 5")


def test_leaving_while_a_file_is_not_sent_asks_first(
    phone: Page, order: RepairOrder, files: Path, cut_line: None
) -> None:
    begin(phone, order)
    phone.route(re.compile(r"/media/$"), lambda route: route.abort())
    slot = attach(phone, "Lights", files / "later.jpg")
    expect(slot.locator(".upload")).to_contain_text("No connection.")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    phone.on("dialog", stay)
    here = phone.url
    phone.get_by_role("link", name="Overview").tap()
    expect(slot.locator(".upload")).to_be_visible()
    assert (asked, phone.url) == (["beforeunload"], here)


def test_the_runner_works_without_scripts(
    plain_phone: Page, order: RepairOrder, files: Path
) -> None:
    begin(plain_phone, order)
    choose(plain_phone, "Front bumper", "Needs attention")
    card(plain_phone, "Front bumper").get_by_role("button", name="Save").tap()
    expect(card(plain_phone, "Front bumper")).to_contain_text("A photo is missing.")
    slot = attach(plain_phone, "Front bumper", files / "later.jpg", slot="From the left")
    slot.get_by_role("button", name="Send").tap()
    expect(card(plain_phone, "Front bumper")).not_to_contain_text("A photo is missing.")
    assert ItemMedia.objects.get().shot == 2
    assert_fits(plain_phone)
