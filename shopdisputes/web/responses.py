"""The few ways in which a view answers."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation

from shopdisputes.errors import Conflict, DomainError, Forbidden, Unavailable
from shopdisputes.money import to_cents
from shopdisputes.uploads.services import StorageFull, TooLarge, WrongType

#: A spreadsheet reads a cell that begins like this as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Where lists are separated by semicolons, or lines are read before quotes, a cell ends here.
_CELL_WITHIN = re.compile(r"""([;\t\r\n])(?=["'\s]*[=+\-@])""")


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the form was taken; look there with GET."""

    status_code = HTTPStatus.SEE_OTHER


def see_other(to: Any, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
    """Send the browser on after a form that was taken (303).

    ``to`` is a path, or the name of an address with its arguments. For htmx the middleware
    turns it into ``HX-Redirect``.
    """
    return HttpResponseSeeOther(resolve_url(to, *args, **kwargs))


def status_of(error: DomainError) -> HTTPStatus:
    """Return the HTTP status that says the same as ``error``."""
    if isinstance(error, Conflict):
        return HTTPStatus.CONFLICT
    if isinstance(error, Forbidden):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, StorageFull):
        return HTTPStatus.INSUFFICIENT_STORAGE
    if isinstance(error, Unavailable):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def status_for_programs(error: DomainError) -> HTTPStatus:
    """Return the HTTP status of a refused call; a page with its form comes back as ``status_of``.

    It tells files that are too large (413) or of no kind that is taken (415) from other refusals.
    """
    if isinstance(error, TooLarge):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, WrongType):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return status_of(error)


def file_refused(error: DomainError) -> JsonResponse:
    """Tell a page's script why the one file that it sent was not taken: ``{message, code}``."""
    return JsonResponse(
        {"message": words_about_file(error), "code": error.code}, status=status_for_programs(error)
    )


def words_about_file(error: DomainError) -> str:
    """Return what is wrong with a file that was sent."""
    return str(error.fields.get("file") or error.message)


def refused(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    problem: DomainError | BaseForm | None = None,
    *,
    form: BaseForm | None = None,
) -> HttpResponse:
    """Show the page again with what is wrong; nothing that was typed is lost.

    ``problem`` is what the business said, or the form that is not valid. The error's fields are
    put at the fields of ``form`` (default: ``context["form"]``), the rest on top of the page as
    ``error``. The status is 422, for a conflict 409.
    """
    words = dict(context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(problem, BaseForm):
        words.setdefault("form", problem)
    elif problem is not None:
        status = status_of(problem)
        target = form or words.get("form")
        unplaced = dict(problem.fields)
        if isinstance(target, BaseForm) and target.is_bound:
            for name in list(unplaced):
                # One of several files is refused at the field that took all of them.
                field = "files" if name == "file" and name not in target.fields else name
                if field in target.fields:
                    target.add_error(field, str(unplaced.pop(name)))
        words["error"] = problem
        words["error_message"] = problem.message
        words["error_fields"] = unplaced
    return render(request, template, words, status=status)


def safe_cell(value: Any) -> str:
    """Write a value so that a spreadsheet shows it and computes nothing.

    Numbers stay numbers, amounts with two places; a text that begins like a formula gets an
    apostrophe in front, and so does what a spreadsheet with another separator would take for a
    cell within it.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # Of a sum SQLite gives back as many places as a float has, or none.
        cents = to_cents(value)
        return str(cents if cents == value else value)
    if isinstance(value, int | float):
        return str(value)
    text = _CELL_WITHIN.sub(r"\1'", str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream rows as a CSV file (UTF-8 with a mark, so that Excel reads it right)."""
    writer = csv.writer(_Echo())
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def lines() -> Iterator[str]:
        yield "\ufeff"
        cells = itertools.chain([header], rows)
        while True:
            # The body is made after the view has returned, when both are put back already.
            with translation.override(language), timezone.override(zone):
                row = next(cells, None)
                line = "" if row is None else writer.writerow([safe_cell(cell) for cell in row])
            if row is None:
                return
            yield line

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
