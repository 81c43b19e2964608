"""How the staff's pages find what they are about: always within the shop of who asks."""

from datetime import date, datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from estimates.models import Estimate, EstimateRevision
from estimates.states import RevisionStatus
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.requests import StaffRequest


def today(request: StaffRequest, at: datetime) -> date:
    """Return the shop's day."""
    return local_day(at, zone=request.shop.zone)


def estimate_of(request: StaffRequest, number: str) -> Estimate:
    """Return the shop's estimate of that number, with whom and what it is about; else 404."""
    return get_object_or_404(
        Estimate.objects.for_shop(request.shop).select_related(
            "shop", "repair_order__customer", "repair_order__vehicle"
        ),
        number=number,
    )


def repair_order_of(request: StaffRequest, number: str) -> RepairOrder:
    """Return the shop's repair order of that number; else 404."""
    return get_object_or_404(
        RepairOrder.objects.for_shop(request.shop).select_related("shop", "customer", "vehicle"),
        number=number,
    )


def draft_of(estimate: Estimate) -> EstimateRevision:
    """Return the revision being drafted; 404 when there is none."""
    return get_object_or_404(
        EstimateRevision.objects.for_shop(estimate.shop).filter(estimate=estimate),
        status=RevisionStatus.DRAFT,
    )


def revisions_of(estimate: Estimate) -> list[EstimateRevision]:
    """Return every revision, the newest first."""
    return list(
        EstimateRevision.objects.for_shop(estimate.shop)
        .filter(estimate=estimate)
        .select_related("document")
        .order_by("-number")
    )


def proposed_of(estimate: Estimate) -> EstimateRevision:
    """Return the newest revision that the customer was shown; 404 when there is none."""
    revision = (
        EstimateRevision.objects.for_shop(estimate.shop)
        .filter(estimate=estimate)
        .proposed()
        .order_by("-number")
        .first()
    )
    if revision is None:
        raise Http404
    return revision
