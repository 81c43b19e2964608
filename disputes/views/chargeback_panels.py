"""What chargebacks show on the pages of cases, payments and invoices."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from disputes.models import Chargeback, DisputeCase
from disputes.services.bank_countdown import days_left
from disputes.services.bank_money import left_of
from disputes.states import ChargebackKind, ChargebackStatus
from invoices.models import Invoice, Payment
from shopdisputes.actors import DESK
from shopdisputes.web.contributions import Panel
from shopdisputes.web.requests import StaffRequest

#: The list shows all of them.
_MOST = 10


def of_case(request: StaffRequest, case: DisputeCase) -> list[Panel]:
    """Return the bank's side of a case."""
    found = Chargeback.objects.for_shop(request.shop).filter(case=case)
    running = found.running().filter(kind=ChargebackKind.CHARGEBACK)
    return _panels(request, found, holds_up=not case.has_ended and running.exists())


def of_invoice(request: StaffRequest, invoice: Invoice) -> list[Panel]:
    """Return what banks ask about, or took, of what had paid an invoice."""
    found = Chargeback.objects.for_shop(request.shop).filter(parts__invoice=invoice)
    return _panels(request, found)


def of_payment(request: StaffRequest, payment: Payment) -> list[Panel]:
    """Return what a bank asks about a payment, and the way to record it; for the desk."""
    found = Chargeback.objects.for_shop(request.shop).filter(payment=payment)
    new = ""
    if payment.annulled_at is None and left_of(payment) > 0:
        new = reverse("chargeback-new", args=[payment.number])
    return _panels(request, found, new=new)


def _panels(
    request: StaffRequest, found: QuerySet[Chargeback], *, new: str = "", holds_up: bool = False
) -> list[Panel]:
    if request.actor.role not in DESK:
        return []
    at = timezone.now()
    chargebacks = found.select_related("shop", "payment").order_by("-recorded_at", "id")[:_MOST]
    rows = [_row(each, at=at) for each in chargebacks]
    if not rows and not new:
        return []
    context = {"rows": rows, "new_url": new, "holds_up": holds_up}
    return [Panel(template="disputes/chargebacks/panel.html", context=context)]


def _row(chargeback: Chargeback, *, at: datetime) -> dict[str, Any]:
    return {
        "chargeback": chargeback,
        "currency": chargeback.payment.currency,
        "waits": chargeback.status == ChargebackStatus.NEEDS_RESPONSE,
        "left": days_left(chargeback, at=at),
    }
