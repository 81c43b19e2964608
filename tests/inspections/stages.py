"""Inspections at every stage of their life, led there by the real services."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import (
    Acknowledgement,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    Inspection,
    InspectionItem,
    ItemMedia,
)
from inspections.services import completing, recording, sharing
from inspections.services import media as media_service
from inspections.states import MediaSource
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from tests import media
from tests.factories import NOW, InspectionFactory

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor", ip_address="10.0.0.5", user_agent="Desk")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Phone/1.0"
)


def begun(**options: Any) -> Inspection:
    """An inspection in progress with the items of ``WALK``, none of them looked at."""
    return InspectionFactory(**options)


def looked(**options: Any) -> Inspection:
    """An inspection of which everything is written down."""
    return InspectionFactory(looked=True, **options)


def item_of(inspection: Inspection, key: str) -> InspectionItem:
    """The item of this pair key."""
    return inspection.items.select_related("inspection__repair_order__vehicle").get(pair_key=key)


def see(item: InspectionItem, result: str = "", *, at: datetime = NOW, **told: Any) -> Any:
    """Something was seen at an item."""
    return recording.record(item=item, result=result, **told, by=TECHNICIAN, at=at)


def upload(content: bytes = b"", name: str = "photo.jpg") -> SimpleUploadedFile:
    """A file as a browser sends it; without content a photo."""
    return SimpleUploadedFile(name, content or media.jpeg())


def add(item: InspectionItem, content: bytes = b"", *, at: datetime = NOW, **other: Any) -> Any:
    """A file of an item, else a photo."""
    told: dict[str, Any] = {"source": MediaSource.CAMERA, "by": TECHNICIAN, "at": at}
    return media_service.add(item=item, upload=upload(content), **told | other)


def complete(inspection: Inspection, *, at: datetime = NOW) -> Inspection:
    """The inspection, completed."""
    return completing.complete(inspection=inspection, by=TECHNICIAN, at=at)


def share(inspection: Inspection, *, at: datetime = NOW, **options: Any) -> Inspection:
    """The inspection, mailed to the customer."""
    return sharing.share(inspection=inspection, by=DESK, at=at, **options)


def link_of(inspection: Inspection) -> AccessLink:
    """The newest link to it."""
    return AccessLink.objects.filter(target_id=inspection.pk).order_by("-created_at", "pk")[0]


def actions(inspection: Inspection) -> list[str]:
    """What the audit trail tells of it, the oldest first."""
    events = AuditEvent.objects.filter(target_id=inspection.pk).order_by("sequence")
    return list(events.values_list("action", flat=True))


def told_by(inspection: Inspection, action: str) -> dict[str, Any]:
    """The data of the newest such event."""
    events = AuditEvent.objects.filter(target_id=inspection.pk, action=action)
    found: dict[str, Any] = events.order_by("-sequence")[0].data
    return found


def everything() -> Sequence[Any]:
    """What must not change when something is refused: the rows, the mails, the trail."""
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (
            Checklist,
            ChecklistVersion,
            ChecklistItem,
            Inspection,
            InspectionItem,
            ItemMedia,
            Acknowledgement,
            AccessLink,
        )
    ] + [
        list(OutgoingEmail.objects.order_by("pk").values("pk", "status")),
        list(AuditEvent.objects.order_by("pk").values("pk", "sequence")),
    ]
