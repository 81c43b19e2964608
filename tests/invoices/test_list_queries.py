"""Pages over many invoices: as many queries for two as for twenty, and nothing counted whole."""

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shopdisputes.shops.models import Membership, Shop
from tests.factories import HoldFactory, InvoiceFactory, PaymentFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db

#: Session, user and membership are three of them on each page.
_QUERIES = {
    "invoice-list": 7,
    "payment-list": 6,
    "customer-statement": 8,
}


def make(shop: Shop, number: int) -> list[str]:
    """Give one customer so many open invoices and payments; return the pages that show them."""
    order = RepairOrderFactory(shop=shop)
    for _index in range(number):
        invoice = InvoiceFactory(
            shop=shop,
            repair_order=RepairOrderFactory(shop=shop, vehicle=order.vehicle),
            issued=True,
        )
        HoldFactory(invoice=invoice, shop=shop)
        PaymentFactory(shop=shop, customer=invoice.customer)
    return [
        f"{reverse('invoice-list')}?q={quote(order.customer.name.casefold())}",
        reverse("payment-list"),
        reverse("customer-statement", args=[order.customer_id]),
    ]


def queries_of(client: Client, path: str) -> list[str]:
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured.captured_queries]


def test_twenty_rows_take_as_many_queries_as_two(client: Client, owner: Membership) -> None:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    few = [len(queries_of(client, path)) for path in make(owner.shop, 2)]
    many = [len(queries_of(client, path)) for path in make(owner.shop, 20)]
    assert many == few
    assert few == list(_QUERIES.values())


def test_nothing_is_counted_without_an_end(client: Client, owner: Membership) -> None:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    for path in [*make(owner.shop, 2), f"{reverse('invoice-list')}?show=unpaid"]:
        for sql in queries_of(client, path):
            if "COUNT(" not in sql and "SUM(" not in sql:
                continue
            limited = re.search(r"LIMIT (\d+)", sql)
            # What belongs to the rows of one page has an end of its own.
            assert limited or '_id" IN (' in sql, sql
            assert not limited or int(limited.group(1)) <= 10_001, sql
