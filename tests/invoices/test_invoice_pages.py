"""The invoice's own page, and the other pages that name it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from invoices.models import Invoice
from invoices.services import drafting, issuing
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.estimates.staff import browser_of, text_of
from tests.factories import ADVISOR, NOW, HoldFactory, PaymentFactory
from tests.invoices.pages import invoice_for, url_of

pytestmark = pytest.mark.django_db


# --- The invoice's own page ---------------------------------------------------------------


def test_the_page_says_what_may_be_asked_for_and_what_moved_the_balance(
    desk: Client, issued: Invoice
) -> None:
    PaymentFactory(shop=issued.shop, on=issued, amount="42.28")
    HoldFactory(invoice=issued, kind="dispute", amount=Decimal("50.00"), subject="D-2026-0001")
    words = text_of(desk.get(url_of(issued)))
    assert "Collectible €150.00 of €200.00" in words
    assert "€50.00 disputed (D-2026-0001)" in words
    assert "Part paid In dispute" in words
    assert "Invoiced €242.28 Paid −€42.28 Open €200.00" in words
    assert "PAY-2026-0001 Cash" in words
    assert "Authorized" in words


def test_money_on_no_invoice_is_said(desk: Client, issued: Invoice) -> None:
    PaymentFactory(shop=issued.shop, customer=issued.customer, amount="30.00")
    assert "€30.00 with the shop that is on no invoice" in text_of(desk.get(url_of(issued)))


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.MANAGER, {"pay", "send", "credit", "void", "write-off"}),
        (Role.ADVISOR, {"pay", "send", "credit"}),
        (Role.TECHNICIAN, set()),
    ],
)
def test_the_buttons_are_those_of_the_state_and_the_role(
    shop: Shop, issued: Invoice, role: Role, names: set[str]
) -> None:
    shown = browser_of(shop, role).get(url_of(issued)).context["actions"]
    assert {action.name for action in shown.every} == names
    assert (shown.primary.name if shown.primary else None) == ("pay" if names else None)


def test_a_paid_invoice_can_only_be_mailed_and_credited(manager: Client, issued: Invoice) -> None:
    PaymentFactory(shop=issued.shop, on=issued, amount="242.28")
    page = manager.get(url_of(issued))
    assert {action.name for action in page.context["actions"].every} == {"send", "credit"}
    assert "Nothing is owed any more of €242.28" in text_of(page)


def test_the_page_costs_the_same_for_few_lines_and_for_many(
    desk: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    invoice = invoice_for(shop, "A", issued=True)
    desk.get(url_of(invoice))
    with django_assert_max_num_queries(27) as few:
        desk.get(url_of(invoice))
    many = invoice_for(shop, "B", issued=True, lines=[{}] * 30)
    with django_assert_max_num_queries(27) as more:
        desk.get(url_of(many))
    assert len(few) == len(more)


# --- Elsewhere ----------------------------------------------------------------------------


def test_the_repair_order_offers_the_invoice_and_shows_it(desk: Client, order: RepairOrder) -> None:
    url = f"/repair-orders/{order.number}/"
    assert "Draft the invoice" in text_of(desk.get(url))
    invoice = issuing.issue(
        invoice=drafting.draft(repair_order=order, by=ADVISOR, at=NOW), by=ADVISOR, at=NOW
    )
    words = text_of(desk.get(url))
    assert f"{invoice.number} €242.28 · €242.28 open Unpaid" in words
    assert "€242.28 billed of €242.28 authorized" in words


def test_the_customers_page_shows_what_is_owed_and_loose(desk: Client, shop: Shop) -> None:
    invoice = invoice_for(shop, "Ana Silva", issued=True)
    PaymentFactory(shop=shop, customer=invoice.customer, amount="30.00")
    words = text_of(desk.get(f"/customers/{invoice.customer.pk}/"))
    assert "Open €120.00 on 1 invoice Collectible €120.00 On no invoice €30.00" in words


def test_the_search_jumps_to_an_invoice_by_number_and_reference(
    desk: Client, issued: Invoice
) -> None:
    for words in (issued.number.lower(), issued.reference):
        assert desk.get("/search/", {"q": words})["Location"] == url_of(issued)


def test_today_names_what_waits(shop: Shop, draft: Invoice, clock: Any) -> None:
    invoice_for(shop, "A", issued=True)
    invoice_for(shop, "B", issued=True)
    PaymentFactory(shop=shop, amount="30.00")
    clock.shift(timedelta(days=20))
    words = text_of(browser_of(shop).get("/"))
    assert "2 invoices are overdue" in words
    assert "€240.00 open, the oldest since" in words
    assert f"Invoice for {draft.customer.name} is still a draft" in words
    assert "1 payment is on no invoice, or not all of it" in words
    technician = browser_of(shop, Role.TECHNICIAN)
    assert "overdue" not in text_of(technician.get("/"))
