"""Reports: how old what is owed is, what comes in a month, how visits end, who owes most."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from invoices import collecting, reporting
from invoices.models import Hold, Invoice
from invoices.services import cancelling
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

#: Of a shop with more held invoices than these, the oldest are looked at.
_MOST_HELD = 10_000
#: The days over which it is counted how visits ended.
_COMPLETION_DAYS = 365


@require_safe
@staff(*DESK)
def reports(request: StaffRequest) -> HttpResponse:
    """Show the shop's figures as charts, with the same figures in tables below."""
    at = timezone.now()
    day = today(request, at)
    ageing = reporting.ageing(request.shop, today=day, held=_held(request.shop, at=at))
    months = reporting.months(request.shop, today=day)
    since = day - timedelta(days=_COMPLETION_DAYS - 1)
    return render(
        request,
        "invoices/reports.html",
        {
            "today": day,
            "ageing": ageing,
            "owed": sum((each.balance for each in ageing), ZERO),
            "owed_count": sum(each.count for each in ageing),
            "overdue": sum((each.balance for each in ageing[1:]), ZERO),
            "held": sum((each.held for each in ageing), ZERO),
            "months": [(_month(each.first_day), each) for each in months],
            "this_month": months[-1],
            "completion": cancelling.completion_rate(request.shop, since=since, until=day),
            "unallocated": reporting.unallocated(request.shop),
            "debtors": reporting.debtors(request.shop),
            "data": _data(request.shop, ageing, months),
            "panels": panels_on("reports", request, request.shop),
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest, which: str) -> HttpResponseBase:
    """Hand one of the tables out as a CSV file."""
    at = timezone.now()
    day = today(request, at)
    currency = request.shop.currency
    if which == "ageing":
        buckets = reporting.ageing(request.shop, today=day, held=_held(request.shop, at=at))
        return csv_response(
            "ageing.csv",
            [_("Age"), _("Invoices"), _("Owed"), _("Held back"), _("Collectible"), _("Currency")],
            [
                [each.label, each.count, each.balance, each.held, each.collectible, currency]
                for each in buckets
            ],
        )
    if which == "months":
        return csv_response(
            "months.csv",
            [
                *(_("Month"), _("Invoiced"), _("Credited"), _("Charges for being late")),
                *(_("Collected"), _("Currency")),
            ],
            [
                [
                    f"{each.first_day:%Y-%m}",
                    each.invoiced,
                    each.credited,
                    each.charged,
                    each.collected,
                    currency,
                ]
                for each in reporting.months(request.shop, today=day)
            ],
        )
    if which == "debtors":
        rows, words = reporting.debtors(request.shop), [_("Owed"), _("Invoices"), _("Oldest due")]
    elif which == "unallocated":
        rows = reporting.unallocated(request.shop).customers
        words = [_("Unallocated"), _("Payments"), _("Oldest received")]
    else:
        raise Http404
    return csv_response(
        f"{which}.csv",
        [_("Customer"), *words, _("Currency")],
        ([each.name, each.amount, each.count, each.oldest, currency] for each in rows),
    )


def _held(shop: Shop, *, at: datetime) -> Iterator[tuple[date, Decimal]]:
    """Yield what of open invoices nobody may ask for, each with its day due."""
    holds = Hold.objects.for_shop(shop).active(at=at).filter(invoice=OuterRef("pk"))
    invoices = list(
        Invoice.objects.for_shop(shop)
        .open_items()
        .filter(Exists(holds))
        .select_related("shop")
        .order_by("due_on", "id")[:_MOST_HELD]
    )
    standings = collecting.of(invoices, at=at)
    for invoice in invoices:
        yield invoice.due_on, invoice.balance - standings[invoice.pk].figures.collectible


def _month(first_day: date) -> str:
    return str(format_date(first_day, "LLL y", locale=get_language() or "en")).capitalize()


def _data(
    shop: Shop, ageing: tuple[reporting.Bucket, ...], months: tuple[reporting.Month, ...]
) -> dict[str, Any]:
    """Return what the charts draw, with every word in it."""
    return {
        "currency": shop.currency,
        "language": get_language() or "en",
        "ageing": {
            "labels": [str(each.label) for each in ageing],
            "series": [
                {
                    "label": _("Collectible"),
                    "tone": "accent",
                    "values": [float(each.collectible) for each in ageing],
                },
                {
                    "label": _("Disputed, promised or held"),
                    "tone": "warn",
                    "values": [float(each.held) for each in ageing],
                },
            ],
        },
        "months": {
            "labels": [
                str(format_date(each.first_day, "LLL yy", locale=get_language() or "en"))
                for each in months
            ],
            "series": [
                {
                    "label": _("Invoiced, less credit notes"),
                    "tone": "accent",
                    "values": [float(each.invoiced - each.credited) for each in months],
                },
                {
                    "label": _("Collected, less refunds"),
                    "tone": "good",
                    "values": [float(each.collected) for each in months],
                },
            ],
        },
    }
