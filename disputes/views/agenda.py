"""Everything that is to be followed up, by person and day, the late ones first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disputes.models import DisputeItem, FollowUp
from disputes.states import FollowUpStatus, ItemState
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.dates import local_day
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Membership
from shopdisputes.web.contributions import AgendaItem, contributions
from shopdisputes.web.lists import Chip, chips, chosen, query_with
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import csv_response

#: More than these are not read through on one page; the CSV has all of them.
_MOST_ROWS = 300
WHEN = [
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Due today")),
    ("week", gettext_lazy("Within 7 days")),
]
_NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Day:
    """The follow-ups of one person on one day."""

    on: date
    late: bool
    follow_ups: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Person:
    """The follow-ups of one person, by day; ``name`` is empty for nobody's."""

    name: str
    late: int
    days: Sequence[Day]


@dataclass(frozen=True, kw_only=True)
class OtherDay:
    """What else is due on one day, for whoever is at the desk."""

    on: date
    late: bool
    items: Sequence[AgendaItem]


@require_safe
@staff(*DESK)
def agenda(request: StaffRequest) -> HttpResponse:
    """Show who follows up what on which day, and what else is due."""
    at = timezone.now()
    day = today(request, at)
    found = _found(request, day)
    rows = list(found[: _MOST_ROWS + 1])
    return render(
        request,
        "disputes/agenda.html",
        {
            "people": list(_by_person(rows[:_MOST_ROWS], day)),
            "more": len(rows) > _MOST_ROWS,
            "others": list(_others(request, day, at)),
            "chips": chips(request, "when", WHEN, everything=_("All days")),
            "person_chips": _people(request),
            "filtered": bool(request.GET.get("when") or request.GET.get("person")),
            "today": day,
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out the follow-ups that the filters leave as a CSV file."""
    day = today(request, timezone.now())
    header = [
        *(_("Person"), _("Day"), _("Days late"), _("What to do"), _("Case"), _("Status")),
        *(_("Customer"), _("Reason"), _("Resolver"), _("Contested"), _("Currency")),
    ]
    return csv_response(f"follow-ups-{day:%Y-%m-%d}.csv", header, _rows(request, day))


def _rows(request: StaffRequest, day: date) -> Iterator[list[Any]]:
    for each in _found(request, day).iterator(chunk_size=500):
        case = each.case
        yield [
            str(each.person) if each.person else "",
            each.due_on,
            max(0, (day - each.due_on).days),
            each.note,
            case.number,
            case.get_status_display(),
            case.customer.name,
            str(case.reason),
            case.resolver_name or case.resolver_email,
            each.contested,
            request.shop.currency,
        ]


def _found(request: StaffRequest, day: date) -> QuerySet[Any]:
    """Return the open follow-ups with what is contested; nobody's come last."""
    contested = (
        DisputeItem.objects.for_shop(request.shop)
        .filter(case=OuterRef("case"), state=ItemState.OPEN)
        .order_by()
        .values("case")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    found = (
        FollowUp.objects.for_shop(request.shop)
        .filter(status=FollowUpStatus.OPEN)
        .select_related("person", "case__customer", "case__reason")
        .annotate(
            contested=Coalesce(
                Subquery(contested), ZERO, output_field=DecimalField(decimal_places=2)
            )
        )
        .order_by("person__name", "person", "due_on", "created_at", "pk")
    )
    match chosen(request, "when", WHEN):
        case "late":
            found = found.filter(due_on__lt=day)
        case "today":
            found = found.filter(due_on=day)
        case "week":
            found = found.filter(due_on__lte=day + timedelta(days=7))
    wanted = request.GET.get("person", "")
    if wanted == _NOBODY:
        found = found.filter(person=None)
    elif key := object_id(wanted):
        member = Q(person__memberships__pk=key, person__memberships__shop=request.shop)
        found = found.filter(member)
    return found


def _by_person(rows: Sequence[Any], day: date) -> Iterator[Person]:
    people = []
    for _key, group in groupby(rows, key=lambda each: each.person_id):
        of_person = list(group)
        # Late ones first: they are the earliest anyway, day by day.
        days = [
            Day(on=on, late=on < day, follow_ups=list(each))
            for on, each in groupby(of_person, key=lambda each: each.due_on)
        ]
        person = of_person[0].person
        people.append(
            Person(
                name=str(person) if person else "",
                late=sum(each.due_on < day for each in of_person),
                days=days,
            )
        )
    # Who is behind stands above who is not; nobody's are everybody's, so they come first.
    yield from sorted(people, key=lambda person: (bool(person.name), -person.late, person.name))


def _others(request: StaffRequest, day: date, at: datetime) -> Iterator[OtherDay]:
    """Yield answers, approvals, calls and deadlines by day, the late ones first: nobody's own."""
    if request.GET.get("person", "") not in ("", _NOBODY):
        return
    zone = request.shop.zone
    cases = reverse("dispute-list")
    found = [
        (not item.late, local_day(item.due_at, zone=zone) if item.due_at else day, item)
        for part in contributions()
        for item in part.agenda(request.shop, request.actor, at)
        # Each running case has its follow-up, which stands above.
        if not item.url.startswith(cases) or "#" in item.url
    ]
    when = chosen(request, "when", WHEN)
    last = {"today": day, "week": day + timedelta(days=7)}.get(when, date.max)
    wanted = [
        each
        for each in found
        if each[1] <= last
        and (when != "late" or each[2].late)
        and (when != "today" or not each[2].late)
    ]
    wanted.sort(key=lambda each: each[:2])
    for (soon, on), group in groupby(wanted, key=lambda each: each[:2]):
        yield OtherDay(on=on, late=not soon, items=[item for _soon, _on, item in group])


def _people(request: StaffRequest) -> list[Chip]:
    """Return the team as a filter, who asks first."""
    wanted = request.GET.get("person", "")
    members = list(
        Membership.objects.for_shop(request.shop)
        .filter(is_active=True, role__in=DESK)
        .select_related("user")
        .order_by("created_at")
    )
    members.sort(key=lambda member: member.pk != request.membership.pk)
    names: list[tuple[str, Any]] = [
        (str(member.pk), _("Mine") if member.pk == request.membership.pk else str(member.user))
        for member in members
    ]
    names.append((_NOBODY, _("Nobody's")))
    return [
        Chip(_("Everybody"), query_with(request, person=None), wanted not in dict(names)),
        *(Chip(name, query_with(request, person=key), key == wanted) for key, name in names),
    ]
