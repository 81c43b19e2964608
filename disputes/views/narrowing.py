"""Narrowing lists down to what makes up a figure of the reports."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from disputes.comebacks import BECAME
from disputes.models import CaseQuerySet
from disputes.models.chargebacks import ChargebackQuerySet
from disputes.models.reworks import ReworkQuerySet
from disputes.reporting import NONE
from disputes.states import Cause, ChargebackStatus, ClosingCode
from shopdisputes.dates import end_of_day, format_day, start_of_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import Chip, is_comparable, query_with
from shopdisputes.web.requests import StaffRequest

#: What an address may say beside the filters that the list shows; days are the shop's.
_DAYS = {
    "opened_from": "opened_at__gte",
    "opened_until": "opened_at__lt",
    "closed_from": "closed_at__gte",
    "closed_until": "closed_at__lt",
}


def narrow(found: CaseQuerySet, asked: Mapping[str, str], *, shop: Shop) -> CaseQuerySet:
    """Return those of the cases that fit what an address asks for; nonsense is passed over."""
    found = found.filter(_in_days(asked, _DAYS, shop=shop))
    if (resolver := asked.get("resolver", "")) and is_comparable(resolver):
        found = found.filter(_of_resolver(resolver))
    if (cause := asked.get("cause", "")) in (*Cause.values, NONE):
        found = found.filter(cause="" if cause == NONE else cause)
    if (code := asked.get("ended_as", "")) in ClosingCode.values:
        found = found.filter(closing_code=code)
    return found


def chips(request: StaffRequest) -> list[Chip]:
    """Return what a report's figure asked for, in words; a click takes it away."""
    return [
        Chip(words, query_with(request, **{name: None}), True)
        for name, words in _told(request.GET, language=get_language() or "en")
    ]


def _told(asked: Mapping[str, str], *, language: str) -> Iterator[tuple[str, str]]:
    days = {
        "opened_from": _("Opened from %(day)s"),
        "opened_until": _("Opened until %(day)s"),
        "closed_from": _("Ended from %(day)s"),
        "closed_until": _("Ended until %(day)s"),
        "asked_from": _("Asked for from %(day)s"),
    }
    for name, words in days.items():
        if day := _day(asked.get(name, "")):
            yield name, words % {"day": format_day(day, language=language)}
    if (resolver := asked.get("resolver", "")) and is_comparable(resolver):
        yield "resolver", _("Without a resolver") if resolver == NONE else resolver[:100]
    if (cause := asked.get("cause", "")) in (*Cause.values, NONE):
        yield "cause", _("Cause not said") if cause == NONE else str(Cause(cause).label)
    outcomes = dict((*ClosingCode.choices, *ChargebackStatus.choices))
    if (outcome := asked.get("ended_as", "")) in outcomes:
        yield "ended_as", str(outcomes[outcome])
    became = {
        "fixed": _("Done again, and right"),
        "not_fixed": _("Done again, and still not right"),
        "without": _("Not done again"),
        "running": _("Running"),
    }
    if (outcome := asked.get("became", "")) in became:
        yield "became", became[outcome]


def narrow_chargebacks(
    found: ChargebackQuerySet, asked: Mapping[str, str], *, shop: Shop
) -> ChargebackQuerySet:
    """Return those of the chargebacks that fit ``closed_from`` and ``ended_as``."""
    found = found.filter(_in_days(asked, {"closed_from": "closed_at__gte"}, shop=shop))
    if (status := asked.get("ended_as", "")) in ChargebackStatus.values:
        found = found.filter(status=status)
    return found


def narrow_reworks(
    found: ReworkQuerySet, asked: Mapping[str, str], *, shop: Shop
) -> ReworkQuerySet:
    """Return those of the requests that fit ``asked_from`` and ``became``."""
    found = found.filter(_in_days(asked, {"asked_from": "asked_at__gte"}, shop=shop))
    if condition := BECAME.get(asked.get("became", "")):
        found = found.filter(condition)
    return found


def _in_days(asked: Mapping[str, str], lookups: Mapping[str, str], *, shop: Shop) -> Q:
    condition = Q()
    for name, lookup in lookups.items():
        if day := _day(asked.get(name, "")):
            edge = end_of_day if lookup.endswith("__lt") else start_of_day
            condition &= Q(**{lookup: edge(day, zone=shop.zone)})
    return condition


def _of_resolver(key: str) -> Q:
    if key == NONE:
        return Q(resolver_email="", resolver_name="")
    return Q(resolver_email__iexact=key) | Q(resolver_email="", resolver_name=key)


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Further off no moment of a day can be told in every time zone.
    return day if date(1900, 1, 1) <= day <= date(2999, 12, 31) else None
