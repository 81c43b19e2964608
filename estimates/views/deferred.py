"""Deferred work: what customers put off, to be offered again when they come back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from estimates import deferred
from estimates.models import LineAnswer
from estimates.states import Answer
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import Keyset, Sort, chips, chosen, words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

_ORDER = "line__revision__estimate__repair_order"
SORTS = {
    "customer": Sort(
        gettext_lazy("By customer"),
        (f"{_ORDER}__customer__name", f"{_ORDER}__vehicle__id", "id"),
    ),
    "newest": Sort(gettext_lazy("Newest first"), ("-authorization__at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("authorization__at", "id")),
}
ANSWERS = [
    (Answer.DEFERRED.value, Answer.DEFERRED.label),
    (Answer.DECLINED.value, Answer.DECLINED.label),
]


@dataclass(frozen=True, kw_only=True)
class Work:
    """A piece of deferred work. ``amount`` is what it would have cost, with tax."""

    answer: LineAnswer
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class VehicleWork:
    """What one vehicle still needs, and the open order on which it could be proposed again."""

    customer: Customer
    vehicle: Vehicle
    works: list[Work]
    order: RepairOrder | None


@require_safe
@staff()
def deferred_work(request: StaffRequest) -> HttpResponse:
    """Show deferred work by vehicle."""
    page = Keyset(request, _found(request), sorts=SORTS)
    return render(
        request,
        "estimates/deferred_work.html",
        {
            "page": page,
            "groups": list(_by_vehicle(request.shop, page.rows)),
            "chips": chips(request, "answer", ANSWERS, everything=_("All")),
            "words": words_of(request),
            "answer": chosen(request, "answer", ANSWERS),
            "may_write": request.actor.role in DESK,
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file."""
    answers = {answer.value: str(answer.label) for answer in Answer}
    return csv_response(
        "deferred-work.csv",
        [
            _("Customer"),
            _("Phone"),
            _("E-mail"),
            _("Vehicle"),
            _("Work"),
            _("Why"),
            _("Answer"),
            _("Since"),
            _("Amount with tax"),
            _("Currency"),
            _("Estimate"),
        ],
        _rows(_found(request), shop=request.shop, answers=answers),
    )


def _rows(
    found: Iterable[LineAnswer], *, shop: Shop, answers: Mapping[str, str]
) -> Iterator[list[Any]]:
    """Yield the rows. They are fetched when the view's language and time zone are gone."""
    for answer in found:
        customer = deferred.customer_of(answer)
        yield [
            customer.name,
            customer.phone,
            customer.email,
            str(deferred.vehicle_of(answer)),
            answer.line.description,
            answer.line.reason,
            answers[answer.answer],
            local_day(deferred.put_off_at(answer), zone=shop.zone),
            deferred.amount_of(answer),
            shop.currency,
            answer.line.revision.estimate.number,
        ]


def _found(request: StaffRequest) -> Any:
    words = words_of(request)
    found = deferred.work(shop=request.shop, words=words)
    if answer := chosen(request, "answer", ANSWERS):
        found = found.filter(answer=answer)
    return found


def _by_vehicle(shop: Shop, rows: Iterable[LineAnswer]) -> Iterator[VehicleWork]:
    """Group neighbouring rows by vehicle."""
    rows = list(rows)
    open_orders = _open_orders(shop, {deferred.vehicle_of(answer).pk for answer in rows})
    for vehicle, answers in groupby(rows, key=deferred.vehicle_of):
        works = [Work(answer=each, amount=deferred.amount_of(each)) for each in answers]
        yield VehicleWork(
            customer=deferred.customer_of(works[0].answer),
            vehicle=vehicle,
            works=works,
            order=open_orders.get(vehicle.pk),
        )


def _open_orders(shop: Shop, vehicle_ids: set[UUID]) -> dict[UUID, RepairOrder]:
    """Return the newest open order of each vehicle that has one."""
    orders = (
        RepairOrder.objects.for_shop(shop)
        .filter(vehicle__in=vehicle_ids, status=RepairOrderStatus.OPEN)
        .order_by("opened_at")
    )
    return {order.vehicle_id: order for order in orders}
