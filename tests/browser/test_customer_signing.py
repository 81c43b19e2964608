"""A customer with a phone answers and signs."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from estimates.models import Authorization
from shopdisputes.audit.models import AuditEvent
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature
from tests.browser.post import PostOffice, code_in
from tests.browser.screens import A_SIGNATURE, TABLET, assert_fits, draw_by_touch
from tests.estimates.customer import DESK, Holder, on_the_tablet, replace_estimate, send_estimate
from tests.factories import ShopFactory

NAME = "Camille Durand"


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return ShopFactory()


@pytest.fixture
def holder(server: str, shop: Shop) -> Holder:
    return send_estimate(shop=shop)


def choose(page: Page, line: str, answer: str) -> None:
    page.get_by_role("group", name=line).get_by_role("radio", name=answer, exact=True).check()


def answer_both(page: Page, first: str = "Authorize", second: str = "Not now") -> None:
    choose(page, "Replace the front brake pads", first)
    choose(page, "Front brake pads, set", second)


def go_on_to_sign(page: Page) -> None:
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You authorize")


def fill_in(page: Page, name: str = NAME) -> None:
    page.get_by_label("I agree to sign and to receive this document electronically.").check()
    page.get_by_label("Your first and last name").fill(name)


def test_answers_draws_with_a_finger_and_signs(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    total = phone.locator("#totals")
    expect(total).to_contain_text("2 lines wait for your answer")
    choose(phone, "Replace the front brake pads", "Authorize")
    expect(total).to_contain_text("€172.80")
    choose(phone, "Front brake pads, set", "Authorize")
    expect(total).to_contain_text("€242.28")
    choose(phone, "Front brake pads, set", "Not now")
    expect(total).to_contain_text("€172.80")
    go_on_to_sign(phone)
    fill_in(phone)
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    assert_fits(phone)
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your answer has arrived."
    )
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L2
    assert signature.signer_timezone == "Europe/Paris"
    assert len(signature.strokes["strokes"]) == len(A_SIGNATURE)
    assert bytes(signature.image).startswith(b"\x89PNG")
    assert Authorization.objects.get().new_total == Decimal("172.80")


def test_the_drawing_survives_a_refusal_and_a_turned_phone(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    answer_both(phone)
    go_on_to_sign(phone)
    phone.get_by_label("I agree to sign").check()
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    phone.set_viewport_size({"width": 844, "height": 390})
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("alert").first).to_contain_text("Write your full name.")
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    expect(phone.get_by_label("I agree to sign")).to_be_checked()
    phone.get_by_label("Your first and last name").fill(NAME)
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L2
    assert len(signature.strokes["strokes"]) == len(A_SIGNATURE)


def test_a_cleared_drawing_is_not_signed_with(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    answer_both(phone)
    go_on_to_sign(phone)
    fill_in(phone)
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    phone.get_by_role("button", name="Clear").tap()
    expect(phone.get_by_text("Nothing drawn yet")).to_be_visible()
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    assert Signature.objects.get().evidence_level == EvidenceLevel.L1


def test_signs_with_the_keyboard_alone(desk: Page, holder: Holder) -> None:
    desk.goto(holder.url)
    keyboard = desk.keyboard

    def reach(wanted: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            here = desk.evaluate(
                "() => { const e = document.activeElement;"
                " return [e.name, e.id, e.textContent.trim()].join('|'); }"
            )
            if wanted in here:
                return
        pytest.fail(f"the Tab key never reaches {wanted!r}")

    reach("a1|")
    keyboard.press("Space")
    reach("a2|")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(desk.locator("#totals")).to_contain_text("Every line is answered")
    reach("Check and sign")
    keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("You authorize")
    reach("consent|")
    keyboard.press("Space")
    reach("signer_name|")
    keyboard.type(NAME)
    reach("Authorize €")
    keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    assert Signature.objects.get().signer_name == NAME


def test_a_line_left_open_is_led_to(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    choose(phone, "Replace the front brake pads", "Authorize")
    phone.get_by_role("button", name="Check and sign").tap()
    alert = phone.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="Front brake pads, set").tap()
    expect(phone.get_by_role("group", name="Front brake pads, set")).to_be_in_viewport()
    expect(
        phone.get_by_role("group", name="Replace the front brake pads").get_by_role(
            "radio", name="Authorize"
        )
    ).to_be_checked()


def test_another_language_and_the_back_button_keep_the_answers(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    answer_both(phone, "Authorize", "No")
    expect(phone.locator("#totals")).to_contain_text("Every line is answered")
    phone.locator('a[hreflang="fr"]').tap()
    expect(phone.locator("html")).to_have_attribute("lang", "fr")
    expect(phone.locator("input:checked")).to_have_count(2)
    phone.locator('a[hreflang="en"]').tap()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    go_on_to_sign(phone)
    phone.get_by_role("link", name="Change my answers").tap()
    expect(phone.locator("input:checked")).to_have_count(2)
    go_on_to_sign(phone)
    phone.go_back()
    expect(phone.locator("input:checked")).to_have_count(2)


def test_is_reported_as_seen_after_two_seconds(phone: Page, holder: Holder) -> None:
    with phone.expect_response(lambda response: response.url.endswith("/displayed/")) as seen:
        phone.goto(holder.url)
        assert not AuditEvent.objects.filter(action="link.displayed").exists()
    assert seen.value.status == 204
    assert AuditEvent.objects.filter(action="link.displayed").count() == 1


def test_authorizes_nothing(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    phone.get_by_role("button", name="I authorize nothing").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("You authorize nothing.")
    fill_in(phone)
    phone.get_by_role("button", name="I authorize nothing").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    expect(phone.get_by_text("You authorized no work on your Renault Clio.")).to_be_visible()
    assert Authorization.objects.get().new_total == Decimal("0.00")


def test_asks_for_a_call(phone: Page, holder: Holder) -> None:
    phone.goto(holder.url)
    phone.get_by_text("Please call me").tap()
    phone.get_by_label("When can we reach you").fill("Tonight after six")
    phone.get_by_role("button", name="Ask for a call").tap()
    expect(phone.get_by_role("status").first).to_contain_text("Tonight after six")
    holder.revision.refresh_from_db()
    assert holder.revision.call_note == "Tonight after six"


def test_asks_to_sign_on_paper(phone: Page, holder: Holder, post_office: PostOffice) -> None:
    post_office.deliver()
    phone.goto(holder.url)
    phone.get_by_text("I will sign on paper").tap()
    phone.get_by_role("button", name="Sign on paper").tap()
    expect(phone.get_by_text("You would like to sign on paper.")).to_be_visible()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Open the estimate as a PDF").tap()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def test_signs_with_the_code_from_the_mail(
    phone: Page, server: str, shop: Shop, post_office: PostOffice
) -> None:
    shop.code_from_amount = Decimal("100.00")
    shop.save()
    holder = send_estimate(shop=shop)
    phone.goto(holder.url)
    answer_both(phone)
    go_on_to_sign(phone)
    fill_in(phone)
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    phone.get_by_role("button", name="Send me the code").tap()
    expect(phone.get_by_role("status").filter(has_text="The code is on its way.")).to_be_visible()
    expect(phone.get_by_label("Your first and last name")).to_have_value(NAME)
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    post_office.deliver()
    digits = code_in(post_office.newest(holder.link.recipient))
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    phone.get_by_label("The six digits").fill(wrong)
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("alert").first).to_contain_text("not the code that we sent")
    phone.get_by_label("The six digits").fill(digits)
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L3
    assert signature.method == "drawn"


def test_a_revision_replaced_while_signing_is_shown_and_signed_instead(
    phone: Page, holder: Holder
) -> None:
    phone.goto(holder.url)
    answer_both(phone, "Authorize", "No")
    go_on_to_sign(phone)
    fill_in(phone)
    replace_estimate(holder, unit_price=Decimal("90.00"))
    phone.get_by_role("button", name="Authorize €172.80").tap()
    expect(phone.get_by_role("alert").first).to_contain_text("replaced by version 2 meanwhile")
    expect(phone.locator("input:checked")).to_have_count(1)
    choose(phone, "Replace the front brake pads", "Authorize")
    expect(phone.locator("#totals")).to_contain_text("€194.40")
    go_on_to_sign(phone)
    expect(phone.get_by_label("Your first and last name")).to_have_value(NAME)
    phone.get_by_label("I agree to sign").check()
    phone.get_by_role("button", name="Authorize €194.40").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    assert Authorization.objects.get().new_total == Decimal("194.40")


def test_signs_on_the_shop_s_tablet(
    open_context: Callable[..., BrowserContext], holder: Holder
) -> None:
    tablet = open_context(viewport=TABLET, has_touch=True).new_page()
    tablet.goto(on_the_tablet(holder.revision).url)
    answer_both(tablet, "Authorize", "Authorize")
    go_on_to_sign(tablet)
    fill_in(tablet)
    draw_by_touch(tablet.locator("canvas"), A_SIGNATURE)
    assert_fits(tablet)
    tablet.get_by_role("button", name="Authorize €242.28").tap()
    expect(tablet.get_by_role("status").first).to_contain_text("Please hand the tablet back.")
    authorization = Authorization.objects.get()
    assert authorization.mode == "in_person"
    assert authorization.witness == DESK.name
