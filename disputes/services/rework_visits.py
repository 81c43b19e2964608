"""The free visit on which work is done again: what keeps it open, and how it ends unused."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.states import ReworkStatus
from estimates.states import RevisionStatus
from inspections.states import InspectionStatus
from invoices.states import WorkState
from shopdisputes.actors import DESK, SYSTEM, Actor
from shopdisputes.errors import Conflict
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus

#: Every revision that left the shop, whatever became of it.
_SHOWN = tuple(set(RevisionStatus) - {RevisionStatus.DRAFT})
_TO_BE_DONE = (ReworkStatus.ACCEPTED, ReworkStatus.IN_PROGRESS, ReworkStatus.NOT_FIXED)


class ReworkWaits(Conflict):
    """The customer was promised that it is done again on this visit."""

    code = "rework-waits"
    default_message = _("%(number)s is to be done again on this repair order. Call that off first.")


def promised_on(repair_order: RepairOrder) -> ReworkQuerySet:
    """Return what is still to be done again on a visit."""
    found = ReworkRequest.objects.for_shop(repair_order.shop)
    return found.filter(repair_order=repair_order, status__in=_TO_BE_DONE)


def need_none(repair_order: RepairOrder) -> None:
    """Refuse to call a visit off while something is to be done again on it.

    Raises:
        ReworkWaits: something is.
    """
    if rework := promised_on(repair_order).first():
        raise ReworkWaits(ReworkWaits.default_message % {"number": rework.number})


def cancel_unused(*, rework: ReworkRequest, reason: str, by: Actor, at: datetime) -> bool:
    """Call off the free visit of a request that has just ended, if nothing happened on it.

    The caller locked the visit (``lock_rework(with_visit=True)``) and ended the request. False:
    there is none that is open, or something was done on it, so that a person ends it. What a
    customer calls off, the clockwork cancels: customers move no visits.
    """
    visit = rework.repair_order
    if visit is None or visit.status != RepairOrderStatus.OPEN or _was_used(rework, visit):
        return False
    hands = by if by.role in DESK else SYSTEM
    rework.repair_order = repair_orders.cancel(repair_order=visit, reason=reason, by=hands, at=at)
    return True


def _was_used(rework: ReworkRequest, visit: RepairOrder) -> bool:
    """Whether the vehicle came, or anybody looked, worked, proposed, billed or paid there."""
    return (
        rework.tries > 0
        or promised_on(visit).exists()
        or visit.inspections.exclude(status=InspectionStatus.DISCARDED).exists()
        # What the customer was shown may be answered at this very moment.
        or visit.estimates.filter(revisions__status__in=_SHOWN).exists()
        or visit.work_items.exclude(state=WorkState.NOT_STARTED).exists()
        or any(
            used.exists()
            for used in (
                *(visit.stops, visit.invoices, visit.deposits),
                *(visit.storage_notices, visit.hand_overs),
            )
        )
    )
