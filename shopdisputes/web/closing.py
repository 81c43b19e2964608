"""Closing a repair order, unless something that an app knows speaks against it."""

from datetime import datetime

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.contributions import contributions


@transaction.atomic
def close(*, repair_order: RepairOrder, note: str = "", by: Actor, at: datetime) -> RepairOrder:
    """End a visit by hand.

    Raises:
        IllegalTransition, NotYourTransition: as ``repairorders.services.close``.
        DomainError: an app refuses; nothing was changed.
    """
    for part in contributions():
        part.close(repair_order, by, at)
    return services.close(repair_order=repair_order, note=note, by=by, at=at)


def notes(repair_order: RepairOrder) -> list[str]:
    """Return, a sentence each, what speaks against closing a visit by hand."""
    return [note for part in contributions() for note in part.close_notes(repair_order)]
