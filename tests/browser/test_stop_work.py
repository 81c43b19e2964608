"""Refused mid-repair: stopped at the desk, chosen and signed on a phone, billed, explained."""

from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from estimates.states import LineKind
from invoices.models import Invoice, Payment, StopWork
from invoices.services import payments
from invoices.states import InvoiceStatus, StopOption
from shopdisputes.actors import Role
from shopdisputes.dates import local_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import address_of
from shopdisputes.repairorders.models import RepairOrder
from tests.browser.screens import A_SIGNATURE, assert_fits, draw_by_touch
from tests.browser.screenshots import take
from tests.factories import PASSWORD, staff
from tests.invoices import halted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(server: str) -> RepairOrder:
    """Everything is authorized, a deposit of 100.00 is paid, the gearbox is out."""
    order = halted.ordered()
    now = timezone.now()
    payments.record(
        customer=order.customer,
        amount=Decimal("100.00"),
        method="card",
        received_on=local_day(now, zone=order.shop.zone),
        repair_order=order,
        by=halted.DESK,
        at=now,
    )
    halted.note(order, LineKind.TEARDOWN, state="done", at=now)
    return order


def log_in(page: Page, order: RepairOrder, role: Role) -> None:
    member = staff(order.shop, role)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(member.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


def test_a_repair_refused_half_way_is_billed_fairly(
    desk: Page, phone: Page, order: RepairOrder
) -> None:
    log_in(desk, order, Role.ADVISOR)
    note_half_of_the_labour(desk, order)
    record_the_stop(desk, order)
    offer_the_ways(desk)
    choose_on_the_phone(phone)
    issue_the_invoice(desk, order)


def note_half_of_the_labour(desk: Page, order: RepairOrder) -> None:
    desk.goto(f"/repair-orders/{order.number}/work/")
    card = desk.locator(".work-card", has_text="Replace the clutch")
    card.get_by_label("Done of it").fill("1.5")
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("In progress")
    expect(card.get_by_role("status").first).to_have_text("Noted.")


def record_the_stop(desk: Page, order: RepairOrder) -> None:
    desk.get_by_role("link", name="The customer wants to stop").click()
    desk.get_by_label("Reason, in the customer’s words").fill("It gets too expensive.")
    desk.get_by_label("By phone").check()
    desk.get_by_label("Taken apart, cannot be driven").check()
    desk.get_by_role("button", name="Record the stop").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Stopped repair")
    expect(desk.locator(".stop-option")).to_have_count(3)
    assert_fits(desk)


def offer_the_ways(desk: Page) -> None:
    desk.get_by_label("What the customer should know").fill("Please answer until Friday.")
    desk.get_by_role("button", name="Mail them to").click()
    expect(desk.locator("#options")).to_contain_text("Mailed to")


def choose_on_the_phone(phone: Page) -> None:
    link = AccessLink.objects.get(purpose=LinkPurpose.STOP)
    phone.goto(address_of(link))
    expect(phone.locator(".ps-option .ps-price")).to_have_text(["€576.00", "€228.00", "€180.00"])
    expect(phone.locator("main")).to_contain_text("Please answer until Friday.")
    take(phone, "customer-stop", whole_page=True)
    assert_fits(phone)
    phone.get_by_role("link", name="Choose: Put together again and hand over").click()
    expect(phone.locator(".pe-sentence")).to_contain_text("for €228.00 including tax")
    phone.get_by_label("I agree to sign").check()
    phone.get_by_label("Your first and last name").fill("Camille Durand")
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    assert_fits(phone)
    phone.get_by_role("button", name="Sign my choice for €228.00").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your choice has arrived."
    )
    assert StopWork.objects.get().option == StopOption.REASSEMBLE


def issue_the_invoice(desk: Page, order: RepairOrder) -> None:
    desk.reload()
    expect(desk.locator("main")).to_contain_text("Put together again and hand over")
    desk.get_by_role("button", name="Draft the invoice").click()
    draft = Invoice.objects.get(status=InvoiceStatus.DRAFT)
    desk.goto(f"/invoices/drafts/{draft.pk}/issue/")
    desk.get_by_role("button", name="Issue €228.00").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("INV-")
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.balance) == (Decimal("228.00"), Decimal("128.00"))
    assert Payment.objects.get().unallocated == Decimal("0.00")
    assert "asked us by phone" in invoice.explanation
    assert '"not_billed"' in invoice.canonical_json
