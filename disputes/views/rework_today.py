"""What of reworks waits for the desk today."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.states import ReworkStatus
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

#: Of each kind so many rows; the list of reworks shows the rest.
_MOST_ROWS = 10


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return requests to answer, vehicles that come, and checks that nobody answered."""
    if actor.role not in DESK:
        return []
    return [*_to_answer(shop, at), *_appointments(shop, at), *_unchecked(shop, at)]


def _to_answer(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    found = _reworks(shop).to_answer().order_by("answer_by", "pk")
    for each in found[:_MOST_ROWS]:
        again = each.status == ReworkStatus.NOT_FIXED
        words = _("%(name)s says it is still not right") if again else _("%(name)s wants it again")
        yield AgendaItem(
            title=words % {"name": each.invoice.customer.name},
            detail=_detail(each),
            url=reverse("rework", args=[each.number]),
            due_at=each.answer_by,
            late=each.answer_by <= at,
            kind="refresh",
        )


def _appointments(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    today = local_day(at, zone=shop.zone)
    waiting = _reworks(shop).filter(
        status__in=[ReworkStatus.ACCEPTED, ReworkStatus.NOT_FIXED], answered_at__isnull=False
    )
    for each in waiting.filter(appointment_on__lte=today).order_by("appointment_on", "pk")[
        :_MOST_ROWS
    ]:
        assert each.appointment_on is not None
        yield AgendaItem(
            title=_("%(vehicle)s comes to be done again")
            % {"vehicle": each.invoice.repair_order.vehicle},
            detail=_detail(each),
            url=reverse("rework", args=[each.number]),
            due_at=start_of_day(each.appointment_on, zone=shop.zone),
            all_day=True,
            late=each.appointment_on < today,
            kind="car",
        )
    for each in waiting.filter(appointment_on=None).order_by("answered_at", "pk")[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("Agree on a day with %(name)s") % {"name": each.invoice.customer.name},
            detail=_detail(each),
            url=reverse("rework-appointment", args=[each.number]),
            due_at=each.answered_at,
            kind="calendar",
        )


def _unchecked(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    today = local_day(at, zone=shop.zone)
    found = _reworks(shop).filter(status=ReworkStatus.DELIVERED, check_until__lt=today)
    for each in found.order_by("check_until", "pk")[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("Ask %(name)s whether it is in order") % {"name": each.invoice.customer.name},
            detail=_detail(each),
            url=reverse("rework", args=[each.number]),
            due_at=start_of_day(each.check_until, zone=shop.zone) if each.check_until else None,
            all_day=True,
            late=True,
            kind="phone",
        )


def _detail(rework: ReworkRequest) -> str:
    return f"{rework.number} · {rework.invoice.number}"


def _reworks(shop: Shop) -> ReworkQuerySet:
    return ReworkRequest.objects.for_shop(shop).with_everything()
