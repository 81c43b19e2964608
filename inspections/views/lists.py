"""The list of inspections: search, filters, sort, export."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from inspections.models import Inspection
from inspections.services import media
from inspections.states import InspectionStatus, Stage
from inspections.views.lookups import today
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

#: What waits for an answer and ends within so many days "ends soon".
SOON = timedelta(days=1)

SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-created_at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("created_at", "id")),
    "customer": Sort(gettext_lazy("By customer"), ("repair_order__customer__name", "id")),
}


@require_safe
@staff()
def inspection_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's inspections, page by page."""
    page = Keyset(request, _found(request), sorts=SORTS)
    summaries = media.summaries(page.rows)
    return render(
        request,
        "inspections/inspection_list.html",
        {
            "page": page,
            "rows": [(each, summaries[each.pk]) for each in page.rows],
            "stage_chips": chips(request, "stage", Stage.choices, everything=_("All stages")),
            "status_chips": chips(request, "status", InspectionStatus.choices, everything=_("All")),
            "words": words_of(request),
            "is_narrowed": bool(
                chosen(request, "stage", Stage.choices)
                or chosen(request, "status", InspectionStatus.choices)
            ),
            "soon": today(request, timezone.now()) + SOON,
        },
    )


@require_safe
@staff()
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file, all pages of it."""
    found = _found(request).order_by("-created_at", "id")
    return csv_response(
        "inspections.csv",
        [
            _("Number"),
            _("Stage"),
            _("Status"),
            _("Repair order"),
            _("Customer"),
            _("Vehicle"),
            _("Begun"),
            _("Begun by"),
            _("Completed"),
            _("Shared"),
            _("Answer by"),
            _("Answered"),
            "SHA-256",
        ],
        _rows(
            found,
            shop=request.shop,
            stages={stage.value: str(stage.label) for stage in Stage},
            statuses={status.value: str(status.label) for status in InspectionStatus},
        ),
    )


def _rows(
    found: QuerySet[Any], *, shop: Shop, stages: Mapping[str, str], statuses: Mapping[str, str]
) -> Iterator[list[Any]]:
    """Yield the rows. They are fetched when the view's language and time zone are gone."""

    def day(moment: Any) -> Any:
        return local_day(moment, zone=shop.zone) if moment else ""

    for inspection in found.iterator(chunk_size=500):
        order = inspection.repair_order
        yield [
            inspection.number,
            stages[inspection.stage],
            statuses[inspection.status],
            order.number,
            order.customer.name,
            str(order.vehicle),
            day(inspection.created_at),
            inspection.created_by,
            day(inspection.completed_at),
            day(inspection.shared_at),
            inspection.answer_by or "",
            day(inspection.answered_at),
            inspection.sha256,
        ]


def _found(request: StaffRequest) -> Any:
    found = (
        Inspection.objects.for_shop(request.shop)
        .select_related("repair_order__customer", "repair_order__vehicle")
        .defer("canonical_json")
    )
    if words := words_of(request):
        found = found.search(words)
    if stage := chosen(request, "stage", Stage.choices):
        found = found.filter(stage=stage)
    if status := chosen(request, "status", InspectionStatus.choices):
        found = found.filter(status=status)
    return found
