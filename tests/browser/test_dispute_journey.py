"""A price dispute from the statement to its end, as the desk clicks it."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from disputes.models import DisputeCase
from disputes.services import reasons
from invoices.models import Hold, Invoice
from tests.browser.screens import assert_accessible, assert_fits
from tests.browser.test_estimate_editor import log_in
from tests.estimates.staff import browser_of
from tests.factories import NOW, InvoiceFactory
from tests.invoices.money import euros

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(server: str) -> Invoice:
    """Pads for 120.00 and discs for 60.00, tax included, of a shop with its reasons."""
    made: Invoice = InvoiceFactory(
        issued=True,
        total="180.00",
        due_on=date(2026, 2, 1),
        lines=[
            {"description": "Brake pads", "quantity": 1, "unit_price": euros("100.00")},
            {"description": "Brake discs", "quantity": 1, "unit_price": euros("50.00")},
        ],
    )
    reasons.install(shop=made.shop, at=NOW)
    return made


def held(invoice: Invoice) -> list[object]:
    return [hold.amount for hold in Hold.objects.filter(invoice=invoice, released_at=None)]


def test_a_line_is_contested_from_the_statement_and_the_case_closed(
    desk: Page, bill: Invoice
) -> None:
    log_in(desk, browser_of(bill.shop))
    desk.goto(f"/customers/{bill.customer_id}/statement/")
    desk.locator("details.tick-lines summary").click()
    desk.get_by_label("Brake pads").check()
    desk.get_by_role("button", name="Change status").click()

    amount = desk.get_by_label("Contested amount of “Brake pads”")
    expect(amount).to_have_value("120.00")
    expect(desk.get_by_label("Contested amount of “Brake discs”")).to_be_hidden()
    amount.fill("20,00")
    desk.get_by_label("Reason").select_option(label="The price or the tax is wrong")
    expect(desk.locator("#resolver")).to_contain_text("looks at it again")
    desk.get_by_label("What the customer says").fill("I was told 100.00 for the pads.")
    desk.get_by_label("Resolver's e-mail").fill("tom@garage.example")
    assert_accessible(desk)
    assert_fits(desk)
    desk.get_by_role("button", name="Open the case").dblclick()

    subject = desk.get_by_label("Subject")
    expect(subject).to_be_visible()
    assert held(bill) == [euros("20.00")], "held before anybody was told"
    case = DisputeCase.objects.get()
    subject.fill("Please look at #case_number")
    expect(desk.locator("#preview")).to_contain_text(f"Please look at {case.number}")
    assert_accessible(desk, dark=True)
    assert_fits(desk)

    # Whoever leaves here finds the steps that are left on the case.
    desk.goto(f"/disputes/{case.number}/")
    desk.get_by_role("link", name="Write to tom@garage.example").click()
    desk.get_by_role("button", name="Send the mail").click()
    desk.get_by_label("What to do then").fill("Call her with Tom's answer.")
    desk.get_by_role("button", name="Set the follow-up").click()

    expect(desk.get_by_role("heading", level=1)).to_contain_text(case.number)
    expect(desk.locator("#follow-ups")).to_contain_text("Call her with Tom's answer.")
    assert_accessible(desk)
    assert_fits(desk)
    desk.get_by_label("Message").fill("We look into it.")
    desk.get_by_role("button", name="Note it for ourselves").click()
    expect(desk.locator("#said")).to_contain_text("only for the shop")

    desk.get_by_role("link", name="Resolve").click()
    new_day = desk.locator("#id_new_due_on")
    expect(new_day).to_be_hidden()
    desk.get_by_label("Give a new day to pay").check()
    expect(new_day).to_be_visible()
    desk.get_by_label("Go on where it stood").check()
    desk.get_by_label("The customer was right").check()
    desk.get_by_label("Words for the customer").fill("You pay 100.00 for the pads.")
    desk.get_by_role("button", name="Close the case").click()
    expect(desk.locator("main")).to_contain_text("You pay 100.00 for the pads.")
    assert held(bill) == []
