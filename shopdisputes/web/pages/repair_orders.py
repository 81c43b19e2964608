"""Repair orders: the list, one order with its whole life, and its ends."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Min
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers import vin
from shopdisputes.errors import DomainError
from shopdisputes.jurisdictions import profiles
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder, RepairOrderQuerySet
from shopdisputes.repairorders.states import TRANSITIONS, RepairOrderStatus
from shopdisputes.web import calling_off, closing, lists, timelines
from shopdisputes.web.contributions import Step, Words, contributions
from shopdisputes.web.forms.repair_orders import NoteForm, ReasonForm, RepairOrderForm
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response, refused, see_other, status_of

SORTS = {
    "newest": lists.Sort(gettext_lazy("Newest"), ("-opened_at", "id")),
    "oldest": lists.Sort(gettext_lazy("Oldest"), ("opened_at", "id")),
    "customer": lists.Sort(gettext_lazy("Customer"), ("customer__name", "-opened_at", "id")),
}
_TIMELINE_ROWS = 200
_OPENING = Step(gettext_lazy("Opened"), frozenset({"repair_order.opened"}))


@dataclass(frozen=True)
class Reached:
    """A station of the order's life, with the moment at which it was first reached."""

    label: Words
    at: datetime | None


@dataclass(frozen=True)
class Ending:
    """A button that ends or reopens the order, and the dialog behind it."""

    action: str
    label: Words
    title: Words
    text: Words
    needs_reason: bool
    tone: str = "primary"


_ENDINGS = {
    "close": Ending(
        "close",
        gettext_lazy("Close"),
        gettext_lazy("Close this repair order?"),
        gettext_lazy("The vehicle is gone and the visit is over. It can be reopened."),
        needs_reason=False,
    ),
    "cancel": Ending(
        "cancel",
        gettext_lazy("Cancel the order"),
        gettext_lazy("Cancel this repair order?"),
        gettext_lazy("The visit is called off. Everything recorded so far stays."),
        needs_reason=True,
        tone="danger",
    ),
    "reopen": Ending(
        "reopen",
        gettext_lazy("Reopen"),
        gettext_lazy("Reopen this repair order?"),
        gettext_lazy("Work on this visit goes on."),
        needs_reason=True,
    ),
}


def order_or_404(request: StaffRequest, number: str) -> RepairOrder:
    """Return a repair order of the shop that is being worked in."""
    return get_object_or_404(
        RepairOrder.objects.for_shop(request.shop).select_related("shop", "customer", "vehicle"),
        number=number,
    )


def _found(request: StaffRequest) -> RepairOrderQuerySet:
    orders = RepairOrder.objects.for_shop(request.shop).select_related("customer", "vehicle")
    if status := lists.chosen(request, "status", RepairOrderStatus.choices):
        orders = orders.filter(status=status)
    words = lists.words_of(request)
    return orders.search(words) if words else orders


@require_safe
@staff()
def repair_order_list(request: StaffRequest) -> HttpResponseBase:
    """Find a repair order by number, customer, plate or car."""
    return render(
        request,
        "repair_orders/list.html",
        {
            "page": lists.Keyset(request, _found(request), sorts=SORTS),
            "words": lists.words_of(request),
            "chips": lists.chips(request, "status", RepairOrderStatus.choices, everything=_("All")),
            "filtered": any(request.GET.get(name) for name in ("q", "status")),
            "may_write": request.actor.role in DESK,
        },
    )


@require_safe
@staff(*DESK)
def repair_order_export(request: StaffRequest) -> HttpResponseBase:
    """Everything that the list's filters find, as CSV."""
    header = [
        _("number"),
        _("status"),
        _("opened"),
        _("closed"),
        _("customer"),
        _("plate"),
        _("vehicle"),
        _("VIN"),
        _("odometer"),
        _("concern"),
    ]
    rows = (
        [
            order.number,
            order.get_status_display(),
            timezone.localtime(order.opened_at).isoformat(timespec="minutes"),
            timezone.localtime(order.closed_at).isoformat(timespec="minutes")
            if order.closed_at
            else "",
            order.customer.name,
            order.vehicle.plate,
            f"{order.vehicle.make} {order.vehicle.model}",
            order.vehicle.vin,
            order.odometer,
            order.concern,
        ]
        for order in _found(request).order_by("-opened_at", "id").iterator(chunk_size=500)
    )
    return csv_response("repair-orders.csv", header, rows)


