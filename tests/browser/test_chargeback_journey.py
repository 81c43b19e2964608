"""What a bank takes back, as the desk and the owner click it: once won, once lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from disputes.models import Chargeback
from disputes.services import reasons
from invoices.models import Hold, Invoice, Payment
from shopdisputes.actors import Role
from tests.browser.screens import assert_accessible, assert_fits
from tests.browser.test_estimate_editor import log_in
from tests.estimates.staff import browser_of
from tests.factories import NOW, InvoiceFactory
from tests.invoices.money import balance_of, euros, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payment(server: str) -> Payment:
    """120.00, all of it on an invoice."""
    invoice = InvoiceFactory(issued=True)
    reasons.install(shop=invoice.shop, at=NOW)
    return pay(invoice.customer, "120.00", (invoice, "120.00"))


def in_two_months() -> str:
    """A moment that a bank may name, as the field takes it."""
    return (datetime.now(tz=UTC) + timedelta(days=60)).strftime("%Y-%m-%dT17:00")


def record(page: Page, payment: Payment) -> None:
    """Note on the payment's page that the bank has taken it."""
    page.goto(f"/payments/{payment.number}/")
    page.get_by_role("link", name="The bank took this back").click()
    expect(page.get_by_label("Amount")).to_have_value("120.00")
    page.get_by_label("Bank's reference").fill("ARN-7")
    page.get_by_label("Bank's reason").fill("13.1 Services not received")
    page.get_by_label("Evidence is due by").fill(in_two_months())
    page.get_by_label("The bank has taken the money already").check()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Record it").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Evidence is due")


def decide(page: Page, how: str) -> None:
    """Note how the bank decided."""
    page.get_by_label(how).check()
    assert_fits(page)
    page.get_by_role("button", name="Note the end").click()


def menu(page: Page, name: str) -> None:
    """Choose what is in the menu of the page's head."""
    page.locator("#main details.menu summary").filter(has_text="More").click()
    page.get_by_role("link", name=name).click()


def test_won_with_evidence_although_the_customer_withdrew_it(desk: Page, payment: Payment) -> None:
    log_in(desk, browser_of(payment.shop))
    invoice = Invoice.objects.get()
    record(desk, payment)
    assert Chargeback.objects.count() == 1
    assert balance_of(invoice) == euros("120.00")

    desk.goto(f"/invoices/{invoice.number}/")
    expect(desk.locator("main")).to_contain_text("Taken back by the bank")
    expect(desk.locator("main")).to_contain_text(re.compile(r"120\.00 disputed \(.*CB-"))
    desk.goto(f"/chargebacks/{Chargeback.objects.get().number}/")
    menu(desk, "The customer withdrew it")
    desk.get_by_role("button", name="The customer withdrew it").click()
    expect(desk.locator("main")).to_contain_text("The evidence is due all the same.")
    assert_accessible(desk)
    assert_accessible(desk, dark=True)
    assert_fits(desk)
    desk.get_by_role("link", name="Evidence was handed in").click()
    desk.get_by_label("What was handed in, and how").fill("Photos, by upload.")
    desk.get_by_role("button", name="Evidence was handed in").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("With the bank")
    desk.get_by_role("link", name="The bank has decided").click()
    decide(desk, "The bank decided for the shop")

    expect(desk.get_by_role("heading", level=1)).to_contain_text("Won")
    assert balance_of(invoice) == 0
    desk.goto("/chargebacks/")
    expect(desk.locator("tbody")).to_contain_text("Given back by the bank")
    assert_accessible(desk)
    assert_fits(desk)


def test_lost_stays_held_until_the_owner_asks_for_it_again(desk: Page, payment: Payment) -> None:
    log_in(desk, browser_of(payment.shop, Role.OWNER))
    record(desk, payment)
    menu(desk, "The bank has decided")
    decide(desk, "The bank decided for the customer")

    expect(desk.locator("main")).to_contain_text("Decide what becomes of it.")
    assert_accessible(desk)
    desk.locator("main dl a[href*='/disputes/']").click()
    desk.get_by_role("link", name="Resolve").click()
    desk.get_by_label("Both in part").check()
    desk.get_by_label("Words for the customer").fill("Your bank has decided.")
    desk.get_by_role("button", name="Close the case").click()
    expect(desk.locator("main")).to_contain_text("Your bank has decided.")
    assert Hold.objects.filter(released_at=None).count() == 1

    desk.goto(f"/chargebacks/{Chargeback.objects.get().number}/")
    menu(desk, "Ask for the money again")
    desk.get_by_label("Reason").fill("She pays in parts.")
    desk.get_by_role("button", name="Ask for the money again").click()
    expect(desk.locator("main")).not_to_contain_text("Decide what becomes of it.")
    assert not Hold.objects.filter(released_at=None).exists()
