"""The figures of a shop: age of debts, months, who owes, money on no invoice."""

import csv
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices import reporting
from invoices.models import Invoice, Payment
from invoices.services import payments
from shopdisputes.shops.models import Shop
from tests.estimates.staff import text_of
from tests.factories import NOW, CustomerFactory, HoldFactory, InvoiceFactory
from tests.invoices.money import BOSS, DESK, TODAY, pay

pytestmark = pytest.mark.django_db


def issued(shop: Shop, total: str, *, late: int = 0, day: date = TODAY, **other: Any) -> Invoice:
    invoice = InvoiceFactory(
        shop=shop,
        issued=True,
        total=total,
        due_on=TODAY - timedelta(days=late),
        issued_on=day,
        **other,
    )
    return invoice


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (-5, "current"),
        (0, "current"),
        (1, "late_30"),
        (30, "late_30"),
        (31, "late_60"),
        (60, "late_60"),
        (61, "late_90"),
        (90, "late_90"),
        (91, "later"),
        (4000, "later"),
    ],
)
def test_an_invoice_stands_in_the_bucket_of_its_age(shop: Shop, late: int, bucket: str) -> None:
    invoice = issued(shop, "70.00", late=late)
    held = [(invoice.due_on, Decimal("20.00"))]
    found = reporting.ageing(shop, today=TODAY, held=held)

    assert [
        (each.name, each.count, each.balance, each.collectible) for each in found if each.count
    ] == [(bucket, 1, Decimal("70.00"), Decimal("50.00"))]


def test_ageing_counts_what_is_owed_of_this_shop_alone(shop: Shop) -> None:
    paid = issued(shop, "50.00")
    pay(paid.customer, "50.00", (paid, "50.00"))
    InvoiceFactory(shop=shop)
    InvoiceFactory(issued=True)
    issued(shop, "10.00")
    issued(shop, "5.00")

    first, *others = reporting.ageing(shop, today=TODAY)
    assert (first.count, first.balance) == (2, Decimal("15.00"))
    assert all(each.count == 0 and each.balance == 0 for each in others)


def test_a_month_has_what_was_invoiced_credited_and_collected_in_it(shop: Shop) -> None:
    invoice = issued(shop, "100.00")
    issued(shop, "40.00", day=date(2025, 4, 1))
    # Before the first of the twelve months, a draft, another shop's, void.
    issued(shop, "7.00", day=date(2025, 3, 31))
    InvoiceFactory(shop=shop)
    InvoiceFactory(issued=True)
    InvoiceFactory(shop=shop, credit_note=True, total="30.00", original=invoice)
    money = pay(invoice.customer, "90.00", (invoice, "60.00"))
    payments.refund(payment=money, amount=Decimal("10.00"), reason="Typo.", by=DESK, at=NOW)
    mistake = pay(invoice.customer, "500.00")
    payments.annul(payment=mistake, reason="Wrong customer.", by=BOSS, at=NOW)
    pay(invoice.customer, "5.00", received_on=date(2026, 2, 28))
    found = reporting.months(shop, today=TODAY)

    assert [each.first_day for each in found[:2]] == [date(2025, 4, 1), date(2025, 5, 1)]
    assert len(found) == 12
    figures = {
        each.first_day.isoformat()[:7]: (each.invoiced, each.credited, each.collected)
        for each in found
        if each.invoiced or each.credited or each.collected
    }
    assert figures == {
        "2025-04": (Decimal("40.00"), Decimal("0.00"), Decimal("0.00")),
        "2026-02": (Decimal("0.00"), Decimal("0.00"), Decimal("5.00")),
        "2026-03": (Decimal("100.00"), Decimal("30.00"), Decimal("80.00")),
    }


def test_who_owes_most_stands_first(shop: Shop) -> None:
    ada, bob = (CustomerFactory(shop=shop, name=name) for name in ("Ada", "Bob"))
    issued(shop, "30.00", customer=ada, late=9)
    issued(shop, "30.00", customer=ada)
    issued(shop, "50.00", customer=bob)

    assert [
        (each.name, each.amount, each.count, each.oldest) for each in reporting.debtors(shop)
    ] == [
        ("Ada", Decimal("60.00"), 2, TODAY - timedelta(days=9)),
        ("Bob", Decimal("50.00"), 1, TODAY),
    ]


def test_money_on_no_invoice_is_counted_until_it_is_allocated(shop: Shop) -> None:
    invoice = issued(shop, "30.00")
    money = pay(invoice.customer, "100.00")
    waiting = reporting.unallocated(shop)
    assert (waiting.amount, waiting.count) == (Decimal("100.00"), 1)
    assert [each.name for each in waiting.customers] == [invoice.customer.name]
    payments.allocate(
        payment=Payment.objects.get(pk=money.pk),
        allocations=[(invoice, Decimal("30.00"))],
        by=DESK,
        at=NOW,
    )

    assert reporting.unallocated(shop).amount == Decimal("70.00")


def test_the_page_has_every_chart_also_as_a_table(desk: Client, shop: Shop) -> None:
    invoice = issued(shop, "1251.88", late=40)
    HoldFactory(invoice=invoice, amount=Decimal("251.88"))
    page = desk.get(reverse("reports"))
    words = text_of(page)

    assert "31 to 60 days late 1 €1,251.88 €251.88 €1,000.00" in words
    assert "Mar 2026 €1,251.88 €0.00 €0.00" in words
    assert f"{invoice.customer} 1 " in words
    data = json.loads(
        re.search(r'id="report-data" type="application/json">(.*?)<', page.content.decode())[1]
    )
    assert [series["values"][2] for series in data["ageing"]["series"]] == [1000.0, 251.88]
    assert data["months"]["series"][0]["values"][-1] == 1251.88


def test_a_shop_without_money_has_a_calm_page(desk: Client) -> None:
    words = text_of(desk.get(reverse("reports")))

    assert "Nobody owes anything." in words
    assert "No visit has ended in the last 12 months." in words


def test_the_page_takes_as_many_queries_for_many_invoices(
    desk: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    for late in (0, 40, 95):
        for _count in range(3):
            HoldFactory(invoice=issued(shop, "20.00", late=late), amount=Decimal("1.00"))
    with django_assert_max_num_queries(16):
        assert desk.get(reverse("reports")).status_code == 200


@pytest.mark.parametrize(
    ("which", "row"),
    [
        ("ageing", ["Not due yet", "1", "120.00", "0.00", "120.00", "EUR"]),
        ("months", ["2026-03", "120.00", "0.00", "0.00", "15.00", "EUR"]),
        ("debtors", ["'=HYPERLINK(1)", "120.00", "1", "2026-03-30", "EUR"]),
        ("unallocated", ["'=HYPERLINK(1)", "15.00", "1", "2026-03-16", "EUR"]),
    ],
)
def test_each_table_is_handed_out_and_computes_nothing(
    desk: Client, shop: Shop, which: str, row: list[str]
) -> None:
    customer = CustomerFactory(shop=shop, name="=HYPERLINK(1)")
    InvoiceFactory(issued=True, customer=customer)
    pay(customer, "15.00")
    answer = desk.get(reverse("reports-export", args=[which]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert row in list(csv.reader(text.splitlines()))


def test_there_is_no_other_table(desk: Client) -> None:
    assert desk.get(reverse("reports-export", args=["salaries"])).status_code == 404
