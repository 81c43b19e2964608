"""Cancelling a repair order together with what the apps hang on it."""

from datetime import datetime

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.contributions import contributions


@transaction.atomic
def cancel(*, repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> RepairOrder:
    """Call a visit off; what an app must undo for it is undone in the same transaction.

    Raises:
        ReasonMissing, IllegalTransition, NotYourTransition: as ``repairorders.services.cancel``.
        DomainError: an app refuses; nothing was changed.
    """
    for part in contributions():
        part.call_off(repair_order, reason, by, at)
    return services.cancel(repair_order=repair_order, reason=reason, by=by, at=at)


def notes(repair_order: RepairOrder) -> list[str]:
    """Return, a sentence each, what calling a visit off would do beyond that."""
    return [note for part in contributions() for note in part.call_off_notes(repair_order)]
