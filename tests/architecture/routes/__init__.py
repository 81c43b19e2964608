"""Who may do what at which address: one row for every route of the product, a table per app.

``get`` and ``post`` (``patch``) are the roles that may; None means that there is no such method.
A new route needs a new row here, else the matrix fails.
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.routes import disputes, dunning, estimates, inspections, invoices, kernel
from tests.architecture.routes.kernel import LOG_IN, OPEN
from tests.architecture.routes.rows import Behind, Call, Open, Page, Roles

__all__ = [
    "ADMIN",
    "APPS",
    "BEHIND_LINKS",
    "CALLS",
    "LOG_IN",
    "OPEN",
    "PAGES",
    "ROWS",
    "Behind",
    "Call",
    "Open",
    "Page",
    "Roles",
    "every_route",
]

#: Every app's tables, the kernel's first.
APPS = {
    "kernel": kernel,
    "inspections": inspections,
    "estimates": estimates,
    "invoices": invoices,
    "dunning": dunning,
    "disputes": disputes,
}

PAGES = [row for app in APPS.values() for row in app.PAGES]
CALLS = [row for app in APPS.values() for row in app.CALLS]
BEHIND_LINKS = [row for app in APPS.values() for row in app.BEHIND_LINKS]
ROWS = [*PAGES, *CALLS, *BEHIND_LINKS, *OPEN, *LOG_IN]
ADMIN = "admin:"


def every_route() -> list[str]:
    """The names of all routes that the product answers to, those of the admin with its prefix."""
    return list(_names(get_resolver(), ""))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern, namespace + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
