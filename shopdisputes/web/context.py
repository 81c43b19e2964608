"""What every template of a page may use: the shell around it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopdisputes.accounts.models import Theme
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.shops.models import Membership
from shopdisputes.web.contributions import NavigationEntry, Words, contributions
from shopdisputes.web.requests import membership_of, memberships_of

#: The kernel's own ways in; the apps' stand between them.
_KERNEL = (
    NavigationEntry(_("Today"), "today", "home", position=0, shortcut="g t"),
    NavigationEntry(
        _("Repair orders"),
        "repair-order-list",
        "clipboard-list",
        position=10,
        shortcut="g r",
        short=pgettext_lazy("repair orders, at most 11 letters", "Orders"),
    ),
    NavigationEntry(_("Customers"), "customer-list", "users", position=60, shortcut="g c"),
    NavigationEntry(
        pgettext_lazy("navigation", "Mail"), "email-list", "mail", DESK, 70, shortcut="g m"
    ),
    NavigationEntry(_("Settings"), "settings", "settings", MANAGEMENT, 90, shortcut="g s"),
)
#: What the bar at the bottom of a phone holds; the rest stands behind "More".
_ON_PHONES = ("today", "repair-order-list", "estimate-list", "customer-list")

#: What one creates most: the "+" menu.
_CREATE = (
    NavigationEntry(_("New repair order"), "repair-order-new", "clipboard-list", DESK),
    NavigationEntry(_("New customer"), "customer-new", "user-plus", DESK),
)


@dataclass(frozen=True)
class Way:
    """An entry as it is drawn."""

    label: Words
    short: Words
    url: str
    icon: str
    shortcut: str
    active: bool
    on_phone: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Offer the rail, the shop and the choices of the page's frame, computed when used."""
    link = getattr(request, "link", None)
    return {
        "theme": getattr(request, "theme", Theme.AUTO),
        "themes": Theme.choices,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "languages": settings.LANGUAGES,
        "debug": settings.DEBUG,
        "membership": (
            None if link is not None else SimpleLazyObject(lambda: membership_of(request))
        ),
        "shop": SimpleLazyObject(lambda: _shop(request)),
        "memberships": SimpleLazyObject(lambda: memberships_of(request)),
        "navigation": SimpleLazyObject(lambda: _ways(request, _rail())),
        "creations": SimpleLazyObject(lambda: _ways(request, _CREATE)),
    }


def _shop(request: HttpRequest) -> Any:
    shop = getattr(request, "shop", None)
    if shop is None and (membership := membership_of(request)):
        shop = membership.shop
    return shop


def _rail() -> list[NavigationEntry]:
    entries = [*_KERNEL, *(entry for part in contributions() for entry in part.navigation)]
    return sorted(entries, key=lambda entry: entry.position)


def _ways(request: HttpRequest, entries: tuple[NavigationEntry, ...] | list[Any]) -> list[Way]:
    membership: Membership | None = membership_of(request)
    if membership is None:
        return []
    ways = []
    for entry in entries:
        if entry.roles and membership.role not in entry.roles:
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        ways.append(
            Way(
                label=entry.label,
                short=entry.short or entry.label,
                url=url,
                icon=entry.icon,
                shortcut=entry.shortcut,
                active=request.path == url or (url != "/" and request.path.startswith(url)),
                on_phone=entry.url_name in _ON_PHONES,
            )
        )
    return ways
