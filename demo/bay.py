"""The technician's walk round the car: what was seen, with the photos that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from PIL import Image

from demo import pictures
from demo.stage import Stage
from inspections.models import Inspection, InspectionItem
from inspections.services import beginning, completing, media, recording
from inspections.states import ItemKind, MediaSource, PhotoRule, Result
from inspections.wordings import said
from shopdisputes.actors import Actor
from shopdisputes.repairorders.models import RepairOrder

_PAINTS = ("#9c2f2a", "#2f5d8a", "#3d6b4a", "#5b6168", "#7a5c2e")
#: What a healthy car shows where no limit says it, by unit.
_HEALTHY = {"%": "60", "Nm": "120"}


@dataclass(frozen=True, kw_only=True)
class File:
    """A photo, film or PDF with its name; ``shot`` is the angle's number, from 1."""

    content: bytes
    name: str
    caption: str = ""
    shot: int | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen at one item; an empty result is taken from the measurement."""

    result: str = ""
    measurement: str = ""
    note: str = ""
    reason: str = ""
    internal_note: str = ""
    files: tuple[File, ...] = ()


def begin(
    stage: Stage, order: RepairOrder, at_stage: str, *, by: Actor, at: datetime
) -> Inspection:
    """Begin with the checklist that the shop uses at this stage."""
    checklist = beginning.default_checklist(stage.shop, at_stage)
    assert checklist is not None, "a shop is opened with its checklists"
    return beginning.begin(repair_order=order, checklist=checklist, by=by, at=at)


def walk(
    inspection: Inspection,
    seen: Mapping[str, Seen],
    *,
    by: Actor,
    at: datetime,
    until: int | None = None,
) -> datetime:
    """Look at every item, or at the first ``until``, some seconds each; return when it was over.

    ``seen`` is by the item's pairing, else by its English name; all else is in order.
    """
    moment = at
    for item in list(inspection.items.in_order())[:until]:
        found = seen.get(item.pair_key) or seen.get(said(item.name, "en")) or Seen()
        moment += timedelta(seconds=24)
        for file in found.files or _usual_files(item, inspection, at=moment):
            media.add(
                item=item,
                upload=ContentFile(file.content, name=file.name),
                shot=file.shot,
                caption=file.caption,
                source=MediaSource.CAMERA,
                by=by,
                at=moment,
            )
        _record(item, found, inspection, by=by, at=moment)
    return moment


def complete(inspection: Inspection, *, by: Actor, at: datetime) -> Inspection:
    """Say that everything was looked at."""
    return completing.complete(inspection=inspection, by=by, at=at)


def paint_of(plate: str) -> str:
    """Return the colour of the car with this plate, the same from every side."""
    return _PAINTS[sum(map(ord, plate)) % len(_PAINTS)]


def photo(
    picture: Image.Image,
    name: str,
    *,
    at: datetime,
    caption: str = "",
    shot: int | None = None,
) -> File:
    """Return a drawing as a phone's photo."""
    return File(
        content=pictures.jpeg(picture, taken_at=at), name=f"{name}.jpg", caption=caption, shot=shot
    )


def _record(
    item: InspectionItem, found: Seen, inspection: Inspection, *, by: Actor, at: datetime
) -> None:
    vehicle = inspection.repair_order.vehicle
    reading = {ItemKind.VIN: vehicle.vin, ItemKind.PLATE: vehicle.plate}.get(ItemKind(item.kind))
    result = found.result
    reason = found.reason
    if not result and item.kind == ItemKind.VIN and not vehicle.vin:
        result, reason = Result.NOT_INSPECTED, "The number behind the windscreen is not readable."
    measured = found.measurement or _usual_number(item, inspection)
    if result == Result.NOT_INSPECTED:
        measured = ""
    recording.record(
        item=item,
        result=result or ("" if measured or reading else Result.OK),
        reason=reason,
        measurement=Decimal(measured) if measured else None,
        reading=reading if reading and result != Result.NOT_INSPECTED else None,
        note=found.note,
        internal_note=found.internal_note,
        by=by,
        at=at,
    )


def _usual_number(item: InspectionItem, inspection: Inspection) -> str:
    """Return a number well within the item's limits."""
    if item.kind == ItemKind.ODOMETER:
        return str(inspection.repair_order.odometer or 1)
    if item.kind != ItemKind.MEASUREMENT:
        return ""
    low, high = item.attention_below, item.attention_above
    if low is None and high is None:
        return _HEALTHY.get(item.unit, "1")
    if item.unit == "V" and low:
        return f"{low + Decimal('0.3'):.1f}"
    healthy = (low + high) / 2 if low and high else low * 2 if low else (high or 0) / 2
    return f"{healthy:.1f}"


def _usual_files(item: InspectionItem, inspection: Inspection, *, at: datetime) -> list[File]:
    """Return the photo without which the item would not be complete."""
    if item.photo_rule != PhotoRule.ALWAYS:
        return []
    vehicle = inspection.repair_order.vehicle
    if item.kind == ItemKind.VIN:
        return [photo(pictures.vin(vehicle.vin or "—"), "vin", at=at)]
    if item.kind == ItemKind.PLATE:
        return [photo(pictures.plate(vehicle.plate), "plate", at=at)]
    if item.kind == ItemKind.ODOMETER:
        reading = f"{inspection.repair_order.odometer or 0:,}".replace(",", " ")
        return [photo(pictures.odometer(reading), "odometer", at=at)]
    side = item.pair_key.removeprefix("body_")
    if side in {"front", "left", "rear", "right"}:
        picture = pictures.body(side, colour=paint_of(vehicle.plate), plate=vehicle.plate)
        return [photo(picture, side, at=at, shot=1)]
    if item.pair_key == "warning_lights":
        reading = f"{inspection.repair_order.odometer or 0:,}".replace(",", " ")
        return [photo(pictures.odometer(reading), "instruments", at=at)]
    return [photo(pictures.brake(9), "work", at=at)]
