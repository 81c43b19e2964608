"""What people uploaded, for the staff of their shop."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from shopdisputes.uploads.models import StoredFile
from shopdisputes.web import files
from shopdisputes.web.requests import StaffRequest, staff


@require_safe
@staff()
def file(request: StaffRequest, file_id: UUID, variant: str) -> HttpResponseBase:
    """One variant of an upload: the original, the web size or the thumbnail."""
    known = StoredFile.objects.for_shop(request.shop).select_related("intake")
    found = get_object_or_404(known, pk=file_id)
    return files.respond(request, found, variant, for_customer=False)
