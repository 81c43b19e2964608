"""The pages for what went wrong. None of them needs the database."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from shopdisputes.errors import DomainError
from shopdisputes.web.responses import status_of

#: A form longer than this is not carried through the page about a failed check.
_LARGEST_CARRIED_FORM = 200_000
_NEVER_CARRIED = ("password", "csrfmiddlewaretoken", "code")


def _page(
    request: HttpRequest, template: str, status: int, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Render without context processors: these pages stand when everything else is down."""
    words = {
        "request": request,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES
        and not request.path.startswith(("/c/", "/r/")),
        **(context or {}),
    }
    response = HttpResponse(render_to_string(template, words), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be understood, or 413: it is larger than what is read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _page(request, "errors/413.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _page(request, "errors/400.html", HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed here."""
    return _page(request, "errors/403.html", HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here; another shop's things are nothing, too."""
    return _page(request, "errors/404.html", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _page(request, "errors/500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: try again in ``seconds``."""
    response = _page(
        request,
        "errors/429.html",
        HTTPStatus.TOO_MANY_REQUESTS,
        {"minutes": max(1, -(-seconds // 60))},
    )
    response["Retry-After"] = str(seconds)
    return response


def paused(request: HttpRequest) -> HttpResponse:
    """429 of the log-in pages, whose limits count by the minute."""
    return too_many(request, 60)


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """What the business refused and no page caught: said plainly, with a way back."""
    return _page(request, "errors/refused.html", status_of(error), {"message": error.message})


def refused_link(request: HttpRequest, token: str) -> HttpResponse:
    """404: the one page for every link that does not open, whatever the cause.

    Nothing in it depends on whether the link ever existed: not the language, not a shop's name.
    """
    return _page(request, "links/refused.html", HTTPStatus.NOT_FOUND, {"token": token})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's check failed, mostly because one logged in again in another tab.

    When the form came from our own page, what was typed is offered to be sent again; a form from
    elsewhere is not, for that would help the attack that the check is there to stop.
    """
    carried: list[tuple[str, str]] = []
    if _comes_from_here(request) and not request.FILES:
        carried = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if isinstance(value, str) and not any(word in name for word in _NEVER_CARRIED)
        ]
        if sum(len(name) + len(value) for name, value in carried) > _LARGEST_CARRIED_FORM:
            carried = []
    return render(
        request,
        "errors/csrf.html",
        {"carried": carried, "action": request.get_full_path(), "signed_in": True},
        status=HTTPStatus.FORBIDDEN,
    )


def _comes_from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        return urlsplit(origin).netloc == request.get_host()
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
