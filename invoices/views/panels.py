"""What invoices show on the pages of repair orders and customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates.states import LineKind
from invoices import billable, collecting, progress
from invoices.models import Hold, Invoice, Payment, PaymentQuerySet, StopWork
from invoices.progress import Job
from invoices.states import InvoiceKind, InvoiceStatus, WorkState
from invoices.views.shown import InvoiceShown, shown
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.contributions import NextStep, Panel
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
    stops = list(StopWork.objects.for_shop(request.shop).filter(repair_order=repair_order))
    may_bill = request.actor.role in DESK and repair_order.status != RepairOrderStatus.CANCELLED
    rows = shown(list(invoices), at=timezone.now())
    in_force = next((stop for stop in stops if stop.lifted_at is None), None)
    stopped = in_force is not None
    authorized = billable.authorized_total(repair_order)
    jobs = progress.authorized(repair_order)
    drafted = next((row for row in rows if row.invoice.status == InvoiceStatus.DRAFT), None)
    may_draft = (
        may_bill
        and drafted is None
        and _is_left(jobs, [row.invoice for row in rows], stopped=stopped)
    )
    kind = InvoiceKind.PARTIAL_REPAIR if stopped else InvoiceKind.FULL
    # What is billed in full is not stopped any more: what is wrong with it is contested.
    is_billed = any(job.billed for job in jobs) and not any(map(billable.left_of, jobs))
    may_stop = repair_order.status == RepairOrderStatus.OPEN and not is_billed
    next_step = _next_step(
        request, repair_order, rows, jobs, in_force, drafts=kind if may_draft else None
    )
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
                "kind": kind,
                "stopped": stopped,
                # What comes next stands at the top of the page.
                "may_draft": may_draft and not (next_step and next_step.sends),
                # On a visit that is billed nothing would ever use it.
                "may_take_deposit": may_bill and (may_draft or drafted is not None or not rows),
                "ways": [
                    way
                    for way in _ways(
                        request, repair_order, stopped=stopped, may_stop=may_stop or bool(stops)
                    )
                    if next_step is None or way.url != next_step.url
                ],
            },
            next_step=next_step,
        ),
    ]


def _next_step(
    request: StaffRequest,
    repair_order: RepairOrder,
    rows: Sequence[InvoiceShown],
    jobs: Sequence[Job],
    stop: StopWork | None,
    *,
    drafts: InvoiceKind | None,
) -> NextStep | None:
    """Return what comes next for who looks: the work, its bill, the money, the hand-over.

    ``drafts`` is the kind of invoice that can be drafted now, if any.
    """
    number = repair_order.number
    is_open = repair_order.status == RepairOrderStatus.OPEN
    to_do = [job for job in jobs if job.line.kind != LineKind.DISCOUNT and not _is_finished(job)]
    if request.actor.role not in DESK:
        return _step(_("Note the work"), "tool", "work", number) if is_open and to_do else None
    draft = next((row for row in rows if row.invoice.status == InvoiceStatus.DRAFT), None)
    if draft is not None:
        return _step(_("Issue the invoice"), "file-invoice", "invoice-draft", draft.invoice.pk)
    if stop is not None and drafts and not stop.chosen_at:
        return _step(_("Stopped repair"), "hand-stop", "stop-work", number)
    if stop is None and drafts and is_open and to_do:
        return _step(_("Note the work"), "tool", "work", number)
    if drafts:
        label = _("Draft the partial invoice") if stop else _("Draft the invoice")
        return _step(label, "file-invoice", "invoice-new", number, sends={"kind": drafts.value})
    owed = [row.invoice.number for row in rows if row.standing.figures.collectible]
    if owed:
        step = _step(_("Record a payment"), "cash", "payment-new")
        return replace(step, url=f"{step.url}?{urlencode({'invoice': owed}, doseq=True)}")
    if is_open and any(row.invoice.status == InvoiceStatus.ISSUED for row in rows):
        return _step(_("Hand over the vehicle"), "key", "hand-over", number)
    return None


def _step(
    label: str | Promise,
    icon: str,
    page: str,
    *names: object,
    sends: Mapping[str, str] | None = None,
) -> NextStep:
    return NextStep(
        label=label, icon=icon, url=reverse(page, args=names), position=60, sends=sends or {}
    )


def _is_finished(job: Job) -> bool:
    return billable.left_of(job) == 0 or bool(job.work and job.work.state == WorkState.DONE)


def _is_left(jobs: Sequence[Job], invoices: Sequence[Invoice], *, stopped: bool) -> bool:
    """Say whether anything can be billed: of a stopped repair once, else what is left."""
    if stopped:
        return not any(
            invoice.kind == InvoiceKind.PARTIAL_REPAIR and invoice.status != InvoiceStatus.VOID
            for invoice in invoices
        )
    return any(billable.left_of(job) for job in jobs)


def of_customer(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return what is owed and may be asked for, money that is on no invoice, and the newest."""
    found = Invoice.objects.for_shop(request.shop).filter(customer=customer)
    now = timezone.now()
    newest = found.select_related("shop", "customer", "repair_order__vehicle").order_by(
        "-created_at", "id"
    )
    sums = (
        found.open_items()
        .order_by("due_on", "id")[:_MOST_SUMMED]
        .aggregate(count=Count("pk"), balance=Sum("balance"))
    )
    # Of the others all that is open can be asked for.
    holds = Hold.objects.for_shop(request.shop).filter(invoice__customer=customer).active(at=now)
    held = list(
        found.open_items()
        .filter(pk__in=holds.values("invoice"))
        .select_related("shop")
        .defer("canonical_json")
        .order_by("due_on", "id")[:_MOST_SUMMED]
    )
    figures = [standing.figures for standing in collecting.of(held, at=now).values()]
    kept_back = sum((each.balance - each.collectible for each in figures), ZERO)
    balance = sums["balance"] or ZERO
    money = Payment.objects.for_shop(request.shop).filter(customer=customer)
    return [
        Panel(
            template="invoices/panel_customer.html",
            context={
                "customer": customer,
                "rows": shown(list(newest[:_MOST_ON_PANEL]), at=now),
                "balance": balance,
                "collectible": balance - kept_back,
                "open_count": sums["count"],
                "unallocated": _sum(money.unallocated()),
                "may_write": request.actor.role in DESK,
            },
        )
    ]


def _sum(payments: PaymentQuerySet) -> Decimal:
    return payments.aggregate(sum=Sum("unallocated"))["sum"] or ZERO


def _ways(
    request: StaffRequest, repair_order: RepairOrder, *, stopped: bool, may_stop: bool
) -> list[Way]:
    """Return the pages about the order's work, storage and hand-over, for whom they are."""
    if repair_order.status == RepairOrderStatus.CANCELLED:
        return []
    ways: list[tuple[str, str | Promise, str]] = [("work", _("Work"), "tool")]
    if request.actor.role in DESK:
        if may_stop:
            label = _("Stopped repair") if stopped else _("Stop the repair")
            ways.append(("stop-work", label, "hand-stop"))
        ways += [
            ("storage", _("Storage"), "parking"),
            ("hand-over", _("Hand over the vehicle"), "key"),
        ]
    return [
        Way(label=label, icon=icon, url=reverse(name, args=[repair_order.number]))
        for name, label, icon in ways
    ]
