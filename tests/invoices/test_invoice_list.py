"""The list of invoices: found, filtered, sorted, added up, exported."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from shopdisputes.shops.models import Shop
from tests.estimates.staff import text_of
from tests.factories import NOW, HoldFactory, InvoiceFactory, PaymentFactory
from tests.invoices.pages import invoice_for

pytestmark = pytest.mark.django_db


def numbers_in(response: Any) -> list[str]:
    return [row.invoice.number for row in response.context["rows"]]


def test_the_list_says_kindly_that_there_is_nothing(desk: Client) -> None:
    assert "No invoices yet" in text_of(desk.get("/invoices/"))


def test_each_filter_shows_its_own(desk: Client, shop: Shop) -> None:
    draft = invoice_for(shop, "Draft")
    unpaid = invoice_for(shop, "Unpaid", issued=True)
    overdue = invoice_for(shop, "Late", issued=True, due_on=(NOW - timedelta(days=1)).date())
    paid = invoice_for(shop, "Paid", issued=True)
    PaymentFactory(shop=shop, on=paid, amount="120.00")
    held = invoice_for(shop, "Held", issued=True)
    HoldFactory(invoice=held, amount=Decimal("20.00"))
    credit = InvoiceFactory(original=paid, shop=shop, credit_note=True)
    found = {
        shown: set(numbers_in(desk.get("/invoices/", {"show": shown})))
        for shown in ("draft", "unpaid", "overdue", "held", "paid", "credit", "void")
    }
    assert found == {
        "draft": {draft.number},
        "unpaid": {unpaid.number, overdue.number, held.number},
        "overdue": {overdue.number},
        "held": {held.number},
        "paid": {paid.number},
        "credit": {credit.number},
        "void": set(),
    }


def test_the_list_finds_by_number_customer_and_reference(desk: Client, shop: Shop) -> None:
    first = invoice_for(shop, "Ana Silva", issued=True)
    invoice_for(shop, "Bruno Costa", issued=True)
    for words in ("silva", first.number.lower(), first.reference):
        assert numbers_in(desk.get("/invoices/", {"q": words})) == [first.number]


def test_the_list_sorts_by_what_is_asked(desk: Client, shop: Shop) -> None:
    small = invoice_for(shop, "A", issued=True, total=Decimal("12.00"))
    large = invoice_for(
        shop, "B", issued=True, due_on=(NOW + timedelta(days=30)).date(), total=Decimal("240.00")
    )
    assert numbers_in(desk.get("/invoices/", {"sort": "amount"})) == [large.number, small.number]
    assert numbers_in(desk.get("/invoices/", {"sort": "due"})) == [small.number, large.number]


def test_the_list_adds_up_what_is_filtered_less_credit_notes(desk: Client, shop: Shop) -> None:
    first = invoice_for(shop, "A", issued=True)
    InvoiceFactory(original=first, shop=shop, credit_note=True, total=Decimal("20.00"))
    invoice_for(shop, "B")
    words = text_of(desk.get("/invoices/"))
    assert "Invoiced €100.00 · open €120.00" in words
    assert "Drafts come to €120.00" in text_of(desk.get("/invoices/", {"show": "draft"}))


def test_the_list_adds_up_many_when_asked_and_no_more_than_it_may(
    desk: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.views.lists.PAGE_SIZE", 1)
    monkeypatch.setattr("invoices.views.lists.SUMMED_AT_ONCE", 1)
    monkeypatch.setattr("invoices.views.lists.MOST_SUMMED", 2)
    invoice_for(shop, "A", issued=True)
    assert "Invoiced €120.00" in text_of(desk.get("/invoices/"))
    invoice_for(shop, "B", issued=True)
    words = text_of(desk.get("/invoices/"))
    assert "Add them up" in words
    assert "Invoiced" not in words
    assert "Invoiced €240.00 · open €240.00" in text_of(desk.get("/invoices/", {"sums": "all"}))
    part = desk.get("/invoices/", {"sums": "all"}, HTTP_HX_REQUEST="true")
    assert text_of(part) == "Invoiced €240.00 · open €240.00"
    invoice_for(shop, "C", issued=True)
    words = text_of(desk.get("/invoices/", {"sums": "all"}))
    assert "More than 2 invoices: narrow the list down to see their sum." in words


def test_the_list_shows_what_may_be_asked_for(desk: Client, shop: Shop) -> None:
    held = invoice_for(shop, "A", issued=True)
    HoldFactory(invoice=held, amount=Decimal("20.00"))
    words = text_of(desk.get("/invoices/"))
    assert "€120.00 collectible €100.00" in words
    assert "On hold" in words


def test_the_list_costs_the_same_for_one_and_for_many(
    desk: Client, shop: Shop, django_assert_num_queries: Any
) -> None:
    HoldFactory(invoice=invoice_for(shop, "A", issued=True))
    desk.get("/invoices/")
    with django_assert_num_queries(7):
        desk.get("/invoices/")
    for number in range(4):
        HoldFactory(invoice=invoice_for(shop, str(number), issued=True))
    with django_assert_num_queries(7):
        desk.get("/invoices/")


def test_exports_all_of_what_is_filtered_and_no_formula(desk: Client, shop: Shop) -> None:
    invoice_for(shop, "=cmd()", issued=True)
    csv = desk.get("/invoices/export.csv")
    rows = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Number,Kind,Status,Repair order,Customer")
    assert rows[1].startswith("INV-2026-0001,Invoice,Unpaid,")
    assert ",'=cmd()," in rows[1]
    assert ",100.00,20.00,120.00,120.00,0.00,0.00,120.00,EUR," in rows[1]
    xlsx = desk.get("/invoices/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.streaming_content))).active
    cells = list(sheet.iter_rows())[1]
    assert (cells[4].value, cells[4].data_type) == ("=cmd()", "s")
    assert [(cell.value, cell.data_type) for cell in cells[8:12]] == [
        (100, "n"),
        (20, "n"),
        (120, "n"),
        (120, "n"),
    ]
