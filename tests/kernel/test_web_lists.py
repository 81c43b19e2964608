"""Lists: every row once, in order, both ways; filters as chips."""

import base64
from datetime import timedelta

import pytest
from django.test import RequestFactory

from shopdisputes.customers.models import Customer
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, query_with, words_of
from tests.factories import NOW, RepairOrderFactory, ShopFactory

SORTS = {
    "newest": Sort("Newest", ("-opened_at", "id")),
    "customer": Sort("Customer", ("customer__name", "id")),
}


def look(query: str = "", size: int = 3, **options: bool) -> Keyset[RepairOrder]:
    request = RequestFactory().get(f"/repair-orders/{query}")
    orders = RepairOrder.objects.select_related("customer")
    return Keyset(request, orders, sorts=SORTS, size=size, **options)


def walk(query: str = "", **options: bool) -> list[list[str]]:
    pages = [look(query, **options)]
    while pages[-1].next_url:
        pages.append(look(pages[-1].next_url, **options))
    return [[order.number for order in page.rows] for page in pages]


@pytest.fixture
def orders(db) -> list[RepairOrder]:
    """Eight orders: two pairs opened in the same microsecond, names in disorder."""
    shop = ShopFactory()
    made = []
    for number, (seconds, name) in enumerate(
        [(0, "Zoe"), (0, "Abe"), (1, "Moe"), (2, "Abe"), (2, "Zoe"), (3, "Bea"), (4, "Cid")]
    ):
        order = RepairOrderFactory(
            shop=shop,
            number=f"RO-{number}",
            opened_at=NOW + timedelta(seconds=seconds, microseconds=7),
        )
        Customer.objects.filter(pk=order.customer_id).update(name=name)
        made.append(order)
    return list(RepairOrder.objects.select_related("customer"))


def numbers(query: str = "") -> list[str]:
    return [number for page in walk(query) for number in page]


def expected(orders: list[RepairOrder]) -> list[str]:
    return [o.number for o in sorted(orders, key=lambda o: (-o.opened_at.timestamp(), o.pk))]


@pytest.mark.parametrize("sort", SORTS)
def test_a_page_found_in_an_index_is_the_same_page(orders, sort):
    assert walk(f"?sort={sort}", through_index=True) == walk(f"?sort={sort}")


def test_every_row_is_met_once_and_in_order(orders):
    pages = walk()
    assert [len(page) for page in pages] == [3, 3, 1]
    assert numbers() == expected(orders)


def test_it_sorts_by_what_stands_in_another_table(orders):
    names = [
        order.customer.name
        for number in numbers("?sort=customer")
        for order in orders
        if order.number == number
    ]
    assert names == ["Abe", "Abe", "Bea", "Cid", "Moe", "Zoe", "Zoe"]


def test_the_way_back_shows_the_same_pages(orders):
    first = look()
    second = look(first.next_url)
    third = look(second.next_url)
    again = look(third.previous_url)
    assert [o.number for o in again.rows] == [o.number for o in second.rows]
    start = look(again.previous_url)
    assert [o.number for o in start.rows] == [o.number for o in first.rows]
    assert start.previous_url == ""
    assert first.previous_url == ""
    assert third.next_url == ""


def test_a_row_added_meanwhile_neither_repeats_nor_hides_another(orders):
    first = look()
    RepairOrderFactory(number="RO-new", opened_at=NOW + timedelta(days=1))
    second = look(first.next_url)
    seen = [o.number for o in first.rows + second.rows]
    assert seen == expected(orders)[:6]


@pytest.mark.parametrize(
    "token", ["x", "%00", "W10", "WzEsMl0", "eyJhIjoxfQ", "bnVsbA", "WyJub3QgYSBkYXkiLCJ4Il0"]
)
def test_a_token_that_makes_no_sense_shows_the_first_page(orders, token):
    assert [o.number for o in look(f"?after={token}").rows] == expected(orders)[:3]


@pytest.mark.parametrize(
    "text",
    [
        "[null, null]",
        '["\\u0000", "00000000-0000-0000-0000-000000000000"]',
        '["\\ud800", "00000000-0000-0000-0000-000000000000"]',
        "[" * 3000,
    ],
    ids=["nothing", "NUL", "half a character", "too deep"],
)
def test_a_token_that_the_database_cannot_compare_with_shows_the_first_page(orders, text):
    token = base64.urlsafe_b64encode(text.encode()).decode()
    first = sorted(orders, key=lambda order: (order.customer.name, order.pk))[:3]
    assert look(f"?sort=customer&after={token}").rows == first


@pytest.mark.parametrize(
    ("typed", "words"),
    [(" Claire ", "Claire"), ("Cla\x00ire", "Claire"), ("\x00", ""), ("a " * 2000, "a " * 50)],
)
def test_a_search_has_no_nul_and_at_most_a_hundred_characters(typed, words):
    assert words_of(RequestFactory().get("/", {"q": typed})) == words


def test_the_order_that_nobody_offers_is_the_usual_one(orders):
    assert look("?sort=password").sort == "newest"


def test_the_next_page_keeps_the_filters(orders):
    assert look("?status=open&q=a+b").next_url.startswith("?status=open&q=a+b&after=")


def test_an_empty_list_has_no_other_pages(db):
    page = look()
    assert (page.rows, page.next_url, page.previous_url) == ([], "", "")


CHOICES = [("open", "Open"), ("closed", "Closed")]


def test_chips_say_which_filter_is_set_and_lead_to_page_one():
    request = RequestFactory().get("/?status=open&after=abc&q=x")
    drawn = [
        (c.label, c.url, c.active) for c in chips(request, "status", CHOICES, everything="All")
    ]
    assert drawn == [
        ("All", "?q=x", False),
        ("Open", "?status=open&q=x", True),
        ("Closed", "?status=closed&q=x", False),
    ]


def test_a_filter_that_does_not_exist_filters_nothing():
    request = RequestFactory().get("/?status=stolen")
    assert chosen(request, "status", CHOICES) == ""
    assert chips(request, "status", CHOICES, everything="All")[0].active


def test_queries_change_only_what_is_named():
    request = RequestFactory().get("/?a=1&b=2")
    assert query_with(request, b=None, c="3") == "?a=1&c=3"
