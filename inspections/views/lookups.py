"""How the staff's pages find what they are about: always within the shop of who asks."""

from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from inspections.models import Inspection, InspectionItem, ItemMedia
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.requests import StaffRequest


def today(request: StaffRequest, at: datetime) -> date:
    """Return the shop's day."""
    return local_day(at, zone=request.shop.zone)


def inspection_of(request: StaffRequest, number: str) -> Inspection:
    """Return the shop's inspection of that number, with whom and what it is about; else 404."""
    return get_object_or_404(
        Inspection.objects.for_shop(request.shop).with_everything(), number=number
    )


def item_of(request: StaffRequest, number: str, item_id: UUID) -> InspectionItem:
    """Return an item of the shop's inspection of that number; else 404."""
    return get_object_or_404(
        InspectionItem.objects.for_shop(request.shop).select_related(
            "shop",
            "inspection__shop",
            "inspection__repair_order__customer",
            "inspection__repair_order__vehicle",
        ),
        inspection__number=number,
        pk=item_id,
    )


def media_of(request: StaffRequest, number: str, media_id: UUID) -> ItemMedia:
    """Return a file of an item that was not taken away; else 404."""
    return get_object_or_404(
        ItemMedia.objects.for_shop(request.shop)
        .shown()
        .select_related("shop", "item__inspection__shop", "item__inspection__repair_order"),
        item__inspection__number=number,
        pk=media_id,
    )


def repair_order_of(request: StaffRequest, number: str) -> RepairOrder:
    """Return the shop's repair order of that number; else 404."""
    return get_object_or_404(
        RepairOrder.objects.for_shop(request.shop).select_related("shop", "customer", "vehicle"),
        number=number,
    )
