"""In which language a page speaks, and how that is remembered."""

from django.conf import settings
from django.http import HttpResponseBase

#: One cookie name; on a customer's page its path is that link, elsewhere the whole site.
LANGUAGE_COOKIE = "language"
_ONE_YEAR = 365 * 24 * 60 * 60


def offered(code: str | None) -> str | None:
    """Return ``code`` when the product speaks it, else None."""
    return code if code in dict(settings.LANGUAGES) else None


def remember_language(response: HttpResponseBase, code: str, *, path: str = "/") -> None:
    """Keep a choice in this browser, for the addresses below ``path``."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=_ONE_YEAR,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
