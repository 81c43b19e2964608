"""What was authorized is drafted, looked through, issued, and paid at the desk."""

from decimal import Decimal

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from invoices.models import Invoice, Payment
from invoices.states import InvoiceStatus, PaymentMethod
from shopdisputes.audit.models import AuditEvent
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.browser.screens import assert_fits
from tests.browser.screenshots import take
from tests.estimates.staff import browser_of
from tests.factories import ShopFactory, authorized_order

pytestmark = pytest.mark.django_db(transaction=True)

#: How the pictures of a size are called.
TAKEN = {"desk": "desk", "phone": "bay"}


@pytest.fixture
def shop(server: str) -> Shop:
    return ShopFactory(name="Harbour Street Garage")


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return authorized_order(shop)


def log_in(page: Page, shop: Shop) -> None:
    cookie = browser_of(shop).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_full(request: pytest.FixtureRequest, order: RepairOrder, size: str) -> None:
    page: Page = request.getfixturevalue(size)
    log_in(page, order.shop)

    page.goto(f"/repair-orders/{order.number}/")
    page.get_by_role("button", name="Draft the invoice").click()
    expect(page.get_by_text("this invoice can be issued")).to_be_visible()
    first = page.locator("[data-row-body]:visible").first
    first.get_by_text("What this line rests on").click()
    expect(first.get_by_text("Authorized by")).to_be_visible()
    assert_fits(page)

    # The sums follow what is typed, and nothing is saved before it is said.
    first.get_by_label("Rate or unit price").fill("70")
    expect(page.locator("#totals")).to_contain_text("€220.68")
    first.get_by_label("Why this much").fill("It took less than we thought.")
    take(page, f"{TAKEN[size]}-invoice-draft", whole_page=True)
    page.get_by_role("button", name="Save and go on to issue").click()
    assert_fits(page)
    page.get_by_role("button", name="Issue €220.68").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("INV-")
    expect(page.get_by_text("Collectible €220.68")).to_be_visible()
    assert_fits(page)
    take(page, f"{TAKEN[size]}-invoice", whole_page=True)
    page.get_by_role("link", name="Record a payment").click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("220.68")
    page.get_by_label("How it was paid").select_option(PaymentMethod.CARD)
    page.get_by_role("button", name="Record the payment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PAY-")

    invoice = Invoice.objects.get()
    page.goto(f"/invoices/{invoice.number}/")
    expect(heading).to_contain_text("Paid")
    expect(page.get_by_text("Nothing is owed any more of €220.68")).to_be_visible()
    page.goto(f"/repair-orders/{order.number}/")
    expect(page.locator(".life .is-done", has_text="Paid")).to_be_visible()

    assert (invoice.status, invoice.balance) == (InvoiceStatus.ISSUED, Decimal("0.00"))
    payment = Payment.objects.get()
    assert (payment.amount, payment.unallocated, payment.method) == (
        Decimal("220.68"),
        Decimal("0.00"),
        PaymentMethod.CARD,
    )
    told = AuditEvent.objects.filter(target_id=invoice.pk).order_by("sequence")
    assert [action for action in told.values_list("action", flat=True) if "invoice" in action] == [
        "invoice.drafted",
        "invoice.changed",
        "invoice.issued",
        "invoice.paid",
    ]
