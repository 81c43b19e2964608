"""Filters of lists that people keep under a name of their own."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shopdisputes.accounts import saved_views
from shopdisputes.accounts.models import SavedView
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.web.contributions import contributions
from tests.factories import NOW, SavedViewFactory, staff

pytestmark = pytest.mark.django_db

LIST = reverse("invoice-list")
SAVE = reverse("saved-view-save", args=["invoice-list"])


@pytest.fixture
def desk(client: Client, owner: Membership) -> Client:
    client.force_login(owner.user)
    return client


def save(desk: Client, name: str, query: str) -> Any:
    return desk.post(SAVE, {"name": name, "query": query})


def test_keeps_filters_search_and_order_but_not_where_one_stood(
    desk: Client, owner: Membership
) -> None:
    done = save(desk, "  My   unpaid ", "show=unpaid&q=Clio+4&sort=oldest&after=WyJ4Il0&reason=")

    kept = SavedView.objects.get()
    assert (kept.shop, kept.user, kept.page) == (owner.shop, owner.user, "invoice-list")
    assert (kept.name, kept.query) == ("My unpaid", "q=Clio+4&show=unpaid&sort=oldest")
    assert (done.status_code, done.headers["Location"]) == (303, f"{LIST}?{kept.query}")
    page = desk.get(f"{LIST}?sort=oldest&show=unpaid&q=Clio+4").content.decode()
    assert f'href="{LIST}?q=Clio+4&amp;show=unpaid&amp;sort=oldest" aria-current="true"' in page


def test_the_same_name_again_keeps_the_new_filters(desk: Client) -> None:
    save(desk, "Mine", "show=unpaid")
    save(desk, "Mine", "show=overdue")

    assert SavedView.objects.get().query == "show=overdue"


def test_every_list_that_keeps_views_offers_to_keep_one(desk: Client) -> None:
    pages = [page for part in contributions() for page in part.lists]

    assert len(pages) > 5
    for page in pages:
        shown = desk.get(reverse(page), {"q": "Clio"}).content.decode()
        assert f'action="{reverse("saved-view-save", args=[page])}"' in shown, page


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", "show=unpaid"),
        ("x" * 61, "show=unpaid"),
        ("Mine", "after=1"),
        ("Mine", "q=" + "é" * 170),
    ],
)
def test_keeps_nothing_without_a_name_or_filters(desk: Client, name: str, query: str) -> None:
    assert save(desk, name, query).status_code == 422
    assert not SavedView.objects.exists()


def test_keeps_at_most_thirty_of_a_list(shop: Shop, owner: Membership) -> None:
    for number in range(saved_views.MOST_VIEWS):
        SavedViewFactory(shop=shop, user=owner.user, name=f"View {number}")
    given = {"shop": shop, "user": owner.user, "query": "show=unpaid", "at": NOW}

    with pytest.raises(saved_views.TooManyViews):
        saved_views.save(page="invoice-list", name="One more", **given)

    saved_views.save(page="invoice-list", name="View 1", **given)
    saved_views.save(page="estimate-list", name="One more", **given)
    assert SavedView.objects.count() == saved_views.MOST_VIEWS + 1


def test_only_its_person_sees_and_deletes_it(desk: Client, shop: Shop, owner: Membership) -> None:
    own = SavedViewFactory(shop=shop, user=owner.user, name="Mine alone")
    other = SavedViewFactory(shop=shop, user=staff(shop).user, name="Somebody else's")

    page = desk.get(LIST).content.decode()
    assert "Mine alone" in page
    assert "Somebody else" not in page
    assert desk.post(reverse("saved-view-delete", args=[other.pk])).status_code == 404
    gone = desk.post(reverse("saved-view-delete", args=[own.pk]))
    assert gone.headers["Location"] == LIST
    assert list(SavedView.objects.all()) == [other]


def test_only_lists_keep_views(desk: Client) -> None:
    url = reverse("saved-view-save", args=["settings"])

    assert desk.post(url, {"name": "Mine", "query": "show=unpaid"}).status_code == 404


@pytest.mark.parametrize(
    "page", ["invoice-list", "estimate-list", "dispute-list", "dispute-agenda"]
)
def test_the_lists_offer_it(desk: Client, page: str) -> None:
    url = reverse("saved-view-save", args=[page])

    assert url not in desk.get(reverse(page)).content.decode()
    assert url in desk.get(reverse(page), {"show": "late"}).content.decode()
