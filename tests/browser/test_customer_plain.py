"""A customer whose browser runs no scripts can do everything."""

import pytest
from playwright.sync_api import Page, expect

from estimates.models import Authorization
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature
from tests.browser.post import PostOffice, code_in
from tests.browser.screens import assert_fits
from tests.browser.test_customer_signing import NAME, answer_both, choose, fill_in, go_on_to_sign
from tests.estimates.customer import Holder, send_estimate
from tests.factories import ShopFactory


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return ShopFactory()


@pytest.fixture
def holder(server: str, shop: Shop) -> Holder:
    return send_estimate(shop=shop)


def test_answers_and_signs_with_a_typed_name(plain_phone: Page, holder: Holder) -> None:
    page = plain_phone
    page.goto(holder.url)
    assert_fits(page)
    choose(page, "Replace the front brake pads", "Authorize")
    page.get_by_role("button", name="Check and sign").tap()
    expect(page.get_by_role("alert")).to_contain_text("Front brake pads, set")
    choose(page, "Front brake pads, set", "No")
    go_on_to_sign(page)
    expect(page.locator("canvas")).to_be_hidden()
    expect(page.get_by_text("Your typed name is your signature.")).to_be_visible()
    shown = page.locator(".pe-sentence").inner_text()
    fill_in(page)
    page.get_by_role("button", name="Authorize €172.80").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L1
    assert signature.signer_name == NAME
    assert signature.sentence == shown
    assert signature.signer_timezone == ""


def test_signs_with_the_code_from_the_mail(
    plain_phone: Page, server: str, shop: Shop, post_office: PostOffice
) -> None:
    shop.code_from_amount = 100
    shop.save()
    holder = send_estimate(shop=shop)
    page = plain_phone
    page.goto(holder.url)
    answer_both(page)
    go_on_to_sign(page)
    fill_in(page)
    page.get_by_role("button", name="Send me the code").tap()
    expect(page.get_by_label("Your first and last name")).to_have_value(NAME)
    expect(page.get_by_label("I agree to sign")).to_be_checked()
    post_office.deliver()
    page.get_by_label("The six digits").fill(code_in(post_office.newest(holder.link.recipient)))
    page.get_by_role("button", name="Authorize €172.80").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    assert Signature.objects.get().evidence_level == EvidenceLevel.L3


def test_asks_for_a_call_or_for_paper(plain_phone: Page, holder: Holder) -> None:
    page = plain_phone
    page.goto(holder.url)
    page.get_by_text("Please call me").tap()
    page.get_by_label("When can we reach you").fill("In the morning")
    page.get_by_role("button", name="Ask for a call").tap()
    expect(page.get_by_role("status").first).to_contain_text("In the morning")
    page.get_by_text("I will sign on paper").tap()
    page.get_by_role("button", name="Sign on paper").tap()
    expect(page.get_by_text("You would like to sign on paper.")).to_be_visible()
    assert not Authorization.objects.exists()
