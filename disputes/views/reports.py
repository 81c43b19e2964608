"""Reports of disputes: why, how old, who is asked, how long, how they end, what comes back."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disputes import reporting
from disputes.comebacks import BECAME, BOTH, CUSTOMER, SHOP, Ending
from disputes.reporting import NONE, Report, Share, Size
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.money import format_money
from shopdisputes.web.lists import chips, chosen
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response

PERIODS = [
    ("quarter", gettext_lazy("90 days")),
    ("all", gettext_lazy("From the beginning")),
]
_DAYS = {"quarter": 90, "": 365}
#: Before any shop kept its disputes here.
_BEGINNING = date(1970, 1, 1)
#: A chart of more bars is not read any more; the tables have all.
_MOST_BARS = 12


@require_safe
@staff(*DESK)
def reports(request: StaffRequest) -> HttpResponse:
    """Show the figures of a period as charts, with the same figures in tables below."""
    day = today(request, timezone.now())
    since = _since(request, day)
    found = reporting.report(request.shop, since=since, today=day)
    comebacks = found.comebacks
    return render(
        request,
        "disputes/reports.html",
        {
            "today": day,
            "since": None if since == _BEGINNING else since,
            "period": chosen(request, "period", PERIODS),
            "chips": chips(request, "period", PERIODS, everything=_("12 months")),
            "report": found,
            "whole": found.whole,
            "whole_links": _links(found.whole, {}, since),
            "ages": [(each, _age_link(each)) for each in found.ages],
            "sizes": [(_size_name(each, request.shop.currency), each) for each in found.sizes],
            "reasons": [
                (each, _links(each, {"reason": each.key}, since)) for each in found.reasons
            ],
            "resolvers": [
                (each, _name_of(each), _links(each, {"resolver": each.key}, since))
                for each in found.resolvers
            ],
            "endings": [(each, _ended_link("ended_as", each, since)) for each in found.endings],
            "causes": [(each, _ended_link("cause", each, since)) for each in found.causes],
            "chargebacks": [
                (found.waiting_chargebacks, f"{reverse('chargeback-list')}?show=due"),
                *((each, _bank_link(each, since)) for each in found.chargebacks),
            ],
            "comebacks": comebacks,
            "comeback_links": _comeback_links(since),
            "is_empty": not (
                found.whole.opened or found.whole.running or found.whole.ended or comebacks.asked
            )
            and not any(each.count for each in (*found.chargebacks, found.waiting_chargebacks)),
            "data": _data(request.shop.currency, found),
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest, which: str) -> HttpResponseBase:
    """Hand one of the tables out as a CSV file, for the period that the page shows."""
    if which not in _TABLES:
        raise Http404
    day = today(request, timezone.now())
    found = reporting.report(request.shop, since=_since(request, day), today=day)
    currency = request.shop.currency
    header, rows = _TABLES[which](found)
    return csv_response(
        f"disputes-{which}.csv", [*header, _("Currency")], [[*row, currency] for row in rows]
    )


def _since(request: StaffRequest, day: date) -> date:
    days = _DAYS.get(chosen(request, "period", PERIODS))
    return day - timedelta(days=days - 1) if days else _BEGINNING


def _list(**asked: str) -> str:
    return f"{reverse('dispute-list')}?{urlencode(asked)}"


def _links(share: Share, asked: dict[str, str], since: date) -> dict[str, str]:
    """Return the lists of the cases that make up a share's figures."""
    return {
        "opened": _list(**asked, opened_from=since.isoformat()),
        "running": _list(**asked, show="running"),
        "ended": _list(**asked, show="ended", closed_from=since.isoformat()),
    }


def _age_link(age: reporting.Age) -> str:
    asked = {"show": "running", "opened_until": age.opened_until.isoformat()}
    if age.opened_from is not None:
        asked["opened_from"] = age.opened_from.isoformat()
    return _list(**asked)


