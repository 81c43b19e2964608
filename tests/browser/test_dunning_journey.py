"""A reminder is due, is approved at the desk, arrives, and the customer says that it is paid."""

import re

import pytest
from playwright.sync_api import Page, expect

from dunning.models import Reminder
from dunning.states import ReminderStatus
from dunning.tasks import plan
from invoices.models import Hold, Invoice
from invoices.states import HoldKind
from shopdisputes.shops.models import Shop
from tests.browser.overdue import overdue_invoice, shop_that_never_sleeps
from tests.browser.post import PostOffice, apart, text_of
from tests.browser.screens import assert_fits, inspect
from tests.browser.screenshots import take
from tests.browser.test_invoice_journey import log_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(server: str) -> Shop:
    """A shop whose reminders wait for somebody's approval."""
    return shop_that_never_sleeps(asks_first=True)


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return overdue_invoice(shop)


def test_due_approved_sent_and_said_to_be_paid(
    desk: Page, plain_phone: Page, shop: Shop, invoice: Invoice, post_office: PostOffice
) -> None:
    complaints: list[str] = []
    log_in(desk, shop)
    desk.goto("/dunning/calendar/")
    expect(desk.get_by_text("1 message to come")).to_be_visible()
    inspect(desk, complaints)

    apart(plan)
    desk.goto("/dunning/")
    expect(desk.get_by_role("link", name="To approve 1")).to_have_attribute("aria-current", "page")
    take(desk, "desk-reminders")
    inspect(desk, complaints)
    desk.get_by_label(invoice.customer.name).check()
    desk.get_by_role("button", name="Approve what is ticked").click()
    expect(desk.get_by_text("1 of 1 looked at · 1 approved")).to_be_visible()
    inspect(desk, complaints)
    assert not post_office.to(invoice.customer.email)

    post_office.deliver()
    mail = post_office.newest(invoice.customer.email)
    assert "€120.00" in text_of(mail)
    link = re.search(r"https?://\S+/c/\S+", text_of(mail))
    assert link is not None

    page = plain_phone
    page.goto(link[0])
    page.get_by_text("I have already paid").tap()
    page.get_by_label("Day on which you paid").fill(invoice.issued_on.isoformat())
    page.get_by_label("How you paid").select_option("bank_transfer")
    page.get_by_role("button", name="Send it to the shop").first.tap()
    expect(page.get_by_text("Thank you. We look for your payment")).to_be_visible()

    desk.goto(f"/invoices/{invoice.number}/")
    expect(
        desk.get_by_text("Next reminder: none. Held by: Customer says it is paid")
    ).to_be_visible()
    expect(desk.get_by_text("Collectible €0.00 of €120.00")).to_be_visible()
    assert_fits(desk)
    desk.get_by_role("link", name="Friendly reminder").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Sent")
    frame = desk.frame_locator("iframe.mail-frame")
    expect(frame.get_by_text("€120.00").first).to_be_visible()
    take(desk, "desk-reminder", whole_page=True)
    inspect(desk, complaints)
    detail = desk.url
    for width in (390, 768):
        desk.set_viewport_size({"width": width, "height": 900})
        for path in ("/dunning/", "/dunning/calendar/", "/dunning/reminders/", detail):
            desk.goto(path)
            assert_fits(desk)

    reminder = Reminder.objects.with_everything().get()
    assert (reminder.shown_status, reminder.approved_by != "") == (ReminderStatus.SENT, True)
    held = Hold.objects.get()
    assert (held.kind, held.expires_at is not None) == (HoldKind.ALREADY_PAID_CLAIM, True)
    assert not complaints, "\n\n".join(complaints)
