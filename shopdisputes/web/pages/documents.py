"""Giving out the PDFs that we made: to staff of their shop, and never as a page of ours."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.uploads.models import FileKind
from shopdisputes.web.requests import StaffRequest, staff

#: Whatever is in the file, it gets no script, no form, no request and no origin of ours.
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"
#: The browser's own PDF viewer does not start inside a sandbox. It runs apart from the page, and
#: the file still may load nothing.
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
#: The typesetter takes seconds; who waits longer is told that something is wrong.
_LATE_AFTER = timedelta(minutes=5)
_LOOK_AGAIN_SECONDS = 5


@require_safe
@staff()
def document(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """The PDF (``?inline=1``: in the browser), or a page that says how far it is."""
    found = get_object_or_404(Document.objects.for_shop(request.shop), pk=pk)
    if found.status != DocumentStatus.READY:
        return _waiting(request, found, at=timezone.now())
    return give_file(request, found.file, kind=FileKind.PDF, filename=found.filename)


def give_file(
    request: HttpRequest, file: FieldFile, *, kind: FileKind, filename: str
) -> FileResponse:
    """Stream a file as what it was found to be; the browser must not think otherwise."""
    inline = "inline" in request.GET
    response = FileResponse(
        file.open("rb"), as_attachment=not inline, filename=filename, content_type=kind.value
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        PDF_POLICY if inline and kind == FileKind.PDF else FILE_POLICY
    )
    return response


def _waiting(request: StaffRequest, found: Document, *, at: datetime) -> HttpResponseBase:
    response = render(
        request,
        "documents/waiting.html",
        {
            "document": found,
            "late": at - found.created_at > _LATE_AFTER,
            "seconds": _LOOK_AGAIN_SECONDS,
        },
        status=HTTPStatus.ACCEPTED,
    )
    # The page looks again by itself; nobody has to press reload, and it works without a script.
    response["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return response
