"""Writing down what was seen, item by item."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections import judging
from inspections.models import Inspection, InspectionItem, ItemMedia
from inspections.services import trail
from inspections.services.locking import lock_inspection, lock_item, need_in_progress
from inspections.states import READ, ItemKind, Result
from shopdisputes.actors import Actor
from shopdisputes.customers import vin
from shopdisputes.errors import Refused

MOST_EXTRA_ITEMS = 100
_LONGEST_NAME = 200
_LONGEST_NOTE = 4000
_LONGEST = {"reason": 300, "reading": 40, "note": 2000, "internal_note": 2000}
_LARGEST = Decimal(10) ** 9
_LARGEST_ODOMETER = 9_999_999


class ReasonMissing(Refused):
    """What was not inspected needs its reason."""

    code = "reason-missing"
    default_message = _("Say why it was not inspected.")


class NoteMissing(Refused):
    """The result plays down what was measured, and no note says why."""

    code = "note-missing"
    default_message = _("This is milder than the measurement suggests. Say why in the note.")


class ValueRefused(Refused):
    """A value cannot be right; ``fields`` says which."""

    code = "value-refused"
    default_message = _("This cannot be right.")


class NotExtra(Refused):
    """Items of the checklist stay: what is not looked at is not inspected, with its reason."""

    code = "not-extra"
    default_message = _("Only an item that was added by hand can be removed.")


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What is wanted; None leaves what is there."""

    result: str
    reason: str | None
    measurement: Decimal | None
    reading: str | None
    note: str | None
    internal_note: str | None

    @property
    def is_nothing(self) -> bool:
        return not self.result and self.measurement is None and not self.reading


@transaction.atomic
def record(
    *,
    item: InspectionItem,
    result: str,
    reason: str | None = None,
    measurement: Decimal | None = None,
    reading: str | None = None,
    note: str | None = None,
    internal_note: str | None = None,
    by: Actor,
    at: datetime,
) -> InspectionItem:
    """Write down what was seen at an item; who comes last is right.

    None leaves a value as it is. An empty ``result`` is suggested from the measurement, or is
    all right where a VIN or plate was read; with neither, the item counts as not looked at yet
    and loses what was measured and read. ``not_inspected`` loses them too. ``measurement`` is in
    the item's unit, an odometer's in what the vehicle shows.

    Raises:
        NotInProgress: the inspection is over.
        ItemGone: somebody removed the item.
        ReasonMissing: ``not_inspected`` without a reason.
        NoteMissing: ``result`` is milder than the measurement suggests, and there is no note.
        ValueRefused: a value is none, too long or not asked for at this item.
        NotYourTransition: ``by`` is not of the staff.
    """
    seen = _Seen(
        result=result,
        reason=_trimmed(reason),
        measurement=measurement,
        reading=_trimmed(reading),
        note=_trimmed(note),
        internal_note=_trimmed(internal_note),
    )
    item = lock_item(item)
    need_in_progress(inspection=item.inspection, by=by)
    if problems := _problems(item, seen):
        raise ValueRefused(next(iter(problems.values())), fields=problems)
    _take(item, seen)
    item.recorded_at, item.recorded_by = at, by.name
    return _write(item)


@transaction.atomic
def add_item(
    *, inspection: Inspection, section: dict[str, str], name: str, by: Actor, at: datetime
) -> InspectionItem:
    """Add something to look at that is on no checklist, as the last item.

    Raises:
        NotInProgress: the inspection is over.
        ValueRefused: ``name`` is empty or too long, or there are 100 such items.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    need_in_progress(inspection=inspection, by=by)
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise _refusal("name", _("Between 1 and %(most)d signs.") % {"most": _LONGEST_NAME})
    if inspection.items.filter(is_extra=True).count() >= MOST_EXTRA_ITEMS:
        raise _refusal("name", _("No more than %(most)d.") % {"most": MOST_EXTRA_ITEMS})
    last = inspection.items.aggregate(last=Max("position"))["last"]
    item = InspectionItem.objects.create(
        shop=inspection.shop,
        inspection=inspection,
        position=last + 1,
        section=section,
        name={inspection.shop.language: name},
        is_extra=True,
    )
    trail.record(
        action="inspection.item_added", inspection=inspection, data={"item": name}, by=by, at=at
    )
    return item


@transaction.atomic
def remove_item(*, item: InspectionItem, by: Actor, at: datetime) -> None:
    """Take away an item that was added by hand, with what was written and attached to it.

    The trail keeps its name and the hashes of its files.

    Raises:
        NotExtra: it comes from the checklist.
        NotInProgress: the inspection is over.
        ItemGone: somebody removed it before.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(item.inspection)
    item = lock_item(item)
    need_in_progress(inspection=inspection, by=by)
    if not item.is_extra:
        raise NotExtra
    media = ItemMedia.objects.filter(item=item)
    files = list(media.shown().values_list("file__sha256", flat=True))
    data = {"item": str(item), "files": files}
    media.delete()
    item.delete()
    trail.record(action="inspection.item_removed", inspection=inspection, data=data, by=by, at=at)


