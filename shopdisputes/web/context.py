"""What every template of a page may use: the shell around it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shopdisputes.accounts.models import Theme
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.shops.models import Membership
from shopdisputes.web.contributions import NavigationEntry, contributions
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
#: The names of the two menus.
_RAIL, _PLUS = "rail", "plus"
_THEMES = tuple(Theme.choices)


@dataclass(frozen=True)
class Way:
    """An entry as it is drawn, in the language of the page."""

    label: str
    short: str
    url: str
    icon: str
    shortcut: str
    on_phone: bool
    also: tuple[str, ...] = ()
    active: bool = False


def shell(request: HttpRequest) -> dict[str, Any]:
    """Offer the rail, the shop and the choices of the page's frame, computed when used."""
    link = getattr(request, "link", None)
    return {
        "theme": getattr(request, "theme", Theme.AUTO),
        "themes": _THEMES,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "languages": settings.LANGUAGES,
        "debug": settings.DEBUG,
        "membership": (
            None if link is not None else SimpleLazyObject(lambda: membership_of(request))
        ),
        "shop": SimpleLazyObject(lambda: _shop(request)),
        "memberships": SimpleLazyObject(lambda: memberships_of(request)),
        "navigation": SimpleLazyObject(lambda: _ways(request, _RAIL)),
        "creations": SimpleLazyObject(lambda: _ways(request, _PLUS)),
    }


def _shop(request: HttpRequest) -> Any:
    shop = getattr(request, "shop", None)
    if shop is None and (membership := membership_of(request)):
        shop = membership.shop
    return shop


def _ways(request: HttpRequest, menu: str) -> tuple[Way, ...]:
    membership: Membership | None = membership_of(request)
    if membership is None:
        return ()
    known = _known(menu, membership.role, get_language() or settings.LANGUAGE_CODE)
    return tuple(
        replace(way, active=True)
        if any(_is_at(request.path, url) for url in (way.url, *way.also))
        else way
        for way in known
    )


def _is_at(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


# The same for everybody of a role; worded and addressed anew it would be a tenth of a page's time.
@lru_cache(maxsize=100)
def _known(menu: str, role: str, language: str) -> tuple[Way, ...]:
    """Return a menu as a role sees it; ``language`` is the one that is spoken now."""
    entries = _CREATE if menu == _PLUS else _rail()
    return tuple(
        Way(
            label=str(entry.label),
            short=str(entry.short or entry.label),
            url=url,
            icon=entry.icon,
            shortcut=entry.shortcut,
            on_phone=entry.url_name in _ON_PHONES,
            also=tuple(reverse(name) for name in entry.also),
        )
        for entry in entries
        if (not entry.roles or role in entry.roles) and (url := _address(entry))
    )


def _rail() -> list[NavigationEntry]:
    entries = [*_KERNEL, *(entry for part in contributions() for entry in part.navigation)]
    return sorted(entries, key=lambda entry: entry.position)


def _address(entry: NavigationEntry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""
