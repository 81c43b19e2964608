"""What reworks show on the pages of invoices, customers, repair orders and cases."""

from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from disputes import reworkable
from disputes.models import DisputeCase, ReworkQuerySet, ReworkRequest
from invoices.models import Invoice
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.contributions import Panel
from shopdisputes.web.requests import StaffRequest

#: The list of reworks shows all of them.
_MOST_ON_PANEL = 5


def of_invoice(request: StaffRequest, invoice: Invoice) -> list[Panel]:
    """Return the reworks of an invoice, and the way to note one; for the desk."""
    query = urlencode({"invoice": invoice.number})
    can_ask = request.actor.role in DESK and bool(reworkable.lines_of(invoice))
    return _panel(
        request,
        _reworks(request).filter(invoice=invoice),
        new=f"{reverse('rework-new')}?{query}" if can_ask else "",
    )


def of_customer(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return a customer's reworks, the newest first; for the desk."""
    return _panel(request, _reworks(request).filter(invoice__customer=customer))


def of_repair_order(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return what of a visit is done again, and what is done again on it; for the desk."""
    found = _reworks(request).filter(
        Q(repair_order=repair_order) | Q(invoice__repair_order=repair_order)
    )
    return _panel(request, found, order=repair_order)


def of_case(request: StaffRequest, case: DisputeCase) -> list[Panel]:
    """Return the reworks that a case came of, or led to; for the desk."""
    found = _reworks(request).filter(Q(case=case) | Q(offer__case=case))
    return _panel(request, found)


def _panel(
    request: StaffRequest,
    found: ReworkQuerySet,
    *,
    new: str = "",
    order: RepairOrder | None = None,
) -> list[Panel]:
    if request.actor.role not in DESK:
        return []
    rows = list(found.order_by("-asked_at", "id")[: _MOST_ON_PANEL + 1])
    if not rows and not new:
        return []
    at = timezone.now()
    return [
        Panel(
            template="disputes/reworks/panel.html",
            context={
                "rows": rows[:_MOST_ON_PANEL],
                "more": len(rows) > _MOST_ON_PANEL,
                "new_url": new,
                "order": order,
                "now": at,
                "today": today(request, at),
            },
        )
    ]


def _reworks(request: StaffRequest) -> ReworkQuerySet:
    return ReworkRequest.objects.for_shop(request.shop).with_everything()
