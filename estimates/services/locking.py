"""The locks behind which everything about an estimate happens, in their fixed order."""

from estimates.models import Estimate, EstimateRevision
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus


def lock_repair_order(repair_order: RepairOrder) -> RepairOrder:
    """Lock a repair order and return it as it is now."""
    RepairOrder.objects.lock(repair_order.pk)
    return RepairOrder.objects.select_related("shop", "customer", "vehicle").get(pk=repair_order.pk)


def lock_estimate(estimate: Estimate) -> Estimate:
    """Lock the repair order, then the estimate, and return the estimate as it is now."""
    RepairOrder.objects.lock(estimate.repair_order_id)
    Estimate.objects.lock(estimate.pk)
    return Estimate.objects.select_related(
        "shop", "repair_order__customer", "repair_order__vehicle"
    ).get(pk=estimate.pk)


def lock_revision(revision: EstimateRevision) -> EstimateRevision:
    """Lock the repair order, then the estimate, and return the revision as it is now."""
    lock_estimate(revision.estimate)
    return EstimateRevision.objects.with_everything().get(pk=revision.pk)


def need_open(repair_order: RepairOrder) -> None:
    """Refuse to go on with a visit that is over.

    Raises:
        RepairOrderNotOpen: it is closed or cancelled.
    """
    if repair_order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen


def mirror(estimate: Estimate) -> None:
    """Repeat the newest revision's status and total on the estimate, for lists."""
    newest = estimate.revisions.order_by("-number")[0]
    Estimate.objects.filter(pk=estimate.pk).update(status=newest.status, total=newest.total)
    estimate.status, estimate.total = newest.status, newest.total
