"""What every page needs before and after its view: language, appearance, privacy."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils import translation
from django.utils.cache import patch_vary_headers

from shopdisputes.accounts.models import Theme, User
from shopdisputes.web.languages import LANGUAGE_COOKIE, offered, remember_language

Handler = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """Speak the language asked for in the address, chosen before, or set in the browser.

    ``?lang=`` works without a script and is remembered; addresses stay the same in every
    language. Customers' pages, which know their reader's language, decide for themselves.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = offered(request.GET.get("lang"))
        language = (
            chosen
            or offered(request.COOKIES.get(LANGUAGE_COOKIE))
            or translation.get_language_from_request(request)
        )
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if chosen and not hasattr(request, "link"):
            remember_language(response, chosen)
        return response


class PreferencesMiddleware:
    """Give a person who is logged in their own language and appearance."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.theme = Theme.AUTO  # type: ignore[attr-defined]
        # Only who carries a session is looked up: customers and probes cost no query here.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            request.theme = Theme(request.user.theme)  # type: ignore[attr-defined]
            language = offered(request.user.language) or translation.get_language()
            translation.activate(language or settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        return self.get_response(request)


class PrivacyMiddleware:
    """Keep pages out of caches, and let htmx follow a redirect as a browser would."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        if request.headers.get("HX-Request") and response.status_code in (302, 303):
            # The script would put the next page into a part of this one.
            followed = HttpResponse(status=204)
            followed.cookies = response.cookies
            followed["HX-Redirect"] = response["Location"]
            followed["Cache-Control"] = response["Cache-Control"]
            return followed
        return response


class LostLineMiddleware:
    """A phone that goes out of reach while it uploads is no error of ours.

    Nobody reads the answer; without this the log would hold a traceback for each.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer 408 when the rest of the request never came."""
        if isinstance(exception, UnreadablePostError):
            return HttpResponse(status=HTTPStatus.REQUEST_TIMEOUT)
        return None