def _ended_link(name: str, ending: Ending, since: date) -> str:
    return _list(**{name: ending.key}, show="ended", closed_from=since.isoformat())


def _bank_link(ending: Ending, since: date) -> str:
    asked = {"ended_as": ending.key, "closed_from": since.isoformat()}
    return f"{reverse('chargeback-list')}?{urlencode(asked)}"


def _comeback_links(since: date) -> dict[str, str]:
    """Return the lists of requests that make up the figures of work that comes back."""
    url, asked = reverse("rework-list"), {"asked_from": since.isoformat()}
    links = {name: f"{url}?{urlencode({**asked, 'became': name})}" for name in BECAME}
    return {"asked": f"{url}?{urlencode(asked)}", **links}


def _size_name(size: Size, currency: str) -> str:
    language = get_language() or "en"
    low = format_money(size.low, currency=currency, language=language)
    if size.high is None:
        return _("%(amount)s and more") % {"amount": low}
    high = format_money(size.high, currency=currency, language=language)
    if not size.low:
        return _("Less than %(amount)s") % {"amount": high}
    return _("%(low)s to less than %(high)s") % {"low": low, "high": high}


def _name_of(share: Share) -> str:
    return _("Nobody named") if share.key == NONE else share.label


Table = tuple[list[str], Iterable[list[Any]]]


def _ages_table(found: Report) -> Table:
    return (
        [_("Age"), _("Cases"), _("Contested")],
        ([each.label, each.count, each.contested] for each in found.ages),
    )


def _sizes_table(found: Report) -> Table:
    return (
        [_("From"), _("To less than"), _("Cases"), _("Contested at first")],
        ([each.low, each.high, each.count, each.contested] for each in found.sizes),
    )


def _shares_table(first: str, shares: Iterable[tuple[str, Share]]) -> Table:
    header = [
        *(
            first,
            pgettext("cases", "Opened"),
            _("Contested at first"),
            pgettext("cases", "Running"),
            _("Contested now"),
        ),
        *(pgettext("cases", "Ended"), _("Half within days"), _("Nine of ten within days")),
    ]
    rows = (
        [
            *(name, each.opened, each.contested, each.running, each.contested_now),
            *(each.ended, each.median, each.ninetieth),
        ]
        for name, each in shares
    )
    return header, rows


def _reasons_table(found: Report) -> Table:
    return _shares_table(_("Reason"), ((each.label, each) for each in found.reasons))


def _resolvers_table(found: Report) -> Table:
    return _shares_table(_("Resolver"), ((_name_of(each), each) for each in found.resolvers))


def _endings_table(first: str, amount: str, endings: Iterable[Ending]) -> Table:
    return [first, _("How many"), amount], (
        [each.label, each.count, each.amount] for each in endings
    )


def _outcomes_table(found: Report) -> Table:
    return _endings_table(_("How it ended"), _("Contested at first"), found.endings)


def _causes_table(found: Report) -> Table:
    return _endings_table(_("Cause"), _("Contested at first"), found.causes)


def _chargebacks_table(found: Report) -> Table:
    rows = (found.waiting_chargebacks, *found.chargebacks)
    return _endings_table(_("Chargebacks"), _("Amount"), rows)


def _comebacks_table(found: Report) -> Table:
    each = found.comebacks
    header = [
        *(_("Asked for"), _("Done again, and right"), _("Done again, and still not right")),
        *(_("Not done again"), pgettext("cases", "Running"), _("Invoices"), _("Visits completed")),
        *(_("Of 100 invoices"), _("Of 100 visits"), _("Visits that were completed")),
    ]
    row = [
        *(each.asked, each.fixed, each.not_fixed, each.without, each.running),
        *(each.invoices, each.visits.completed),
        *(each.rate, each.rate_of_visits, each.visits.rate),
    ]
    return header, [row]


