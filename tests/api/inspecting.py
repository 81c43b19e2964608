"""What tests of the API about inspections share: where its items lie, and a photo for them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from inspections.models import Inspection, InspectionItem
from tests import media
from tests.api.conftest import Program

PHOTO = media.jpeg(taken_at="2026:03:02 09:12:00", gps=True)


def item_of(inspection: Inspection, key: str) -> InspectionItem:
    """The item of this name."""
    return inspection.items.get(pair_key=key)


def path_of(item: InspectionItem, rest: str = "") -> str:
    """Where the API has an item, or something of it."""
    return f"inspections/{item.inspection_id}/items/{item.pk}/{rest}"


def upload(
    api: Program, item: InspectionItem, content: bytes, name: str = "photo.jpg", **other: Any
) -> HttpResponse:
    """Send a file for an item."""
    headers = {name: other.pop(name) for name in [*other] if name == "Idempotency_Key"}
    body = {"file": SimpleUploadedFile(name, content), **other}
    return api("post", path_of(item, "media/"), body, form=True, **headers)
