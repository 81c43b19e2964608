"""What of a visit may be billed: what is authorized, and what issued invoices bill already."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from estimates import ledger, pricing
from estimates.models import Estimate, EstimateLine
from estimates.states import LineKind
from invoices import progress
from invoices.models import InvoiceLine, StorageNotice
from invoices.progress import Job
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Everything about a repair order that decides what may be billed, read once.

    ``jobs`` are its authorized lines in the order of the estimates.
    """

    order: RepairOrder
    jobs: tuple[Job, ...]
    authorized_total: Decimal
    notice: StorageNotice | None

    def job_of(self, line: InvoiceLine) -> Job | None:
        """Return the authorized line that a line of an invoice bills."""
        key = line.estimate_line.key if line.estimate_line else None
        return next((job for job in self.jobs if job.key == key), None)

    def announcement_for(self, line: InvoiceLine) -> EstimateLine | None:
        """Return the line that told before what disassembly means."""
        job = self.job_of(line)
        told = (each.announcement for each in ((job,) if job else self.jobs))
        return next((line for line in told if line is not None), None)

    @property
    def tolerance(self) -> Decimal:
        """How far bills may go above what was authorized, with tax."""
        return profiles.tolerance_of(self.order.profile).of(self.authorized_total)


def visit_of(order: RepairOrder) -> Visit:
    """Read what decides about the bills of a repair order."""
    return Visit(
        order=order,
        jobs=tuple(progress.authorized(order)),
        authorized_total=authorized_total(order),
        notice=StorageNotice.objects.filter(repair_order=order).order_by("-sent_at").first(),
    )


def left_of(job: Job) -> Decimal:
    """Return what is authorized and not billed yet, before tax; below zero for discounts only."""
    left = job.line.net - job.billed
    return min(left, ZERO) if job.line.kind == LineKind.DISCOUNT else max(left, ZERO)


def authorized_total(order: RepairOrder) -> Decimal:
    """Return what customers authorized on a visit, with tax."""
    estimates = Estimate.objects.filter(repair_order=order)
    return sum((ledger.of(estimate).authorized.total for estimate in estimates), ZERO)


def billed_total(order: RepairOrder) -> Decimal:
    """Return what a visit's invoices bill, less credit notes and without storage, with tax.

    Tax is computed once per rate on all of them, as on the estimates: two invoices of one
    estimate never come out a cent above it by rounding alone.
    """
    return gross(billed_by_rate(order, with_overrides=True))


def billed_by_rate(order: RepairOrder, *, with_overrides: bool) -> dict[Decimal, Decimal]:
    """Return what stands on a visit's invoices before tax, by tax rate, without storage.

    ``with_overrides``: also the lines that a manager let pass without a basis. A credit note over
    an amount names no line; it makes room only for what it leaves of the whole invoice, since it
    may be for lines that do not count here.
    """
    counted: dict[tuple[UUID, Decimal], Decimal] = defaultdict(lambda: ZERO)
    whole: dict[tuple[UUID, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for line in _standing_lines(order):
        credit = line.invoice.is_credit_note
        invoice_id = line.invoice.original_id if credit else line.invoice_id
        assert invoice_id is not None
        place, net = (invoice_id, line.tax_rate), -line.net if credit else line.net
        billed = line.credited_line if credit else line
        whole[place] += net
        if billed is None or billed.kind == LineKind.STORAGE:
            continue
        if with_overrides or not billed.override_reason:
            counted[place] += net
    rates: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for (invoice_id, rate), net in counted.items():
        rates[rate] += min(net, whole[invoice_id, rate])
    return rates


def gross(rates: Mapping[Decimal, Decimal]) -> Decimal:
    """Return the sum with tax of nets by tax rate."""
    return pricing.totals((net, rate) for rate, net in rates.items()).total


def _standing_lines(order: RepairOrder) -> list[InvoiceLine]:
    """Return the lines of a visit's invoices and credit notes that stand."""
    lines = InvoiceLine.objects.filter(
        invoice__repair_order=order,
        invoice__status__in=[InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF],
    ).select_related("invoice", "credited_line")
    return [line for line in lines if line.invoice.kind != InvoiceKind.DEPOSIT]
