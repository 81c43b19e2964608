"""Narrowing the list of cases down to those that make up a figure of the reports."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from disputes.models import CaseQuerySet
from disputes.reporting import NONE
from disputes.states import Cause, ClosingCode
from shopdisputes.dates import end_of_day, format_day, start_of_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.lists import is_comparable

#: What an address may say beside the filters that the list shows; days are the shop's.
_DAYS = {
    "opened_from": "opened_at__gte",
    "opened_until": "opened_at__lt",
    "closed_from": "closed_at__gte",
    "closed_until": "closed_at__lt",
}


def narrow(found: CaseQuerySet, asked: Mapping[str, str], *, shop: Shop) -> CaseQuerySet:
    """Return those of the cases that fit what an address asks for; nonsense is passed over."""
    for name, lookup in _DAYS.items():
        if day := _day(asked.get(name, "")):
            edge = end_of_day if lookup.endswith("__lt") else start_of_day
            found = found.filter(**{lookup: edge(day, zone=shop.zone)})
    if (resolver := asked.get("resolver", "")) and is_comparable(resolver):
        found = found.filter(_of_resolver(resolver))
    if (cause := asked.get("cause", "")) in (*Cause.values, NONE):
        found = found.filter(cause="" if cause == NONE else cause)
    if (code := asked.get("ended_as", "")) in ClosingCode.values:
        found = found.filter(closing_code=code)
    return found


def told(asked: Mapping[str, str], *, language: str) -> list[tuple[str, str]]:
    """Return the filters of an address that ``narrow`` heeds, each by its name and in words."""
    words = {
        "opened_from": _("Opened from %(day)s"),
        "opened_until": _("Opened until %(day)s"),
        "closed_from": _("Ended from %(day)s"),
        "closed_until": _("Ended until %(day)s"),
    }
    found: list[tuple[str, str]] = [
        (name, words[name] % {"day": format_day(day, language=language)})
        for name in _DAYS
        if (day := _day(asked.get(name, "")))
    ]
    if (resolver := asked.get("resolver", "")) and is_comparable(resolver):
        nobody = resolver == NONE
        found.append(("resolver", _("Without a resolver") if nobody else resolver[:100]))
    if (cause := asked.get("cause", "")) in (*Cause.values, NONE):
        found.append(("cause", _("Cause not said") if cause == NONE else str(Cause(cause).label)))
    if (code := asked.get("ended_as", "")) in ClosingCode.values:
        found.append(("ended_as", str(ClosingCode(code).label)))
    return found


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
