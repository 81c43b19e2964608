"""What an inspection says, written down so that a hash of it can be computed again."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inspections.models import Inspection, InspectionItem, ItemMedia, RemarkFile
from shopdisputes.canonical import canonical_json

#: Changes when a fact is added, removed or written otherwise.
SCHEMA = "shopdisputes.inspection/1"
ANSWER_SCHEMA = "shopdisputes.acknowledgement/1"


def facts_of(inspection: Inspection) -> dict[str, Any]:
    """Return everything that an inspection says to a customer, as JSON data.

    The part ``inspection`` can be made again from the frozen rows at any time; shop, repair
    order, customer and vehicle are as they are now. Notes for the shop are not in it.
    """
    order = inspection.repair_order
    shop, customer, vehicle = inspection.shop, order.customer, order.vehicle
    return {
        "schema": SCHEMA,
        "inspection": findings_of(inspection),
        "repair_order": {
            "number": order.number,
            "concern": order.concern,
            "odometer": order.odometer,
            "opened_at": _moment(order.opened_at),
        },
        "shop": {
            "name": shop.name,
            "legal_name": shop.legal_name,
            "registration_number": shop.registration_number,
            "address": shop.address_lines,
            "country": shop.country,
            "timezone": shop.timezone,
        },
        "customer": {
            "kind": customer.kind,
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "language": customer.language,
        },
        "vehicle": {
            "vin": vehicle.vin,
            "plate": vehicle.plate,
            "make": vehicle.make,
            "model": vehicle.model,
            "year": vehicle.year,
        },
    }


def findings_of(inspection: Inspection) -> dict[str, Any]:
    """Return the facts that stand in the inspection's own frozen rows."""
    version = inspection.version
    return {
        "number": inspection.number,
        "stage": inspection.stage,
        "title": inspection.title,
        "note": inspection.note,
        "checklist": {
            "id": str(version.checklist_id),
            "version": version.number,
        },
        "begun_at": _moment(inspection.created_at),
        "begun_by": inspection.created_by,
        "completed_at": _moment(inspection.completed_at),
        "completed_by": inspection.completed_by,
        "items": [_item(item) for item in inspection.items.in_order().with_media()],
    }


def text_of(inspection: Inspection) -> str:
    """Return the facts as canonical JSON: what ``sha256`` of an inspection is the hash of."""
    return canonical_json(facts_of(inspection))


def answer_text(
    *,
    inspection: Inspection,
    answer: str,
    remarks: str,
    item_remarks: Mapping[UUID, str],
    files: Iterable[RemarkFile],
    person: str,
    at: datetime,
) -> str:
    """Return a customer's answer as canonical JSON: what the signature's hash is the hash of.

    It names the inspection by its hash, so that it answers exactly what was shown.
    ``item_remarks`` is text by the item's key; ``files`` in the order in which they came.
    """
    return canonical_json(
        {
            "schema": ANSWER_SCHEMA,
            "inspection": {"number": inspection.number, "sha256": inspection.sha256},
            "answer": str(answer),
            "remarks": remarks,
            "item_remarks": {str(key): text for key, text in item_remarks.items()},
            "files": [
                {
                    "item": str(each.item_id) if each.item_id else None,
                    "name": each.name,
                    "kind": str(each.file.kind),
                    "size": each.file.size,
                    "sha256": each.file.sha256,
                    "added_at": _moment(each.added_at),
                }
                for each in files
            ],
            "person": person,
            "at": _moment(at),
        }
    )


def _item(item: InspectionItem) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "position": item.position,
        "section": item.section,
        "name": item.name,
        "kind": str(item.kind),
        "unit": item.unit,
        "limits": {name: _number(value) for name, value in item.thresholds.items()},
        "shots": item.shots,
        "pair_key": item.pair_key,
        "is_extra": item.is_extra,
        "result": str(item.result),
        "reason": item.reason,
        "measurement": _number(item.measurement),
        "reading": item.reading,
        "note": item.note,
        "recorded_at": _moment(item.recorded_at),
        "recorded_by": item.recorded_by,
        "media": [_media(media) for media in item.media.all()],
    }


def _media(media: ItemMedia) -> dict[str, Any]:
    return {
        "name": media.name,
        "kind": str(media.file.kind),
        "size": media.file.size,
        "sha256": media.file.sha256,
        "shot": media.shot,
        "caption": media.caption,
        "source": str(media.source),
        "added_at": _moment(media.added_at),
        "added_by": media.added_by,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None
