"""What the pages behind links share when what was sent is refused, with files or too late."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.files import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from disputes.public_forms import FilesForm
from shopdisputes.errors import DomainError, Unavailable
from shopdisputes.links.models import AccessLink
from shopdisputes.web.limits import LINK_UPLOADS
from shopdisputes.web.responses import refused, status_of, words_about_file

#: Where somebody writes something in words.
_WRITTEN = ("text", "proposal", "note", "answer")


def count_files(link: AccessLink, files: Sequence[File]) -> None:
    """Count each further file as another request: it is as dear as one.

    Raises:
        Unavailable: the link sent too many within the hour.
    """
    for _more in files[1:]:
        if not LINK_UPLOADS.count(str(link.pk), at=timezone.now()):
            raise Unavailable


def refused_with_files(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    error: DomainError,
    form: FilesForm,
) -> HttpResponse:
    """Show the page again: what is wrong with a file on top, the rest at the form's fields."""
    if {"file", "files"} & set(error.fields):
        words = str(error.fields.get("files") or words_about_file(error))
        form.files_problem = words
        return render(
            request,
            template,
            {**context, "form": form, "claim_problem": words},
            status=status_of(error),
        )
    return refused(request, template, {**context, "form": form}, error, form=form)


def too_late(
    request: HttpRequest, template: str, context: Mapping[str, Any], error: DomainError
) -> HttpResponse:
    """409: say what has happened meanwhile.

    What was written is given back: the page may have no form for it any more.
    """
    written = "\n\n".join(filter(None, (request.POST.get(name, "").strip() for name in _WRITTEN)))
    words = {"error_message": error.message, "unsent": written}
    return render(request, template, {**context, **words}, status=HTTPStatus.CONFLICT)
