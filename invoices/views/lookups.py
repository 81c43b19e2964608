"""How the staff's pages find what they are about: always within the shop of who asks."""

from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from invoices.models import Invoice
from invoices.states import InvoiceStatus
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.requests import StaffRequest


def today(request: StaffRequest, at: datetime) -> date:
    """Return the shop's day."""
    return local_day(at, zone=request.shop.zone)


def invoice_of(request: StaffRequest, number: str) -> Invoice:
    """Return the shop's issued invoice or credit note of that number; else 404."""
    return get_object_or_404(
        Invoice.objects.for_shop(request.shop).numbered().with_everything(), number=number
    )


def draft_of(request: StaffRequest, draft_id: UUID) -> Invoice:
    """Return the shop's draft with that key; 404 as soon as it is issued or thrown away."""
    return get_object_or_404(
        Invoice.objects.for_shop(request.shop).with_everything(),
        pk=draft_id,
        status=InvoiceStatus.DRAFT,
    )


def repair_order_of(request: StaffRequest, number: str) -> RepairOrder:
    """Return the shop's repair order of that number; else 404."""
    return get_object_or_404(
        RepairOrder.objects.for_shop(request.shop).select_related("shop", "customer", "vehicle"),
        number=number,
    )
