"""Vehicles that wait in the yard, on today's agenda."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from invoices.models import StorageNotice
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

#: So many days before storage begins to cost something a call is worth it.
_SOON = timedelta(days=1)
_MOST_ROWS = 20


def items(shop: Shop, *, at: datetime) -> Iterator[AgendaItem]:
    """Yield the vehicles whose free days end by tomorrow, and those whose storage runs."""
    today = local_day(at, zone=shop.zone)
    notices = (
        StorageNotice.objects.for_shop(shop)
        .in_force()
        .filter(repair_order__status=RepairOrderStatus.OPEN, first_day__lte=today + _SOON)
        .select_related("repair_order__customer", "repair_order__vehicle")
        .order_by("first_day", "pk")
    )
    for notice in notices[:_MOST_ROWS]:
        order = notice.repair_order
        runs = notice.first_day <= today
        words = (
            _("%(name)s has not collected the vehicle; storage runs")
            if runs
            else _("The free days of %(name)s end today")
        )
        yield AgendaItem(
            title=words % {"name": order.customer.name},
            detail=f"{order.vehicle} · {order.number}",
            url=reverse("storage", args=[order.number]),
            due_at=start_of_day(notice.first_day, zone=shop.zone),
            all_day=True,
            late=runs,
            kind="parking",
        )
