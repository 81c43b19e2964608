"""A price dispute: the shop offers a credit, the customer signs on a phone, the rest is dunned."""

import re

import pytest
from playwright.sync_api import Page, expect

from disputes.models import Offer
from disputes.states import OfferStatus
from dunning.models import Reminder
from dunning.tasks import plan
from invoices.models import Invoice
from shopdisputes.shops.models import Shop
from tests.browser.overdue import overdue_invoice, shop_that_never_sleeps
from tests.browser.post import PostOffice, apart, text_of
from tests.browser.screens import assert_fits, inspect
from tests.browser.screenshots import take
from tests.browser.test_invoice_journey import log_in
from tests.disputes.cases import contest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(server: str) -> Shop:
    """A shop whose reminders leave without anybody's approval."""
    return shop_that_never_sleeps(asks_first=False)


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return overdue_invoice(shop)


def reminders(invoice: Invoice, post: PostOffice) -> list[str]:
    """What came of reminders, planned and delivered as the clockwork does it."""
    apart(plan)
    post.deliver()
    emails = Reminder.objects.filter(invoice=invoice).values_list("email__subject", flat=True)
    subjects = {subject for subject in emails if subject}
    mails = post.to(invoice.customer.email)
    return [text_of(mail) for mail in mails if str(mail["Subject"]) in subjects]


def test_offered_signed_carried_out_and_dunned_for_the_rest(
    desk: Page, phone: Page, shop: Shop, invoice: Invoice, post_office: PostOffice
) -> None:
    complaints: list[str] = []
    case = contest(invoice)
    assert reminders(invoice, post_office) == []

    log_in(desk, shop)
    desk.goto(f"/disputes/{case.number}/")
    desk.get_by_role("main").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Make an offer").click()
    inspect(desk, complaints)
    desk.get_by_label("What the customer gets, with tax").fill("130")
    desk.get_by_role("button", name="Make the offer").click()
    expect(desk.get_by_text("At most €120.00: so much is contested").first).to_be_visible()
    desk.get_by_label("What the customer gets, with tax").fill("30")
    desk.get_by_label("Words for the customer").fill("The pads were too dear.")
    desk.get_by_role("button", name="Make the offer").click()
    expect(desk.locator("#offers")).to_contain_text("A credit of €30.00")
    take(desk, "desk-dispute-offer", whole_page=True)
    inspect(desk, complaints)
    assert_fits(desk)

    post_office.deliver()
    mail = text_of(post_office.newest(invoice.customer.email))
    assert "A credit of €30.00" in mail
    link = re.search(r"https?://\S+/c/dispute/\S+", mail)
    assert link is not None
    phone.goto(link[0])
    expect(phone.get_by_role("heading", level=1)).to_have_text("There is an offer to settle it.")
    inspect(phone, complaints)
    assert_fits(phone)
    phone.get_by_role("link", name="Read, accept or refuse it").tap()
    expect(phone.get_by_text("I have read offer 1")).to_be_visible()
    inspect(phone, complaints)
    assert_fits(phone)
    take(phone, "customer-offer", whole_page=True)
    phone.get_by_label("I agree to sign and to receive").check()
    phone.get_by_label("Your first and last name").fill("Camille Durand")
    phone.get_by_role("button", name="Accept the offer").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Thank you. It is agreed and carried out."
    )
    assert Offer.objects.get().status == OfferStatus.EXECUTED

    [reminder] = reminders(invoice, post_office)
    assert "€90.00" in reminder
    phone.reload()
    phone.get_by_role("link", name="Back to the dispute").tap()
    expect(phone.get_by_role("link", name="The signed agreement (PDF)")).to_be_visible()
    inspect(phone, complaints)
    desk.goto(f"/disputes/{case.number}/")
    expect(desk.locator("#offers")).to_contain_text("CN-")
    expect(desk.get_by_text("We agreed on offer 1. A credit of €30.00.").first).to_be_visible()
    assert not complaints, "\n\n".join(complaints)