@transaction.atomic
def set_note(*, inspection: Inspection, note: str, by: Actor, at: datetime) -> Inspection:
    """Say something to the customer about the whole; at most 4000 signs.

    Raises:
        NotInProgress: the inspection is over.
        ValueRefused: ``note`` is too long.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    need_in_progress(inspection=inspection, by=by)
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise _refusal("note", _too_long(_LONGEST_NOTE))
    inspection.note = note
    inspection.save(update_fields=["note"])
    return inspection


@transaction.atomic
def rest_not_inspected(*, inspection: Inspection, reason: str, by: Actor, at: datetime) -> int:
    """Write down that nothing else was looked at, and why; return how many items that were.

    Raises:
        NotInProgress: the inspection is over.
        ReasonMissing: ``reason`` is empty.
        ValueRefused: ``reason`` is too long.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    need_in_progress(inspection=inspection, by=by)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    if len(reason) > _LONGEST["reason"]:
        raise _refusal("reason", _too_long(_LONGEST["reason"]))
    # In the order of keys, as completing locks them; what was just recorded is not blank any more.
    blank = InspectionItem.objects.filter(inspection=inspection, result="").order_by("pk")
    keys = [key for (key,) in blank.select_for_update(of=("self",)).values_list("pk")]
    return InspectionItem.objects.filter(pk__in=keys).update(
        result=Result.NOT_INSPECTED,
        reason=reason,
        recorded_at=at,
        recorded_by=by.name,
    )


def _take(item: InspectionItem, seen: _Seen) -> None:
    """Put what was seen on the item.

    Raises:
        ReasonMissing, NoteMissing: see ``record``.
    """
    for name in ("note", "internal_note"):
        if (value := getattr(seen, name)) is not None:
            setattr(item, name, value)
    if seen.is_nothing or seen.result == Result.NOT_INSPECTED:
        item.measurement, item.reading = None, ""
    else:
        if seen.measurement is not None:
            item.measurement = seen.measurement
        if seen.reading is not None:
            item.reading = (
                vin.normalize(seen.reading) if item.kind == ItemKind.VIN else seen.reading
            )
    suggested = None
    if item.measurement is not None:
        suggested = judging.suggest(item.measurement, **item.thresholds)
    item.result = seen.result or suggested or (Result.OK if item.reading else "")
    if item.result != Result.NOT_INSPECTED:
        item.reason = ""
    elif not (reason := item.reason if seen.reason is None else seen.reason):
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    else:
        item.reason = reason
    if suggested and judging.is_milder(item.result, suggested) and not item.note:
        raise NoteMissing(fields={"note": NoteMissing.default_message})


def _write(item: InspectionItem) -> InspectionItem:
    item.save(
        update_fields=[
            "result",
            "reason",
            "measurement",
            "reading",
            "note",
            "internal_note",
            "recorded_at",
            "recorded_by",
        ]
    )
    return item


def _problems(item: InspectionItem, seen: _Seen) -> dict[str, str | Promise]:
    problems: dict[str, str | Promise] = {
        name: _too_long(longest)
        for name, longest in _LONGEST.items()
        if len(getattr(seen, name) or "") > longest
    }
    if seen.result and seen.result not in Result.values:
        problems["result"] = _("Choose a result.")
    if seen.reading and item.kind not in READ:
        problems["reading"] = _("Nothing is read off the car here.")
    if seen.measurement is not None and (problem := _wrong_number(item, seen.measurement)):
        problems["measurement"] = problem
    return problems


def _wrong_number(item: InspectionItem, measurement: Decimal) -> str | Promise | None:
    if item.kind in READ:
        return _("Nothing is measured here.")
    if not measurement.is_finite() or abs(measurement) >= _LARGEST:
        return _("This is not a number.")
    if item.kind == ItemKind.ODOMETER:
        if not 0 <= measurement <= _LARGEST_ODOMETER or measurement != measurement.to_integral():
            return _("A whole number, as the vehicle shows it.")
    elif measurement != round(measurement, 3):
        return _("Three decimals at most.")
    return None


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _too_long(longest: int) -> str | Promise:
    return _("At most %(most)d signs.") % {"most": longest}


def _refusal(field: str, message: str | Promise) -> ValueRefused:
    return ValueRefused(message, fields={field: message})
