"""Photos, videos and PDFs of items: one request a file, so that one failure spoils no other."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inspections.forms.recording import DescribeForm
from inspections.models import Inspection, InspectionItem, ItemMedia
from inspections.services import media as services
from inspections.states import MediaSource
from inspections.views import actions, shown
from inspections.views.lookups import item_of, media_of
from inspections.views.running import RUN, SAID, page_of, said_of
from inspections.wordings import said
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import file_refused, refused, see_other

TILE = "inspections/_tile.html"


@require_POST
@staff()
def add(request: StaffRequest, number: str, item_id: UUID) -> HttpResponseBase:
    """Take files for an item.

    A script sends one and gets JSON: ``{id, html, parts}``, or what is wrong as ``{message}``.
    A plain form may bring several.
    """
    item = item_of(request, number, item_id)
    in_json = "application/json" in request.headers.get("Accept", "")
    shot = _shot_of(request, item)
    added: list[ItemMedia] = []
    try:
        for upload, source in _uploads(request):
            added.append(
                services.add(
                    item=item,
                    upload=upload,
                    shot=shot,
                    source=source,
                    by=request.actor,
                    at=timezone.now(),
                )
            )
    except DomainError as error:
        if in_json:
            return file_refused(error)
        return refused(request, RUN, page_of(request, item.inspection), error)
    if not added:
        message = _("Choose a file first.")
        if in_json:
            return JsonResponse({"message": message}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        messages.warning(request, message)
    if in_json and added:
        return _added_in_json(request, item, added[0])
    return see_other(_card_url(item.inspection, item.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def describe(request: StaffRequest, number: str, media_id: UUID) -> HttpResponseBase:
    """Show a file as the tile of its card (GET, for htmx), or say what it shows (POST)."""
    media = media_of(request, number, media_id)
    if request.method != "POST":
        if not request.htmx:
            return see_other(_card_url(media.item.inspection, media.item_id))
        return render(request, TILE, _tile(request, media))
    form = form_of(media, request.POST)
    if not form.is_valid():
        return refused(request, RUN, page_of(request, media.item.inspection), form)
    services.describe(
        media=media,
        caption=form.cleaned_data["caption"],
        shot=form.cleaned_data["shot"],
        by=request.actor,
        at=timezone.now(),
    )
    if request.htmx:
        return render(request, TILE, _tile(request, media_of(request, number, media_id)))
    return see_other(_card_url(media.item.inspection, media.item_id))


@require_POST
@staff()
def remove(request: StaffRequest, number: str, media_id: UUID) -> HttpResponseBase:
    """Take a file away from its item. What was there stays in the records."""
    media = media_of(request, number, media_id)
    services.remove(media=media, by=request.actor, at=timezone.now())
    if request.htmx:
        context = said_of(request, media.item.inspection, media.item_id)
        return render(request, SAID, context | {"removed": media.pk})
    return see_other(_card_url(media.item.inspection, media.item_id))


def form_of(media: ItemMedia, data: Any = None) -> DescribeForm:
    """Return the form about what a file shows."""
    return DescribeForm(
        data,
        shots=[said(shot) for shot in media.item.shots],
        auto_id=f"media-{media.pk}-%s",
        initial={"caption": media.caption, "shot": media.shot or ""},
    )


def _uploads(request: StaffRequest) -> Iterator[tuple[UploadedFile, MediaSource]]:
    """Yield the files in their order; a field says where its files come from."""
    said_source = request.POST.get("source", "")
    source = MediaSource(said_source) if said_source in _FROM_A_PAGE else MediaSource.GALLERY
    for upload in request.FILES.getlist("camera"):
        yield upload, MediaSource.CAMERA
    for upload in request.FILES.getlist("file"):
        yield upload, source


_FROM_A_PAGE = {MediaSource.CAMERA.value, MediaSource.GALLERY.value}


def _shot_of(request: StaffRequest, item: InspectionItem) -> int | None:
    text = request.POST.get("shot", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return number if 1 <= number <= len(item.shots) else None


def _tile(request: StaffRequest, media: ItemMedia) -> dict[str, Any]:
    inspection = media.item.inspection
    return {
        "inspection": inspection,
        "each": shown.media_shown([media])[0],
        "may_record": actions.may(inspection, "record", role=request.actor.role),
    }


def _added_in_json(request: StaffRequest, item: InspectionItem, media: ItemMedia) -> HttpResponse:
    found = media_of(request, item.inspection.number, media.pk)
    return JsonResponse(
        {
            "id": str(found.pk),
            "html": render_to_string(TILE, _tile(request, found), request),
            "parts": render_to_string(SAID, said_of(request, item.inspection, item.pk), request),
        },
        status=HTTPStatus.CREATED,
    )


def _card_url(inspection: Inspection, item_id: UUID) -> str:
    return f"{reverse('inspection-run', args=[inspection.number])}#item-{item_id}"