_TABLES: dict[str, Callable[[Report], Table]] = {
    "ages": _ages_table,
    "sizes": _sizes_table,
    "reasons": _reasons_table,
    "resolvers": _resolvers_table,
    "outcomes": _outcomes_table,
    "causes": _causes_table,
    "chargebacks": _chargebacks_table,
    "comebacks": _comebacks_table,
}


def _data(currency: str, found: Report) -> dict[str, Any]:
    """Return what the charts draw, with every word in it."""
    reasons = [each for each in found.reasons if each.opened or each.running][:_MOST_BARS]
    timed = [each for each in found.reasons if each.ended][:_MOST_BARS]
    cases = [(str(each.label), each) for each in found.endings if each.count]
    # "Won" alone would be read of a case: the chart has both.
    banks = [
        (f"{_('Chargeback')} · {each.label}", each) for each in found.chargebacks if each.count
    ]
    ended = cases + banks
    asked = found.resolvers[:_MOST_BARS]
    decided = (found.waiting_chargebacks, *found.chargebacks)
    comebacks = found.comebacks
    return {
        "currency": currency,
        "language": get_language() or "en",
        "ages": {
            "labels": [str(each.label) for each in found.ages],
            "series": [_series(_("Contested"), "warn", (each.contested for each in found.ages))],
        },
        "sizes": {
            "unit": "number",
            "labels": [_size_name(each, currency) for each in found.sizes],
            "series": [_series(_("Cases"), "accent", (each.count for each in found.sizes))],
        },
        "reasons": {
            "unit": "number",
            "labels": [each.label for each in reasons],
            "series": [
                _series(pgettext("cases", "Opened"), "accent", (each.opened for each in reasons)),
                _series(pgettext("cases", "Running"), "warn", (each.running for each in reasons)),
            ],
        },
        "times": {
            "unit": "number",
            "labels": [each.label for each in timed],
            "series": [
                _series(_("Half within days"), "accent", (each.median for each in timed)),
                _series(_("Nine of ten within days"), "warn", (each.ninetieth for each in timed)),
            ],
        },
        "outcomes": {
            "labels": [label for label, _each in ended],
            "series": [
                _series(label, tone, (_if(each, verdict) for _label, each in ended))
                for label, tone, verdict in (
                    (_("For the shop"), "good", SHOP),
                    (_("In part"), "warn", BOTH),
                    (_("For the customer"), "bad", CUSTOMER),
                )
            ],
        },
        "chargebacks": {
            "labels": [str(each.label) for each in decided],
            "series": [_series(_("Amount"), "accent", (each.amount for each in decided))],
        },
        "causes": {
            "unit": "number",
            "labels": [str(each.label) for each in found.causes],
            "series": [_series(_("Cases"), "accent", (each.count for each in found.causes))],
        },
        "resolvers": {
            "unit": "number",
            "labels": [_name_of(each) for each in asked],
            "series": [
                _series(pgettext("cases", "Opened"), "accent", (each.opened for each in asked)),
                _series(pgettext("cases", "Running"), "warn", (each.running for each in asked)),
            ],
        },
        "comebacks": {
            "unit": "number",
            "labels": [
                *(_("Done again, and right"), _("Done again, and still not right")),
                *(_("Not done again"), pgettext("cases", "Running")),
            ],
            "series": [
                _series(
                    _("How many"),
                    "accent",
                    (comebacks.fixed, comebacks.not_fixed, comebacks.without, comebacks.running),
                )
            ],
        },
        "rates": {
            "unit": "number",
            "labels": [_("Of 100 invoices"), _("Of 100 visits"), _("Visits that were completed")],
            "series": [
                _series(
                    "%",
                    "accent",
                    (comebacks.rate, comebacks.rate_of_visits, comebacks.visits.rate),
                )
            ],
        },
    }


def _if(ending: Ending, verdict: str) -> Decimal:
    return ending.amount if ending.verdict == verdict else Decimal(0)


def _series(label: str, tone: str, values: Iterable[Decimal | int | None]) -> dict[str, Any]:
    return {"label": label, "tone": tone, "values": [float(value or 0) for value in values]}
