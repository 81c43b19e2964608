"""The one primary button of a repair order's page, from the state of the visit."""

import re
from html import unescape

import pytest
from django.test import Client

from invoices.models import Invoice
from invoices.services import drafting, issuing, payments, work
from invoices.states import PaymentMethod
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.estimates.staff import browser_of
from tests.factories import ADVISOR, NOW, HoldFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


def next_step(browser: Client, order: RepairOrder) -> list[str]:
    """The primary buttons of the page's head."""
    page = browser.get(f"/repair-orders/{order.number}/").content.decode()
    head = page.split('class="page-actions"')[1].split('class="page-columns"')[0]
    found = re.findall(r'class="btn btn-primary"[^>]*>(.*?)</(?:a|button)>', head, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found][:1]


def finish(order: RepairOrder) -> None:
    for job in work.items_of(order):
        work.note(repair_order=order, key=job.key, state="done", by=ADVISOR, at=NOW)


def issue(order: RepairOrder) -> Invoice:
    return issuing.issue(
        invoice=drafting.draft(repair_order=order, by=ADVISOR, at=NOW), by=ADVISOR, at=NOW
    )


def test_a_visit_without_an_estimate_begins_with_one(shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop)
    assert next_step(browser_of(shop), order) == ["New estimate"]
    assert next_step(browser_of(shop, Role.TECHNICIAN), order) == []


def test_the_work_comes_before_its_invoice(shop: Shop, order: RepairOrder) -> None:
    assert next_step(browser_of(shop), order) == ["Note the work"]
    assert next_step(browser_of(shop, Role.TECHNICIAN), order) == ["Note the work"]
    finish(order)
    assert next_step(browser_of(shop), order) == ["Draft the invoice"]
    assert next_step(browser_of(shop, Role.TECHNICIAN), order) == []


def test_a_draft_is_to_be_issued(shop: Shop, order: RepairOrder) -> None:
    drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    assert next_step(browser_of(shop), order) == ["Issue the invoice"]


def test_what_is_owed_is_to_be_paid_and_then_the_vehicle_leaves(
    shop: Shop, order: RepairOrder
) -> None:
    invoice = issue(order)
    desk = browser_of(shop)
    assert next_step(desk, order) == ["Record a payment"]
    page = desk.get(f"/repair-orders/{order.number}/").content.decode()
    assert f'href="/payments/new/?invoice={invoice.number}"' in page
    payments.record(
        customer=invoice.customer,
        method=PaymentMethod.CARD,
        amount=invoice.total,
        received_on=NOW.date(),
        allocations=[(invoice, invoice.total)],
        by=ADVISOR,
        at=NOW,
    )
    assert next_step(desk, order) == ["Hand over the vehicle"]


def test_what_is_held_is_not_asked_for(shop: Shop, order: RepairOrder) -> None:
    HoldFactory(invoice=issue(order), amount=None)
    assert next_step(browser_of(shop), order) == ["Hand over the vehicle"]
