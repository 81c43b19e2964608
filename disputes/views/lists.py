"""The list of cases: search, views, reasons, sort, sums, CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disputes.models import (
    CaseQuerySet,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    ItemQuerySet,
    ResolverAnswer,
)
from disputes.states import ENDED, AnswerStatus, CaseStatus, FollowUpStatus, ItemState
from disputes.views import narrowing
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.money import ZERO, to_cents
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import (
    Chip,
    Keyset,
    Sort,
    chips,
    chosen,
    is_comparable,
    query_with,
    words_of,
)
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

#: Nothing is added up over more cases than these.
MOST_SUMMED = 10_000
_CHUNK = 500

SHOWN = [
    ("running", gettext_lazy("Running")),
    ("mine", gettext_lazy("Mine")),
    ("late", gettext_lazy("Late")),
    ("new", gettext_lazy("New from customers")),
    ("answered", gettext_lazy("Answer to look at")),
    ("awaiting", gettext_lazy("Waiting for the customer")),
    ("offers", gettext_lazy("Offer made")),
    ("others", gettext_lazy("With others")),
    ("ended", gettext_lazy("Ended")),
]
SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-opened_at", "id")),
    "oldest": Sort(gettext_lazy("Oldest first"), ("opened_at", "id")),
}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the filtered cases come to. ``more``: too many to be added up, nothing was."""

    count: int
    contested: Decimal
    more: bool


@require_safe
@staff(*DESK)
def case_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's cases, page by page."""
    day = today(request, timezone.now())
    found = _found(request, day)
    page = Keyset(request, _with_figures(found, request.shop), sorts=SORTS)
    reasons = _reasons(request)
    return render(
        request,
        "disputes/case_list.html",
        {
            "page": page,
            "rows": page.rows,
            "sums": _sums(found, request.shop),
            "most_summed": MOST_SUMMED,
            "chips": chips(request, "show", SHOWN, everything=_("All")),
            "shown": chosen(request, "show", SHOWN),
            "reason_chips": _reason_chips(request, reasons),
            "reason": dict(reasons).get(request.GET.get("reason", "")),
            "narrowed": narrowing.chips(request),
            "words": words_of(request),
            "today": day,
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out the cases that the filters leave as a CSV file."""
    day = today(request, timezone.now())
    header = [
        *(_("Number"), _("Status"), _("Customer"), _("Vehicle"), _("Reason"), _("Severity")),
        *(_("Opened"), _("Opened by"), _("Who looks after it"), _("Resolver"), _("Follow-up")),
        *(_("Contested"), _("Contested at first"), _("Currency")),
        *(_("Closed"), _("How it ended"), _("Cause")),
    ]
    return csv_response(f"disputes-{day:%Y-%m-%d}.csv", header, _rows(request, day))


def _rows(request: StaffRequest, day: date) -> Iterator[list[Any]]:
    found = _with_figures(_found(request, day), request.shop).order_by("-opened_at", "id")
    for case in found.iterator(chunk_size=_CHUNK):
        yield [
            case.number,
            case.get_status_display(),
            case.customer.name,
            str(case.repair_order.vehicle) if case.repair_order else "",
            str(case.reason),
            case.get_severity_display(),
            timezone.localtime(case.opened_at).date(),
            case.opened_by,
            str(case.owner) if case.owner else "",
            case.resolver_name or case.resolver_email,
            case.next_on,
            to_cents(case.contested),
            to_cents(case.contested_first),
            request.shop.currency,
            timezone.localtime(case.closed_at).date() if case.closed_at else None,
            case.get_closing_code_display(),
            case.get_cause_display(),
        ]


def _with_figures(found: CaseQuerySet, shop: Shop) -> CaseQuerySet:
    """Return cases with ``contested`` now and at first, and the day of the next follow-up.

    Amounts as in the report: in the shop's currency; what is contested again counts once.
    """
    of_case = _items(shop).filter(case=OuterRef("pk")).order_by()
    money = DecimalField(max_digits=12, decimal_places=2)
    now, first = (
        items.values("case").annotate(sum=Sum("amount")).values("sum")
        for items in (
            of_case.filter(state=ItemState.OPEN),
            of_case.with_first().filter(is_first=True),
        )
    )
    upcoming = FollowUp.objects.for_shop(shop).filter(
        case=OuterRef("pk"), status=FollowUpStatus.OPEN
    )
    return found.with_everything().annotate(
        contested=Coalesce(Subquery(now), ZERO, output_field=money),
        contested_first=Coalesce(Subquery(first), ZERO, output_field=money),
        next_on=Subquery(upcoming.order_by("due_on").values("due_on")[:1]),
    )


def _found(request: StaffRequest, day: date) -> CaseQuerySet:
    found: CaseQuerySet = DisputeCase.objects.for_shop(request.shop)
    if words := words_of(request):
        found = found.search(words)
    reason = request.GET.get("reason", "")
    if reason and is_comparable(reason):
        found = found.filter(reason__code=reason)
    found = narrowing.narrow(found, request.GET, shop=request.shop)
    match chosen(request, "show", SHOWN):
        case "running":
            return found.running()
        case "mine":
            return found.running().filter(owner=request.user)
        case "late":
            late = FollowUp.objects.for_shop(request.shop).filter(
                case=OuterRef("pk"), status=FollowUpStatus.OPEN, due_on__lt=day
            )
            return found.running().filter(Exists(late))
        case "new":
            return found.filter(status=CaseStatus.SUBMITTED)
        case "answered":
            waiting = ResolverAnswer.objects.for_shop(request.shop).filter(
                case=OuterRef("pk"), status=AnswerStatus.PENDING
            )
            return found.running().filter(Exists(waiting))
        case "awaiting":
            return found.filter(status=CaseStatus.AWAITING_CUSTOMER)
        case "offers":
            return found.filter(status=CaseStatus.PROPOSAL_OUT)
        case "others":
            return found.filter(status=CaseStatus.ESCALATED)
        case "ended":
            return found.filter(status__in=sorted(ENDED))
    return found


def _sums(found: CaseQuerySet, shop: Shop) -> Sums:
    some = list(found.order_by().values_list("pk", flat=True)[: MOST_SUMMED + 1])
    if len(some) > MOST_SUMMED:
        return Sums(count=0, contested=ZERO, more=True)
    items = _items(shop).filter(case__in=found.order_by(), state=ItemState.OPEN)
    sums = items.aggregate(sum=Sum("amount"))
    return Sums(count=len(some), contested=sums["sum"] or ZERO, more=False)


def _items(shop: Shop) -> ItemQuerySet:
    found: ItemQuerySet = DisputeItem.objects.for_shop(shop).filter(invoice__currency=shop.currency)
    return found


def _reasons(request: StaffRequest) -> list[tuple[str, str]]:
    found = DisputeReason.objects.for_shop(request.shop).order_by("position", "code")
    return [(reason.code, str(reason)) for reason in found]


def _reason_chips(request: StaffRequest, reasons: list[tuple[str, str]]) -> list[Chip]:
    wanted = request.GET.get("reason", "")
    return [
        Chip(_("All reasons"), query_with(request, reason=None), wanted not in dict(reasons)),
        *(Chip(label, query_with(request, reason=code), code == wanted) for code, label in reasons),
    ]
