"""Giving out PDFs over the API."""

from typing import ClassVar

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema

from shopdisputes.api.schema import ErrorOut
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.errors import Conflict

#: How a call that answers with a PDF is described.
describe_pdf = extend_schema(
    responses={
        (200, "application/pdf"): OpenApiTypes.BINARY,
        409: OpenApiResponse(ErrorOut, description="The PDF is still being made"),
    }
)


class NotReady(Conflict):
    """The PDF is still being made; ask again in a while."""

    code: ClassVar[str] = "not-ready"
    default_message = _("The document is still being made. Please try again in a moment.")


def pdf_response(document: Document) -> FileResponse:
    """Stream a document's PDF under its own name.

    Raises:
        NotReady: it is not typeset yet.
    """
    if document.status != DocumentStatus.READY:
        raise NotReady
    return FileResponse(
        document.file.open("rb"),
        content_type="application/pdf",
        as_attachment=True,
        filename=document.filename,
        headers={"ETag": f'"{document.sha256}"'},
    )
