"""The locks behind which everything about an inspection happens, in their fixed order.

Repair order, inspection, items by key. What is seen at one item locks that item alone, so that
two phones at one car do not wait for each other; whoever ends an inspection locks all of them.
"""

from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection, InspectionItem
from inspections.states import TRANSITIONS, InspectionStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus


class NotInProgress(Conflict):
    """The inspection was completed or discarded: nothing in it is changed any more."""

    code = "not-in-progress"
    default_message = _("This inspection is not in progress any more.")


class ItemGone(Conflict):
    """Somebody took the item away in this moment."""

    code = "item-gone"
    default_message = _("This item was removed.")


def lock_repair_order(repair_order: RepairOrder) -> RepairOrder:
    """Lock a repair order and return it as it is now."""
    RepairOrder.objects.lock(repair_order.pk)
    return RepairOrder.objects.select_related("shop", "customer", "vehicle").get(pk=repair_order.pk)


def lock_inspection(inspection: Inspection) -> Inspection:
    """Lock the repair order, then the inspection, and return the inspection as it is now."""
    RepairOrder.objects.lock(inspection.repair_order_id)
    Inspection.objects.lock(inspection.pk)
    return Inspection.objects.with_everything().get(pk=inspection.pk)


def lock_items(inspection: Inspection) -> None:
    """Lock all items of a locked inspection: whoever was writing at one of them is waited for."""
    rows = InspectionItem.objects.filter(inspection=inspection.pk)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def lock_item(item: InspectionItem) -> InspectionItem:
    """Lock one item, and return it as it is now, with its inspection.

    The inspection cannot be completed before the transaction ends, because that locks its items.

    Raises:
        ItemGone: it was removed.
    """
    rows = InspectionItem.objects.filter(pk=item.pk)
    rows.select_for_update(of=("self",)).values("pk").first()
    # A second statement: what the inspection has become while the lock was waited for counts.
    found = rows.select_related("shop", "inspection__repair_order__vehicle").first()
    if found is None:
        raise ItemGone
    return found


def need_in_progress(*, inspection: Inspection, by: Actor) -> None:
    """Refuse to change what is over, or what is not for ``by`` to change.

    Raises:
        NotInProgress: the inspection was completed or discarded.
        NotYourTransition: inspecting is the staff's.
    """
    if inspection.status != InspectionStatus.IN_PROGRESS:
        raise NotInProgress
    TRANSITIONS.target("record", state=inspection.status, by=by)


def need_open(repair_order: RepairOrder) -> None:
    """Refuse to go on with a visit that is over.

    Raises:
        RepairOrderNotOpen: it is closed or cancelled.
    """
    if repair_order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen
