"""Ending an inspection: completing it, opening it again, throwing it away."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import snapshot
from inspections.models import Inspection, InspectionItem
from inspections.services import media, trail
from inspections.services.locking import lock_inspection, lock_items, need_open
from inspections.states import MEASURED, READ, TRANSITIONS, ItemKind, PhotoRule, Result
from shopdisputes.actors import Actor
from shopdisputes.canonical import sha256_hex
from shopdisputes.customers import vin
from shopdisputes.errors import Conflict, Refused
from shopdisputes.uploads.states import IntakeStatus

_LONGEST_REASON = 2000


class Incomplete(Refused):
    """Something was not looked at or not proved; ``fields`` says what, by the item's id."""

    code = "incomplete"
    default_message = gettext_lazy("Something is still missing.")


class Cited(Conflict):
    """A customer was sent an estimate that cites it: what it says has to stay."""

    code = "cited"
    default_message = gettext_lazy(
        "An estimate that was sent cites this inspection, so it stays as it is."
    )


class ReasonMissing(Refused):
    """Throwing away what somebody saw needs a reason, of at most 2000 signs."""

    code = "reason-missing"
    default_message = gettext_lazy("Say why, in at most 2000 signs; it is kept in the timeline.")


def missing(inspection: Inspection) -> dict[UUID, list[str]]:
    """Return what keeps an inspection from its completion: sentences by item; empty when nothing.

    A file that still waits for the virus scanner counts; one that is kept apart does not.
    """
    return _missing(inspection.items.in_order().with_media())


def warnings(inspection: Inspection) -> list[str]:
    """Return what looks wrong but keeps nobody from completing: another car's VIN or plate."""
    vehicle = inspection.repair_order.vehicle
    found = []
    for item in inspection.items.in_order():
        if item.kind == ItemKind.VIN and _differs(item.reading, vehicle.vin):
            found.append(
                _("The VIN read off the car (%(read)s) is not that of the vehicle (%(known)s).")
                % {"read": item.reading, "known": vehicle.vin}
            )
        if item.kind == ItemKind.PLATE and _differs(item.reading, vehicle.plate):
            found.append(
                _("The plate read off the car (%(read)s) is not that of the vehicle (%(known)s).")
                % {"read": item.reading, "known": vehicle.plate}
            )
    return found


@transaction.atomic
def complete(
    *, inspection: Inspection, needs_proof: bool = True, by: Actor, at: datetime
) -> Inspection:
    """End an inspection: from now on what it says is frozen, with the hash of every file.

    Without ``needs_proof`` a result at every item is enough; how many items lack the photo,
    measurement or reading that the checklist asks for, is then written into the trail.

    Raises:
        Incomplete: an item misses its result or reason, or with ``needs_proof`` its
            measurement, reading or photo.
        IllegalTransition: it is not in progress.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    # Whoever is still writing at an item is waited for, and nobody begins to after this.
    lock_items(inspection)
    inspection.status = TRANSITIONS.target("complete", state=inspection.status, by=by)
    lacking = missing(inspection)
    unproved = set() if needs_proof else _looked_at(inspection) & lacking.keys()
    if lacking := {key: said for key, said in lacking.items() if key not in unproved}:
        fields: dict[str, str | Promise] = {
            str(key): " ".join(said) for key, said in lacking.items()
        }
        raise Incomplete(fields=fields)
    inspection.completed_at, inspection.completed_by = at, by.name
    inspection.canonical_json = snapshot.text_of(inspection)
    inspection.sha256 = sha256_hex(inspection.canonical_json)
    _save(inspection)
    counts = media.summary(inspection)
    trail.record(
        action="inspection.completed",
        inspection=inspection,
        data={"sha256": inspection.sha256, "unproved": len(unproved), **counts.as_data()},
        by=by,
        at=at,
    )
    return inspection


@transaction.atomic
def reopen(*, inspection: Inspection, by: Actor, at: datetime) -> Inspection:
    """Go on with an inspection that no customer has seen; its report is made anew afterwards.

    Raises:
        IllegalTransition: it is not completed, or was shared.
        Cited: an estimate that was sent cites it.
        RepairOrderNotOpen: the visit is over.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    status = TRANSITIONS.target("reopen", state=inspection.status, by=by)
    need_open(inspection.repair_order)
    _need_uncited(inspection)
    earlier = inspection.sha256
    inspection.status = status
    inspection.completed_at, inspection.completed_by = None, ""
    inspection.canonical_json = inspection.sha256 = ""
    inspection.report = None
    _save(inspection)
    trail.record(
        action="inspection.reopened",
        inspection=inspection,
        data={"sha256": earlier},
        by=by,
        at=at,
    )
    return inspection


@transaction.atomic
def discard(*, inspection: Inspection, reason: str, by: Actor, at: datetime) -> Inspection:
    """Throw an inspection away that no customer has seen; it stays readable, its number used.

    Raises:
        ReasonMissing: ``reason`` is empty or too long.
        IllegalTransition: it was shared, or discarded before.
        Cited: an estimate that was sent cites it.
        NotYourTransition: ``by`` is not of the staff.
    """
    inspection = lock_inspection(inspection)
    lock_items(inspection)
    status = TRANSITIONS.target("discard", state=inspection.status, by=by)
    _need_uncited(inspection)
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    inspection.status = status
    inspection.save(update_fields=["status"])
    trail.record(
        action="inspection.discarded",
        inspection=inspection,
        data={"reason": reason},
        by=by,
        at=at,
    )
    return inspection


def _missing(items: Iterable[InspectionItem]) -> dict[UUID, list[str]]:
    return {item.pk: lacking for item in items if (lacking := _lacking(item))}


def _looked_at(inspection: Inspection) -> set[UUID]:
    """Return the items of which everything is said but the proof."""
    said = inspection.items.exclude(result="").exclude(result=Result.NOT_INSPECTED, reason="")
    return set(said.values_list("pk", flat=True))


def _lacking(item: InspectionItem) -> list[str]:
    if not item.result:
        return [_("Not looked at yet.")]
    if item.result == Result.NOT_INSPECTED:
        return [] if item.reason else [_("The reason is missing.")]
    lacking = []
    if item.kind in MEASURED and item.measurement is None:
        lacking.append(_("The measurement is missing."))
    if item.kind in READ and not item.reading:
        lacking.append(_("What was read off the car is missing."))
    if _needs_photo(item) and not _has_photo(item):
        lacking.append(_("A photo is missing."))
    return lacking


def _needs_photo(item: InspectionItem) -> bool:
    return item.photo_rule == PhotoRule.ALWAYS or (
        item.photo_rule == PhotoRule.WHEN_NOT_OK and item.result != Result.OK
    )


def _has_photo(item: InspectionItem) -> bool:
    return any(each.file.intake.status != IntakeStatus.QUARANTINED for each in item.media.all())


def _differs(read: str, known: str) -> bool:
    read, known = vin.normalize(read), vin.normalize(known)
    return bool(read and known and read != known)


def _need_uncited(inspection: Inspection) -> None:
    if inspection.cited_at is not None:
        raise Cited


def _save(inspection: Inspection) -> None:
    inspection.save(
        update_fields=[
            "status",
            "completed_at",
            "completed_by",
            "canonical_json",
            "sha256",
            "report",
        ]
    )
