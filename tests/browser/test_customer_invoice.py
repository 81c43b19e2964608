"""A customer looks at an invoice on a phone: how to pay, a promise, a claim with its proof."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from invoices.models import Claim, Invoice, PaymentPlan, Promise
from invoices.states import PlanStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.signing.models import Signature
from tests import media
from tests.browser.screens import assert_fits, inspect
from tests.browser.screenshots import take
from tests.factories import (
    AccessLinkFactory,
    BillingSettingsFactory,
    InvoiceFactory,
    PaymentPlanFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(server: str) -> Invoice:
    invoice = InvoiceFactory(issued=True)
    BillingSettingsFactory(shop=invoice.shop)
    return invoice


def opened(page: Page, server: str, target: Invoice | PaymentPlan, purpose: str) -> AccessLink:
    """Open the page behind a fresh link."""
    link = AccessLinkFactory(shop=target.shop, purpose=purpose, target_id=target.pk)
    page.goto(f"{server}/c/{purpose}/{token_of(link)}/")
    return link


def slip(folder: Path) -> Path:
    """A photo of a bank's slip."""
    path = folder / "slip.jpg"
    path.write_bytes(media.jpeg(160, 120))
    return path


def days_from_now(page: Page, days: int) -> str:
    """The shop's day so many days from now, as a date field takes it."""
    return page.evaluate(
        "days => new Date(Date.now() + days * 864e5).toISOString().slice(0, 10)", days
    )


def test_everybody_can_read_and_use_both_pages(phone: Page, server: str, invoice: Invoice) -> None:
    complaints: list[str] = []
    opened(phone, server, invoice, LinkPurpose.INVOICE)
    for way in phone.locator("details.pe-way").all():
        way.evaluate("way => { way.open = true; }")
    inspect(phone, complaints)
    opened(phone, server, PaymentPlanFactory(invoice=invoice), LinkPurpose.PLAN)
    inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)


def test_sees_how_to_pay_and_promises(phone: Page, server: str, invoice: Invoice) -> None:
    page = phone
    opened(page, server, invoice, LinkPurpose.INVOICE)
    assert_fits(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks you to pay €120.00")
    expect(page.locator("#pay")).to_contain_text("FR76 3000 6000 0112 3456 7890 189")
    expect(page.get_by_alt_text("Code with the account")).to_be_visible()
    take(page, "customer-invoice")
    page.get_by_text("I will pay later").tap()
    page.get_by_label("I will pay on").fill(days_from_now(page, 5))
    page.get_by_role("button", name="Promise to pay").tap()

    expect(page.get_by_role("status")).to_contain_text("Thank you.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is to be paid at present.")
    assert Promise.objects.get().amount == invoice.total


def test_says_that_it_is_paid_and_shows_the_slip(
    plain_phone: Page, server: str, invoice: Invoice, tmp_path: Path
) -> None:
    page = plain_phone
    opened(page, server, invoice, LinkPurpose.INVOICE)
    page.get_by_text("I have already paid").tap()
    page.locator("#paid-files").set_input_files(slip(tmp_path))
    page.get_by_role("button", name="Send it to the shop").first.tap()
    expect(page.get_by_role("alert")).to_contain_text("Please choose how you paid.")
    assert_fits(page)

    page.get_by_label("Day on which you paid").fill(invoice.issued_on.isoformat())
    page.get_by_label("How you paid").select_option("bank_transfer")
    page.locator("#paid-files").set_input_files(slip(tmp_path))
    page.get_by_role("button", name="Send it to the shop").first.tap()

    expect(page.get_by_text("Thank you. We look for your payment")).to_be_visible()
    assert Claim.objects.get().files.get().sent_as == "slip.jpg"


def test_signs_a_payment_plan_without_scripts(
    plain_phone: Page, server: str, invoice: Invoice
) -> None:
    page = plain_phone
    plan = PaymentPlanFactory(invoice=invoice)
    opened(page, server, plan, LinkPurpose.PLAN)
    assert_fits(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("in 2 parts")
    page.get_by_label("I agree to sign").check()
    page.get_by_label("Your first and last name").fill("Camille Durand")
    page.get_by_role("button", name="Agree to pay €120.00 in parts").tap()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Thank you. The payment plan is agreed."
    )
    assert PaymentPlan.objects.get().status == PlanStatus.ACTIVE
    assert Signature.objects.get().signer_name == "Camille Durand"
