"""One body for all that goes wrong: ``{"code", "message", "fields"}``."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from shopdisputes.errors import DomainError
from shopdisputes.web.responses import status_for_programs

#: Codes of field errors that mean "not even the right JSON type".
WRONG_TYPE = "wrong_type"
_MALFORMED = frozenset({WRONG_TYPE, "not_a_list", "not_a_dict"})
_NAMES = {
    exceptions.NotAuthenticated: "not-authenticated",
    exceptions.AuthenticationFailed: "invalid-token",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not-found",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.ParseError: "malformed",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.Throttled: "too-many-requests",
}


class BodyTooLarge(exceptions.APIException):
    """The body is larger than any call of this API needs."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too-large"
    default_detail = gettext_lazy("The request is too large.")


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn an exception into an answer; None leaves what nobody foresaw to the server's 500."""
    if isinstance(error, DomainError):
        return _answer(
            status_for_programs(error),
            error.code,
            str(error.message),
            _flat(error.fields),
            error.details,
        )
    error = _as_api_exception(error)
    if isinstance(error, exceptions.ValidationError):
        malformed = any(code in _MALFORMED for code in _codes(error.get_codes()))
        return _answer(
            HTTPStatus.BAD_REQUEST if malformed else HTTPStatus.UNPROCESSABLE_ENTITY,
            "malformed" if malformed else "invalid",
            _("The request is not what this call expects.")
            if malformed
            else _("Please look at the fields."),
            _flat(error.detail),
        )
    if not isinstance(error, exceptions.APIException):
        return None
    answer = _answer(
        HTTPStatus(error.status_code),
        _NAMES.get(type(error), error.default_code),
        str(error.detail),
    )
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


# There is nothing to protect, and a program must not be told of a form that was not sent.
@csrf_exempt
def no_such_call(request: HttpRequest, **_parts: str) -> JsonResponse:
    """Answer an address of which the API has none."""
    body = {"code": "not-found", "message": _("There is no such call."), "fields": {}}
    return JsonResponse(body, status=HTTPStatus.NOT_FOUND)


def _as_api_exception(error: Exception) -> Exception:
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return BodyTooLarge()
    if isinstance(error, BadRequest):
        return exceptions.ParseError()
    return error


def _answer(
    status: HTTPStatus,
    code: str,
    message: str,
    fields: Mapping[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message, "fields": dict(fields or {})}
    if details:
        body["details"] = dict(details)
    return Response(body, status=status)


def _flat(detail: Any) -> dict[str, str]:
    """Return what is wrong by the path of the field: ``lines.0.quantity``."""
    return dict(_paths(detail, ()))


def _paths(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # What belongs to no field in particular belongs to the thing around it.
            step = () if name == "non_field_errors" else (str(name),)
            yield from _paths(inner, path + step)
    else:
        words = detail if isinstance(detail, list) else [detail]
        yield ".".join(path), " ".join(str(word) for word in words)


def _codes(codes: Any) -> Iterator[str]:
    if isinstance(codes, Mapping):
        for inner in codes.values():
            yield from _codes(inner)
    elif isinstance(codes, list):
        for inner in codes:
            yield from _codes(inner)
    else:
        yield str(codes)
