"""A customer contests one line on a phone without scripts; the technician answers by mail alone."""

import pytest
from playwright.sync_api import Page, expect

from disputes.models import DisputeCase, ResolverAnswer
from disputes.states import Opening
from shopdisputes.links.models import LinkPurpose
from shopdisputes.links.tokens import token_of
from tests.browser.screens import assert_fits, inspect
from tests.browser.screenshots import take
from tests.disputes.cases import brakes, link_to
from tests.factories import BillingSettingsFactory, DisputeReasonFactory
from tests.invoices.customers import link_to as invoice_link

pytestmark = pytest.mark.django_db(transaction=True)


def test_contests_a_line_and_the_resolver_answers(
    plain_phone: Page, phone: Page, server: str
) -> None:
    complaints: list[str] = []
    page = plain_phone
    invoice = brakes()
    BillingSettingsFactory(shop=invoice.shop)
    DisputeReasonFactory(shop=invoice.shop)
    line = invoice.lines.in_order().first()

    page.goto(f"{server}/c/invoice/{token_of(invoice_link(invoice))}/")
    page.get_by_role("link", name="I contest the amount").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is wrong?")
    assert_fits(page)
    page.get_by_role("button", name="Send it to the shop").tap()
    expect(
        page.get_by_role("alert").get_by_role("link", name="Tick what is wrong.")
    ).to_be_visible()
    expect(page.locator("fieldset").first).to_contain_text("Tick what is wrong.")
    page.get_by_role("checkbox", name=line.description).check()
    page.get_by_label(f"Contested amount, with tax: {line.description}").fill("40.00")
    page.get_by_label("The price or the tax is wrong").check()
    page.get_by_label("What happened?").fill("It was to cost less.")
    page.get_by_role("button", name="Send it to the shop").tap()

    expect(page.get_by_role("status")).to_contain_text("noted as dispute")
    case = DisputeCase.objects.get()
    assert case.opening == Opening.CUSTOMER
    expect(page.locator("#pay")).to_contain_text("€202.28")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"your dispute {case.number}")
    assert_fits(page)
    page.get_by_label("Your message").fill("And it took too long.")
    page.get_by_role("button", name="Send it to the shop").tap()
    expect(page.get_by_text("Your message is with the shop.")).to_be_visible()

    phone.goto(f"{server}/c/dispute/{token_of(link_to(case))}/")
    take(phone, "customer-dispute")
    inspect(phone, complaints)
    phone.goto(f"{server}/r/{token_of(link_to(case, LinkPurpose.RESOLVER))}/")
    inspect(phone, complaints)
    assert_fits(phone)
    take(phone, "resolver")
    phone.get_by_label("What do you know about it?").fill("The price is the estimate's.")
    phone.get_by_role("button", name="Send the answer").tap()
    expect(phone.get_by_role("status")).to_contain_text("The shop looks at your answer")

    assert ResolverAnswer.objects.get().text == "The price is the estimate's."
    assert not complaints, "\n\n".join(complaints)
