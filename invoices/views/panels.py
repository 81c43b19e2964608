"""What invoices show on the pages of repair orders and customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices import billable, progress
from invoices.models import Invoice, Payment, PaymentQuerySet, StopWork
from invoices.states import InvoiceKind, InvoiceStatus
from invoices.views.shown import shown
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.contributions import Panel
from shopdisputes.web.requests import StaffRequest

_MOST_ON_PANEL = 10
#: No customer has more open invoices than a page can add up.
_MOST_SUMMED = 10_000


@dataclass(frozen=True, kw_only=True)
class Way:
    """A page to go on to from a repair order."""

    label: str | Promise
    icon: str
    url: str


def of_repair_order(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return the order's invoices, what of it is billed, and the ways to go on."""
    invoices = (
        Invoice.objects.for_shop(request.shop)
        .filter(repair_order=repair_order)
        .select_related("shop", "customer", "repair_order__vehicle")
        .order_by("created_at", "id")
    )
    stop = StopWork.objects.for_shop(request.shop).filter(repair_order=repair_order).in_force()
    may_bill = request.actor.role in DESK and repair_order.status != RepairOrderStatus.CANCELLED
    rows = shown(list(invoices), at=timezone.now())
    in_force = stop.first()
    stopped = in_force is not None
    authorized = billable.authorized_total(repair_order)
    drafted = any(row.invoice.status == InvoiceStatus.DRAFT for row in rows)
    panel_of_stop = [
        Panel(
            template="invoices/panel_stop.html", context={"order": repair_order, "stop": in_force}
        )
    ]
    return [
        *(panel_of_stop if stopped else []),
        Panel(
            template="invoices/panel_repair_order.html",
            context={
                "order": repair_order,
                "rows": rows,
                "authorized": authorized,
                "billed": billable.billed_total(repair_order),
                "deposits": _sum(Payment.objects.for_shop(request.shop).deposits_of(repair_order)),
                "kind": InvoiceKind.PARTIAL_REPAIR if stopped else InvoiceKind.FULL,
                "stopped": stopped,
                "may_draft": may_bill
                and not drafted
                and _is_left(repair_order, [row.invoice for row in rows], stopped=stopped),
                "may_take_deposit": may_bill,
                "ways": _ways(request, repair_order, stopped=stopped),
            },
        ),
    ]


def _is_left(repair_order: RepairOrder, invoices: Sequence[Invoice], *, stopped: bool) -> bool:
    """Say whether anything can be billed: of a stopped repair once, else what is left."""
    if stopped:
        return not any(
            invoice.kind == InvoiceKind.PARTIAL_REPAIR and invoice.status != InvoiceStatus.VOID
            for invoice in invoices
        )
    return any(billable.left_of(job) for job in progress.authorized(repair_order))


def of_customer(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return what the customer owes, what money of theirs is on no invoice, and the newest."""
    found = Invoice.objects.for_shop(request.shop).filter(customer=customer)
    newest = found.select_related("shop", "customer", "repair_order__vehicle").order_by(
        "-created_at", "id"
    )
    sums = (
        found.open_items()
        .order_by("due_on", "id")[:_MOST_SUMMED]
        .aggregate(count=Count("pk"), balance=Sum("balance"))
    )
    money = Payment.objects.for_shop(request.shop).filter(customer=customer)
    return [
        Panel(
            template="invoices/panel_customer.html",
            context={
                "customer": customer,
                "rows": shown(list(newest[:_MOST_ON_PANEL]), at=timezone.now()),
                "balance": sums["balance"] or ZERO,
                "open_count": sums["count"],
                "unallocated": _sum(money.unallocated()),
                "may_write": request.actor.role in DESK,
            },
        )
    ]


def _sum(payments: PaymentQuerySet) -> Decimal:
    return payments.aggregate(sum=Sum("unallocated"))["sum"] or ZERO


def _ways(request: StaffRequest, repair_order: RepairOrder, *, stopped: bool) -> list[Way]:
    """Return the pages about the order's work, storage and hand-over, for whom they are."""
    if repair_order.status == RepairOrderStatus.CANCELLED:
        return []
    ways: list[tuple[str, str | Promise, str]] = [("work", _("Work"), "tool")]
    if request.actor.role in DESK:
        ways += [
            ("stop-work", _("Stopped repair") if stopped else _("Stop the repair"), "hand-stop"),
            ("storage", _("Storage"), "parking"),
            ("hand-over", _("Hand over the vehicle"), "key"),
        ]
    return [
        Way(label=label, icon=icon, url=reverse(name, args=[repair_order.number]))
        for name, label, icon in ways
    ]