@require_safe
@staff()
def repair_order(request: StaffRequest, number: str) -> HttpResponseBase:
    """Everything about one visit."""
    return render(
        request, "repair_orders/detail.html", _context(request, order_or_404(request, number))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def repair_order_edit(request: StaffRequest, number: str) -> HttpResponseBase:
    """Correct what was noted at check-in."""
    order = order_or_404(request, number)
    form = RepairOrderForm(request.POST if request.method == "POST" else None, instance=copy(order))
    context = {"form": form, "order": order}
    if request.method != "POST":
        return render(request, "repair_orders/edit.html", context)
    if not form.is_valid():
        return refused(request, "repair_orders/edit.html", context)
    try:
        services.change(
            repair_order=order,
            concern=form.cleaned_data["concern"],
            odometer=form.cleaned_data["odometer"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, "repair_orders/edit.html", context, error)
    messages.success(request, _("Saved."))
    return see_other("repair-order", number=order.number)


@require_POST
@staff(*DESK)
def repair_order_close(request: StaffRequest, number: str) -> HttpResponseBase:
    """End the visit: the vehicle is gone."""

    def close(order: RepairOrder, reason: str) -> None:
        closing.close(repair_order=order, note=reason, by=request.actor, at=timezone.now())

    return _end(request, number, "close", close, done=_("The repair order is closed."))


@require_POST
@staff(*DESK)
def repair_order_cancel(request: StaffRequest, number: str) -> HttpResponseBase:
    """Call the visit off, with a reason."""

    def cancel(order: RepairOrder, reason: str) -> None:
        calling_off.cancel(repair_order=order, reason=reason, by=request.actor, at=timezone.now())

    return _end(request, number, "cancel", cancel, done=_("The repair order is cancelled."))


@require_POST
@staff(*DESK)
def repair_order_reopen(request: StaffRequest, number: str) -> HttpResponseBase:
    """Go on with the visit, with a reason."""

    def reopen(order: RepairOrder, reason: str) -> None:
        services.reopen(repair_order=order, reason=reason, by=request.actor, at=timezone.now())

    return _end(request, number, "reopen", reopen, done=_("The repair order is open again."))


def _end(
    request: StaffRequest,
    number: str,
    action: str,
    act: Callable[[RepairOrder, str], None],
    *,
    done: str,
) -> HttpResponseBase:
    order = order_or_404(request, number)
    form = (ReasonForm if _ENDINGS[action].needs_reason else NoteForm)(request.POST)
    if not form.is_valid():
        context = _context(request, order) | {
            "open_dialog": action,
            "reason": request.POST.get("reason", ""),
            "reason_error": " ".join(str(problem) for problem in form.errors.get("reason", [])),
        }
        return render(request, "repair_orders/detail.html", context, status=422)
    try:
        act(order, form.cleaned_data["reason"])
    except DomainError as error:
        context = _context(request, order_or_404(request, number))
        return render(
            request,
            "repair_orders/detail.html",
            context | {"error_message": error.message},
            status=status_of(error),
        )
    messages.success(request, done)
    return see_other("repair-order", number=order.number)


def _context(request: StaffRequest, order: RepairOrder) -> dict[str, Any]:
    events = AuditEvent.objects.for_shop(request.shop).timeline(repair_order_id=order.pk)
    emails = OutgoingEmail.objects.none()
    if request.actor.role in DESK:
        emails = OutgoingEmail.objects.for_shop(request.shop).filter(repair_order_id=order.pk)
    actions = TRANSITIONS.actions(state=order.status, role=request.actor.role)
    panels = [
        panel for part in contributions() for panel in part.repair_order_panels(request, order)
    ]
    return {
        "order": order,
        "next_step": max(
            (panel.next_step for panel in panels if panel.next_step),
            key=lambda step: step.position,
            default=None,
        ),
        "vin_warning": vin.lasting_warning(order.vehicle.vin),
        "steps": _steps(request, order),
        "panels": panels,
        "endings": [_ENDINGS[action] for action in actions],
        "call_off_notes": calling_off.notes(order) if "cancel" in actions else [],
        "close_notes": closing.notes(order) if "close" in actions else [],
        "may_write": request.actor.role in DESK,
        "profile_name": profiles.name_of(order.profile),
        "profile_status": profiles.ProfileStatus(order.profile["status"]).label,
        "entries": timelines.merged(
            events[:_TIMELINE_ROWS],
            emails.select_related("link").order_by("-created_at")[:_TIMELINE_ROWS],
        ),
    }


def _steps(request: StaffRequest, order: RepairOrder) -> list[Reached]:
    """Return the stations of the order's life; what was never recorded was not reached."""
    offered = (step for part in contributions() for step in part.steps)
    steps = [_OPENING, *sorted(offered, key=lambda step: step.position)]
    wanted = {action for step in steps for action in step.actions}
    # One grouped query, whatever the number of stations.
    recorded = list(
        AuditEvent.objects.for_shop(request.shop)
        .filter(repair_order_id=order.pk, action__in=wanted)
        .values_list("action", "data__stage")
        .annotate(first=Min("at"))
    )
    reached = [
        Reached(
            step.label,
            min(
                (
                    first
                    for action, stage, first in recorded
                    if action in step.actions and step.stage in ("", stage)
                ),
                default=None,
            ),
        )
        for step in steps
    ]
    end = _("Cancelled") if order.status == RepairOrderStatus.CANCELLED else _("Closed")
    return [*reached, Reached(end, order.closed_at)]
