"""Ticking open items and dividing a payment, with what the page reckons meanwhile."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from invoices.models import Invoice, Payment
from tests.browser.screens import assert_accessible, assert_fits
from tests.browser.test_estimate_editor import log_in
from tests.estimates.staff import browser_of
from tests.factories import HoldFactory, InvoiceFactory
from tests.invoices.money import balance_of, euros, parts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bills(server: str) -> list[Invoice]:
    """One of 120.00 that is late, one of 80.00 of which half is in dispute."""
    late = InvoiceFactory(issued=True, due_on=date(2026, 2, 1))
    other = InvoiceFactory(
        issued=True, customer=late.customer, total="80.00", due_on=date(2026, 2, 20)
    )
    HoldFactory(invoice=other, kind="dispute", amount=euros("40.00"))
    return [late, other]


def test_ticked_invoices_are_paid_as_the_page_divides_it(desk: Page, bills: list[Invoice]) -> None:
    late, other = bills
    log_in(desk, browser_of(late.shop))
    desk.goto(f"/customers/{late.customer_id}/statement/")
    first = desk.get_by_label(f"Tick {late.number}")
    first.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Shift+ArrowDown")
    expect(desk.get_by_label(f"Tick {other.number}")).to_be_checked()
    expect(desk.locator("[data-tick-sum]")).to_contain_text("€200.00")
    expect(desk.locator("[data-tick-sum]")).to_contain_text("€160.00")
    assert_accessible(desk)
    assert_fits(desk)

    desk.locator("form[data-statement]").get_by_role("button", name="Record a payment").click()
    amount, left = desk.get_by_label("Amount", exact=True), desk.locator("[data-left]")
    expect(amount).to_have_value("160.00")
    amount.fill("130,50")
    expect(desk.get_by_label(f"On {late.number}")).to_have_value("120.00")
    expect(desk.get_by_label(f"On {other.number}")).to_have_value("10.50")
    expect(left).to_have_text("€0.00")
    # Whoever writes an amount beside an invoice divides by hand from there on.
    desk.get_by_label(f"On {other.number}").fill("5")
    expect(desk.get_by_label("As written below")).to_be_checked()
    expect(left).to_have_text("€5.50")
    assert_accessible(desk, dark=True)
    assert_fits(desk)

    desk.get_by_role("button", name="Record the payment").dblclick()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("PAY-")
    assert_accessible(desk)
    assert parts_of(Payment.objects.get()) == (euros("5.50"), euros("125.00"), 0)
    assert (balance_of(late), balance_of(other)) == (0, euros("75.00"))
