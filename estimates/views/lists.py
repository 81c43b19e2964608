"""The list of estimates: search, filters, sort, sum, export."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from estimates.models import Estimate
from estimates.states import RevisionStatus
from estimates.views.lookups import today
from shopdisputes.dates import local_day
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

#: An unanswered estimate that ends within so many days "expires soon".
SOON = timedelta(days=3)

SHOWN = [
    ("waiting", gettext_lazy("Waits for the customer")),
    ("call", gettext_lazy("Asked for a call")),
    ("paper", gettext_lazy("Wants paper")),
    ("soon", gettext_lazy("Expires soon")),
    ("draft", gettext_lazy("Drafts")),
    ("answered", gettext_lazy("Answered")),
    ("expired", gettext_lazy("Expired")),
    ("withdrawn", gettext_lazy("Withdrawn")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-created_at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("created_at", "id")),
    "largest": Sort(gettext_lazy("Largest first"), ("-total", "id")),
    "customer": Sort(gettext_lazy("By customer"), ("repair_order__customer__name", "id")),
}


@require_safe
@staff()
def estimate_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's estimates, page by page."""
    found = _found(request)
    return render(
        request,
        "estimates/estimate_list.html",
        {
            "page": Keyset(request, found.with_newest(), sorts=SORTS),
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "words": words_of(request),
            "shown": chosen(request, "show", SHOWN),
            "sum": found.aggregate(sum=Sum("total"))["sum"] or ZERO,
            "today": today(request, timezone.now()),
        },
    )


@require_safe
@staff()
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file, all pages of it."""
    found = _found(request).with_newest().order_by("-created_at", "id")
    statuses = {status.value: str(status.label) for status in RevisionStatus}
    return csv_response(
        "estimates.csv",
        [
            _("Number"),
            _("Revision"),
            _("Status"),
            _("Repair order"),
            _("Customer"),
            _("Vehicle"),
            _("Total"),
            _("Currency"),
            _("Valid until"),
            _("Created"),
        ],
        _rows(found, shop=request.shop, statuses=statuses),
    )


def _rows(found: QuerySet[Any], *, shop: Shop, statuses: Mapping[str, str]) -> Iterator[list[Any]]:
    """Yield the rows. They are fetched when the view's language and time zone are gone."""
    for estimate in found.iterator(chunk_size=500):
        order = estimate.repair_order
        yield [
            estimate.number,
            estimate.newest_number,
            statuses[estimate.status],
            order.number,
            order.customer.name,
            str(order.vehicle),
            estimate.total,
            shop.currency,
            estimate.valid_until,
            local_day(estimate.created_at, zone=shop.zone),
        ]


def _found(request: StaffRequest) -> Any:
    found = Estimate.objects.for_shop(request.shop).select_related(
        "repair_order__customer", "repair_order__vehicle"
    )
    words = words_of(request)
    if words:
        found = found.search(words)
    return _narrowed(found, chosen(request, "show", SHOWN), today(request, timezone.now()))


def _narrowed(found: Any, shown: str, day: date) -> Any:
    if shown == "waiting":
        return found.waiting()
    if shown == "call":
        return found.call_wanted()
    if shown == "paper":
        return found.paper_wanted()
    if shown == "soon":
        return found.expiring(until=day + SOON)
    if shown in RevisionStatus.values:
        return found.filter(status=shown)
    return found
