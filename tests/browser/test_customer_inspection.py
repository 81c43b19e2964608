"""A customer looks through an inspection on a phone, remarks on it, and signs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from inspections.models import Acknowledgement, Inspection, RemarkFile
from inspections.states import AcknowledgementAnswer, Stage
from inspections.tasks import make_reports
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.tasks import drain as make_previews
from tests import media
from tests.browser.post import PostOffice, apart, seal_of
from tests.browser.screens import A_SIGNATURE, TABLET, Watch, assert_fits, draw_by_touch, inspect
from tests.browser.screenshots import take
from tests.browser.test_customer_signing import NAME, fill_in
from tests.browser.test_customer_weight import LARGEST_BYTES, weigh
from tests.factories import InspectionFactory, ItemMediaFactory, ShopFactory
from tests.inspections.holders import Holder, holder_of, on_the_tablet, share_inspection
from tests.inspections.stages import item_of

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "It was there before. See the photo."


@pytest.fixture
def shop(server: str) -> Shop:
    return ShopFactory()


@pytest.fixture
def holder(shop: Shop) -> Holder:
    holder = share_inspection(shop=shop)
    ItemMediaFactory(item=item_of(holder.inspection, "lights"), file__video=True, file__ready=True)
    return holder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What a phone would bring: two photos, and a drawing that is none of the kinds."""
    for name, content in {
        "scratch.jpg": media.jpeg(1600, 1200),
        "bumper.jpg": media.jpeg(800, 600),
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def item(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def remark(page: Page, name: str) -> Locator:
    """The opened remark of an item."""
    item(page, name).get_by_text("Add a remark").click()
    return item(page, name).locator("details")


def choose(page: Page, *paths: Path, at: Locator) -> None:
    at.locator("input[type=file]").set_input_files([str(path) for path in paths])


def test_looks_remarks_draws_and_downloads_the_sealed_copy(
    phone: Page, holder: Holder, files: Path, post_office: PostOffice
) -> None:
    phone.goto(holder.url)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("at 84,012 km.")
    take(phone, "customer-inspection")
    phone.get_by_role("link", name="Front bumper").tap()
    bumper = item(phone, "Front bumper")
    expect(bumper).to_be_in_viewport()
    expect(bumper).to_contain_text("Needs attention")
    # A video comes in parts, as Safari needs it, and only when it is asked for.
    video = item(phone, "Lights").locator("video")
    expect(video).to_have_attribute("preload", "none")
    expect(video).to_have_attribute("playsinline", "")

    # Agreeing to everything is not what a remark says.
    said = remark(phone, "Front bumper")
    said.get_by_label("What do you want to say about it?").fill(SENTENCE)
    phone.get_by_role("button", name="I agree", exact=True).tap()
    expect(phone.get_by_role("alert")).to_contain_text("You have added remarks or files.")
    said = item(phone, "Front bumper").locator("details")
    expect(said.get_by_label("What do you want to say about it?")).to_have_value(SENTENCE)

    # Several at once: one is none of the kinds, and holds up no other.
    choose(phone, *(files / name for name in ("scratch.jpg", "drawing.svg", "bumper.jpg")), at=said)
    expect(said.locator(".pi-own li")).to_have_count(2)
    row = said.locator(".pi-sending")
    expect(row).to_contain_text("This is an SVG drawing")
    phone.get_by_role("button", name="I agree, with remarks").tap()
    expect(phone.get_by_text("Some files were not sent.")).to_be_visible()
    row.get_by_role("button", name="Take away").tap()
    said.locator(".pi-own").get_by_role("button", name="Take away bumper.jpg").tap()
    expect(said.locator(".pi-own li")).to_have_count(1)
    apart(make_previews)
    expect(said.locator(".pi-own img")).to_be_visible(timeout=15_000)
    assert_fits(phone)

    phone.get_by_role("button", name="I agree, with remarks").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("check your answer and sign")
    expect(phone.get_by_role("main")).to_contain_text(SENTENCE)
    sentence = phone.locator(".pe-sentence").inner_text()
    fill_in(phone)
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    phone.get_by_role("button", name="Sign: I agree, with remarks").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your answer has arrived."
    )
    expect(phone.locator("#copy-card")).to_contain_text("is being made and sealed")

    answer = Acknowledgement.objects.get()
    assert answer.answer == AcknowledgementAnswer.AGREE_WITH_REMARKS
    assert answer.item_remarks.get().text == SENTENCE
    assert answer.files.get().file.name == "scratch.jpg"
    assert answer.evidence_level == EvidenceLevel.L2
    assert Signature.objects.get().sentence == sentence

    apart(make_reports)
    post_office.deliver()
    copy = phone.get_by_role("link", name="Download the signed copy (PDF)")
    expect(copy).to_be_visible(timeout=15_000)
    with phone.expect_download() as download:
        copy.tap()
    assert seal_of(download.value.path().read_bytes()).intact
    # Nothing of what was typed stays behind on the device.
    kept = phone.evaluate(
        "() => [...Object.values(localStorage), ...Object.values(sessionStorage)]"
    )
    assert not any(SENTENCE in text for text in kept)


def test_everything_works_without_scripts(plain_phone: Page, holder: Holder, files: Path) -> None:
    page = plain_phone
    page.goto(holder.url)
    assert_fits(page)
    page.get_by_label("Your remarks about the whole").fill("Thank you.")
    said = remark(page, "Front bumper")
    said.get_by_label("What do you want to say about it?").fill(SENTENCE)
    choose(page, files / "scratch.jpg", at=said)
    said.get_by_role("button", name="Send the files").tap()
    # It comes back to the same place with everything that was written.
    said = item(page, "Front bumper").locator("details")
    expect(said.locator(".pi-own li")).to_have_count(1)
    expect(item(page, "Front bumper")).to_be_in_viewport()
    expect(said.get_by_label("What do you want to say about it?")).to_have_value(SENTENCE)
    expect(page.get_by_label("Your remarks about the whole")).to_have_value("Thank you.")
    page.get_by_role("button", name="I do not agree").tap()
    expect(page.locator("canvas")).to_be_hidden()
    page.get_by_role("button", name="Back to the inspection").tap()
    expect(page.get_by_label("Your remarks about the whole")).to_have_value("Thank you.")
    page.get_by_role("button", name="I do not agree").tap()
    fill_in(page)
    page.get_by_role("button", name="Sign: I do not agree").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    answer = Acknowledgement.objects.get()
    assert answer.answer == AcknowledgementAnswer.DISAGREE
    assert answer.evidence_level == EvidenceLevel.L1
    assert (answer.remarks, answer.item_remarks.get().text) == ("Thank you.", SENTENCE)
    assert answer.files.count() == 1


@pytest.fixture
def cut_line(watch: Watch) -> Iterator[None]:
    """For tests that cut the line: the browser tells of every request that it lost."""
    yield
    watch.complaints[:] = [words for words in watch.complaints if "net::ERR_" not in words]


def test_a_cut_line_and_a_reload_lose_nothing(
    phone: Page, holder: Holder, files: Path, cut_line: None
) -> None:
    def cut(route: Route) -> None:
        route.abort()

    phone.goto(holder.url)
    said = remark(phone, "Lights")
    said.get_by_label("What do you want to say about it?").fill(SENTENCE)
    phone.route("**/files/", cut)
    choose(phone, files / "scratch.jpg", at=said)
    row = said.locator(".pi-sending")
    expect(row).to_contain_text("Not sent: the connection broke off.")
    phone.unroute("**/files/", cut)
    row.get_by_role("button", name="Try again").tap()
    expect(said.locator(".pi-own li")).to_have_count(1)
    expect(row).to_have_count(0)
    assert RemarkFile.objects.count() == 1
    phone.reload()
    said = item(phone, "Lights").locator("details")
    expect(said.get_by_label("What do you want to say about it?")).to_have_value(SENTENCE)
    expect(said.locator(".pi-own li")).to_have_count(1)


def test_signs_with_the_keyboard_alone(desk: Page, holder: Holder) -> None:
    desk.goto(holder.url)
    keyboard = desk.keyboard

    def reach(wanted: str) -> None:
        for _ in range(80):
            keyboard.press("Tab")
            here = desk.evaluate(
                "() => { const e = document.activeElement;"
                " return [e.name, e.id, e.textContent.trim()].join('|'); }"
            )
            if wanted in here:
                return
        pytest.fail(f"the Tab key never reaches {wanted!r}")

    reach("id_remarks")
    keyboard.type("All as agreed.")
    reach("I agree, with remarks")
    keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("check your answer")
    reach("consent|")
    keyboard.press("Space")
    reach("signer_name|")
    keyboard.type(NAME)
    keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    assert Signature.objects.get().signer_name == NAME


def test_signs_on_the_shop_s_tablet(
    open_context: Callable[..., BrowserContext], shop: Shop
) -> None:
    tablet = open_context(viewport=TABLET, has_touch=True).new_page()
    tablet.goto(on_the_tablet(InspectionFactory(shop=shop, completed=True)).url)
    tablet.get_by_role("button", name="I agree", exact=True).tap()
    fill_in(tablet)
    draw_by_touch(tablet.locator("canvas"), A_SIGNATURE)
    tablet.get_by_role("button", name="Sign: I agree").tap()
    expect(tablet.get_by_role("status").first).to_contain_text("Please hand the tablet back.")
    assert Signature.objects.get().witness == "Ada Advisor"


@pytest.fixture
def checked_out(shop: Shop) -> Holder:
    """A check-out beside its check-in, with a photo on either side, in Russian and long words."""
    long = "Bremsscheibenverschleißanzeigekontaktsensor"
    before = InspectionFactory(shop=shop, completed=True)
    after = InspectionFactory(
        repair_order=before.repair_order,
        stage=Stage.CHECK_OUT,
        shared=True,
        seen={"lights": {"result": "attention", "note": f"{long} {long * 2}"}},
    )
    for inspection in (before, after):
        bumper = item_of(inspection, "bumper_front")
        ItemMediaFactory(item=bumper, shot=1, file__jpeg=True, file__ready=True)
    return holder_of(after)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_accessible_and_fits(phone: Page, checked_out: Holder, language: str) -> None:
    complaints: list[str] = []
    phone.goto(f"{checked_out.url}?lang={language}")
    phone.locator("details").first.evaluate("element => element.open = true")
    inspect(phone, complaints)
    buttons = phone.locator(".pi-answers button")
    buttons.nth(2).click()
    phone.get_by_role("alert").wait_for()
    inspect(phone, complaints)
    phone.locator("#id_remarks").fill(SENTENCE)
    buttons.nth(1).click()
    phone.locator("#id_signer_name").wait_for()
    inspect(phone, complaints)
    phone.locator("#id_signer_name").fill(NAME)
    phone.locator("#id_consent").check()
    phone.locator(".pe-bar-button").click()
    phone.locator("#copy-card").wait_for()
    inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)
    assert Inspection.objects.get(pk=checked_out.inspection.pk).status == "answered"


def test_weighs_less_than_a_quarter_of_a_megabyte_and_asks_nobody_else(
    phone: Page, holder: Holder, server: str
) -> None:
    weights = weigh(phone, holder.url)
    assert {urlsplit(url).netloc for url in weights} == {urlsplit(server).netloc}
    assert sum(weight for url, weight in weights.items() if "/files/" not in url) < LARGEST_BYTES
