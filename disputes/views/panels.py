"""What disputes show on the pages of invoices, customers, repair orders and statements."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from disputes.models import DisputeCase, DisputeItem, FollowUp
from disputes.states import FollowUpStatus, ItemState
from disputes.views.wizard import new_url
from invoices.models import Claim, Invoice
from invoices.states import ClaimKind, ClaimStatus, InvoiceKind, InvoiceStatus
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Panel
from shopdisputes.web.requests import StaffRequest

#: The list of disputes shows all of them.
_MOST_ON_PANEL = 5


def of_invoice(request: StaffRequest, invoice: Invoice) -> list[Panel]:
    """Return the cases about an invoice, and the way to open one; for the desk."""
    can_be = invoice.status == InvoiceStatus.ISSUED and invoice.kind != InvoiceKind.CREDIT_NOTE
    found = _cases(request).filter(items__invoice=invoice).distinct()
    # What a customer said is wrong waits for somebody who makes a case of it, or answers it.
    claims = Claim.objects.for_shop(request.shop).filter(
        invoice=invoice, kind=ClaimKind.SOMETHING_WRONG, status=ClaimStatus.OPEN
    )
    return _panel(
        request,
        found,
        new=new_url(invoice.customer, invoice) if can_be else "",
        claims=list(claims.order_by("made_at", "pk")) if can_be else (),
        always=can_be,
    )


def of_customer(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return a customer's cases, the newest first; for the desk."""
    return _panel(request, _cases(request).filter(customer=customer))


def of_repair_order(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return the cases about the invoices of an order; for the desk."""
    found = _cases(request).filter(items__invoice__repair_order=repair_order).distinct()
    return _panel(request, found)


def of_statement(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return the button that opens a case about what is ticked."""
    if request.actor.role not in DESK:
        return []
    return [Panel(template="disputes/panel_statement.html", context={"customer": customer})]


def of_reports(_request: StaffRequest, _shop: Shop) -> list[Panel]:
    """Return the way to the reports of disputes."""
    return [Panel(template="disputes/panel_reports.html", context={})]


def _panel(
    request: StaffRequest,
    found: QuerySet[DisputeCase],
    *,
    new: str = "",
    claims: Sequence[Claim] = (),
    always: bool = False,
) -> list[Panel]:
    if request.actor.role not in DESK:
        return []
    cases = list(found.order_by("-opened_at", "id")[: _MOST_ON_PANEL + 1])
    if not cases and not always:
        return []
    return [
        Panel(
            template="disputes/panel_cases.html",
            context={
                "rows": [_row(case) for case in cases[:_MOST_ON_PANEL]],
                "more": len(cases) > _MOST_ON_PANEL,
                "new_url": new,
                "claims": claims,
                "shop": request.shop,
            },
        )
    ]


def _cases(request: StaffRequest) -> QuerySet[DisputeCase]:
    upcoming = FollowUp.objects.for_shop(request.shop).filter(status=FollowUpStatus.OPEN)
    return (
        DisputeCase.objects.for_shop(request.shop)
        .select_related("customer", "reason", "owner")
        .prefetch_related(
            Prefetch("follow_ups", queryset=upcoming.order_by("due_on", "pk"), to_attr="upcoming"),
            Prefetch(
                "items",
                queryset=DisputeItem.objects.for_shop(request.shop).filter(state=ItemState.OPEN),
                to_attr="contested",
            ),
        )
    )


def _row(case: DisputeCase) -> dict[str, Any]:
    open_items: list[DisputeItem] = case.contested  # type: ignore[attr-defined]
    upcoming: list[FollowUp] = case.upcoming  # type: ignore[attr-defined]
    return {
        "case": case,
        "contested": sum((item.amount for item in open_items), ZERO),
        "next_on": upcoming[0].due_on if upcoming else None,
    }
