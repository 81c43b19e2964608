"""What stands in the way of calling off a visit on which work is done again."""

from django.utils.translation import gettext_lazy as _

from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.states import ReworkStatus
from shopdisputes.errors import Conflict
from shopdisputes.repairorders.models import RepairOrder

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
