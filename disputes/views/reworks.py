"""The list of reworks, and the page of one: what it is about, how it stands, what comes next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disputes.models import ReworkFile, ReworkQuerySet, ReworkRequest
from disputes.states import REWORK_ENDED, ReworkStatus
from disputes.views import narrowing, rework_actions
from disputes.views.lookups import rework_of
from inspections.models import Inspection
from inspections.states import Stage
from invoices import collecting
from invoices.models import Invoice
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web import files, timelines
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

PAGE = "disputes/reworks/detail.html"
_CHUNK = 500
_MOST_EVENTS = 200

SHOWN = [
    ("running", gettext_lazy("Running")),
    ("answer", gettext_lazy("To be answered")),
    ("late", gettext_lazy("Late")),
    ("working", gettext_lazy("To be done")),
    ("customer", gettext_lazy("Waiting for the customer")),
    ("ended", gettext_lazy("Ended")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-asked_at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("asked_at", "id")),
}
_SHOWS: dict[str, tuple[str, ...]] = {
    "working": (ReworkStatus.ACCEPTED, ReworkStatus.IN_PROGRESS, ReworkStatus.NOT_FIXED),
    "customer": (ReworkStatus.REFUSED, ReworkStatus.DELIVERED),
    "ended": tuple(sorted(REWORK_ENDED)),
}


@require_safe
@staff(*DESK)
def rework_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's reworks, page by page."""
    at = timezone.now()
    page = Keyset(request, _found(request, at).with_everything(), sorts=SORTS)
    return render(
        request,
        "disputes/reworks/list.html",
        {
            "page": page,
            "rows": page.rows,
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "shown": chosen(request, "show", SHOWN),
            "narrowed": narrowing.chips(request),
            "words": words_of(request),
            "now": at,
            "today": today(request, at),
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out the reworks that the filters leave as a CSV file."""
    at = timezone.now()
    header = [
        *(_("Number"), _("Status"), _("Customer"), _("Vehicle"), _("Invoice")),
        *(_("Amount"), _("Currency"), _("Asked"), _("Answer by"), _("Answered"), _("Reason")),
        *(_("Repair order"), _("Tries"), _("Done again"), _("Ended"), _("Dispute")),
    ]
    return csv_response(f"reworks-{today(request, at):%Y-%m-%d}.csv", header, _rows(request, at))


@require_safe
@staff(*DESK)
def rework(request: StaffRequest, number: str) -> HttpResponse:
    """Show a rework."""
    found = rework_of(request, number)
    return render(request, PAGE, page(request, found, at=timezone.now()))


def page(request: StaffRequest, rework: ReworkRequest, *, at: datetime) -> dict[str, Any]:
    """Return what the page shows."""
    invoice = Invoice.objects.for_shop(request.shop).with_everything().get(pk=rework.invoice_id)
    checked = _checked_out(rework)
    kept = [
        (each, files.staff_urls(each.file))
        for each in ReworkFile.objects.for_shop(request.shop)
        .filter(rework=rework)
        .select_related("file__intake")
        .order_by("added_at", "pk")
    ]
    return {
        "rework": rework,
        "invoice": invoice,
        "customer": invoice.customer,
        "vehicle": invoice.repair_order.vehicle,
        "lines": list(rework.lines.in_order()),
        "figures": collecting.standing(invoice, at=at).figures,
        "is_late": rework.is_late(at=at),
        "files": [(each, urls) for each, urls in kept if each.by_customer],
        "own_files": [(each, urls) for each, urls in kept if not each.by_customer],
        "checked_out": checked,
        "can_compare": checked is not None and rework.compared_with is not None,
        "actions": rework_actions.of(rework, role=request.actor.role),
        "today": today(request, at),
        "timeline": timelines.merged(list(_events(rework)), _emails(rework)),
    }


def _checked_out(rework: ReworkRequest) -> Inspection | None:
    """Return how the vehicle left after it was done again: the newest finished check-out."""
    if rework.repair_order_id is None:
        return None
    finished = Inspection.objects.for_shop(rework.shop).finished()
    found = finished.filter(repair_order=rework.repair_order_id, stage=Stage.CHECK_OUT)
    return found.order_by("-completed_at", "-number").first()


def _events(rework: ReworkRequest) -> Any:
    links = AccessLink.objects.for_shop(rework.shop).filter(target_id=rework.pk)
    told = [rework.pk, *links.values_list("pk", flat=True)]
    events = AuditEvent.objects.for_shop(rework.shop).to_be_told().filter(target_id__in=told)
    return events.order_by("-sequence")[:_MOST_EVENTS]


def _emails(rework: ReworkRequest) -> list[OutgoingEmail]:
    found = OutgoingEmail.objects.for_shop(rework.shop).filter(target_id=rework.pk)
    return list(found.select_related("link").order_by("-created_at", "id")[:_MOST_EVENTS])


def _rows(request: StaffRequest, at: datetime) -> Iterator[list[Any]]:
    found = _found(request, at).with_everything().order_by("-asked_at", "id")
    for each in found.iterator(chunk_size=_CHUNK):
        invoice = each.invoice
        yield [
            each.number,
            each.get_status_display(),
            invoice.customer.name,
            str(invoice.repair_order.vehicle),
            invoice.number,
            each.amount,
            invoice.currency,
            timezone.localtime(each.asked_at).strftime("%Y-%m-%d %H:%M"),
            timezone.localtime(each.answer_by).strftime("%Y-%m-%d %H:%M"),
            _day(each.answered_at),
            each.get_refusal_reason_display() if each.refusal_reason else "",
            each.repair_order.number if each.repair_order else "",
            each.tries,
            _day(each.delivered_at),
            _day(each.ended_at),
            each.case.number if each.case else "",
        ]


def _day(moment: datetime | None) -> Any:
    return timezone.localtime(moment).date() if moment else None


def _found(request: StaffRequest, at: datetime) -> ReworkQuerySet:
    found: ReworkQuerySet = ReworkRequest.objects.for_shop(request.shop)
    if words := words_of(request):
        found = found.search(words)
    found = narrowing.narrow_reworks(found, request.GET, shop=request.shop)
    match chosen(request, "show", SHOWN):
        case "running":
            return found.running()
        case "answer":
            return found.to_answer()
        case "late":
            return found.late(at=at)
        case show if show in _SHOWS:
            return found.filter(status__in=_SHOWS[show])
    return found
