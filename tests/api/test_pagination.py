"""Lists in pages by key."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import NOW, CustomerFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


def walk(api: Program, path: str, step: str) -> list[list[str]]:
    """The ids of all pages from one end to the other."""
    pages, address = [], path
    while address:
        page: dict[str, Any] = api.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        address = page[step]
    return pages


def last_page(api: Program, path: str) -> str:
    address = path
    while following := api.get(address).json()["next"]:
        address = following
    return address


def test_pages_forward_and_back_hold_every_row_once(api: Program, shop: Shop) -> None:
    # Three at one moment: the id decides where the times are equal.
    times = [NOW - timedelta(minutes=minute) for minute in (0, 1, 1, 1, 2, 3, 4)]
    orders = [RepairOrderFactory(shop=shop, opened_at=at) for at in times]
    RepairOrderFactory(opened_at=NOW)
    expected = [
        str(order.pk)
        for order in sorted(orders, key=lambda order: (-order.opened_at.timestamp(), order.pk))
    ]

    forward = walk(api, "repair-orders/?limit=3", "next")
    back = walk(api, last_page(api, "repair-orders/?limit=3"), "previous")

    assert forward == [expected[:3], expected[3:6], expected[6:]]
    assert back[0] == expected[6:]
    assert [key for page in reversed(back) for key in page] == expected


def test_ascending_lists_page_alike(api: Program, shop: Shop) -> None:
    rows = [CustomerFactory(shop=shop, name=name) for name in ("Bob", "Ann", "Ann", "Zoe")]
    expected = [str(row.pk) for row in sorted(rows, key=lambda row: (row.name, row.pk))]

    assert walk(api, "customers/?limit=1", "next") == [[key] for key in expected]


def test_a_row_that_comes_in_meanwhile_neither_repeats_nor_hides_another(
    api: Program, shop: Shop
) -> None:
    orders = [
        RepairOrderFactory(shop=shop, opened_at=NOW - timedelta(minutes=minute))
        for minute in range(4)
    ]
    first = api.get("repair-orders/?limit=2").json()
    RepairOrderFactory(shop=shop, opened_at=NOW + timedelta(minutes=1))

    second = api.get(first["next"]).json()

    assert [row["id"] for row in second["results"]] == [str(order.pk) for order in orders[2:]]


def test_the_addresses_keep_the_filters(api: Program, shop: Shop) -> None:
    for _ in range(3):
        RepairOrderFactory(shop=shop, status="closed")
    RepairOrderFactory(shop=shop)

    pages = walk(api, "repair-orders/?limit=2&status=closed", "next")

    assert [len(page) for page in pages] == [2, 1]


def test_an_empty_list_has_no_neighbours(api: Program) -> None:
    assert api.get("customers/").json() == {"next": None, "previous": None, "results": []}


def test_fifty_rows_make_a_page(api: Program, shop: Shop) -> None:
    CustomerFactory.create_batch(51, shop=shop)

    page = api.get("customers/").json()

    assert len(page["results"]) == 50
    assert page["next"].startswith("http://testserver/api/v1/customers/?")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5", "9" * 30, "", "²"])
def test_a_limit_out_of_bounds_is_400(api: Program, limit: str) -> None:
    assert api.get(f"customers/?limit={limit}").status_code == 400


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "é",
        cursor(),
        cursor(False),
        cursor(False, "Ann"),
        cursor(False, "Ann", "not an id"),
        cursor(False, None, None),
        cursor("no", "Ann", "00000000-0000-0000-0000-000000000000"),
        cursor(False, ["Ann"], {}),
        cursor(False, "\x00", "00000000-0000-0000-0000-000000000000"),
        cursor(False, "\ud800", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_cursor_that_no_list_gave_is_400(api: Program, text: str) -> None:
    CustomerFactory(shop=api.membership.shop)

    response = api.get(f"customers/?cursor={text}")

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"
