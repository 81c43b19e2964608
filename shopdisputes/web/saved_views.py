"""The views that people keep of lists: which lists have them, and what of an address is kept."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from shopdisputes.accounts.models import SavedView
from shopdisputes.web.contributions import contributions
from shopdisputes.web.lists import is_comparable
from shopdisputes.web.requests import StaffRequest

#: Where in a list one stands, and in which language, is no filter.
_NO_FILTERS = frozenset({"after", "before", "lang"})


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A view as its menu draws it; ``active``: the list shows just this now."""

    view: SavedView
    url: str
    active: bool


def keeps_views(page: str) -> bool:
    """Say whether people may keep views of the list at a route."""
    return any(page in part.lists for part in contributions())


def kept_part(query: QueryDict) -> str:
    """Return what is kept of a list's query: filters, search and order, each in one writing."""
    kept = sorted(
        (name, value)
        for name, values in query.lists()
        if name not in _NO_FILTERS
        for value in values
        if value and is_comparable(name) and is_comparable(value)
    )
    return urlencode(kept)


def of(request: StaffRequest, page: str) -> dict[str, Any]:
    """Return what the menu of a list shows: one's views, and what could be kept now."""
    current, address = kept_part(request.GET), reverse(page)
    saved = SavedView.objects.for_shop(request.shop).of(request.user, page=page)
    views = [
        Shown(view=view, url=f"{address}?{view.query}", active=view.query == current)
        for view in saved.order_by("name", "pk")
    ]
    return {
        "views": views,
        "active": next((each.view for each in views if each.active), None),
        "query": current,
        "page": page,
    }
