"""How far each line of a repair order is: what was authorized, done, announced and billed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from estimates import ledger
from estimates.models import Estimate, EstimateLine, EstimateRevision, LineAnswer
from estimates.states import LineKind, RevisionStatus
from invoices import partial
from invoices.models import InvoiceLine, StorageNotice, WorkItem
from invoices.partial import Billed, PartialLine
from invoices.states import InvoiceKind, InvoiceStatus, StopOption
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder

_APART = (LineKind.TEARDOWN, LineKind.REASSEMBLY)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One line of work of an order, as far as it is.

    ``line`` is the version whose amount is authorized, else the newest one. ``announcement`` is
    the line that told before what disassembly means. ``billed`` is what issued invoices hold of
    it, before tax, less what was credited.
    """

    line: EstimateLine
    answer: LineAnswer | None
    authorized: bool
    work: WorkItem | None
    announcement: EstimateLine | None
    storage_announced: bool
    billed: Decimal

    @property
    def key(self) -> UUID:
        """What the line is called through all revisions."""
        return self.line.key

    @property
    def as_partial(self) -> PartialLine:
        """The plain values of which a stopped repair is reckoned."""
        line, work = self.line, self.work
        announced = (
            self.storage_announced if line.kind == LineKind.STORAGE else bool(self.announcement)
        )
        return PartialLine(
            key=line.key,
            kind=line.kind,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            authorized=self.authorized,
            done=work.done_quantity if work else ZERO,
            part_state=work.part_state if work else "",
            restocking_fee=work.restocking_fee if work else ZERO,
            has_proof=bool(work and work.supplier_proof_id),
            announced=announced,
            billed=self.billed,
        )


def of(order: RepairOrder) -> list[Job]:
    """Return every line that was put before the customer, in the estimates' order."""
    works = {work.key: work for work in _works(order)}
    billed = _billed(order)
    storage = StorageNotice.objects.for_shop(order.shop).filter(repair_order=order).exists()
    jobs = []
    for estimate in _estimates(order):
        announcement = _announcement(estimate)
        for entry in ledger.of(estimate).entries:
            if entry.line is None:
                # No longer proposed: neither authorized nor waiting for an answer.
                continue
            line = entry.in_force or entry.line
            needs = line.kind in _APART or line.kind == LineKind.PART
            jobs.append(
                Job(
                    line=line,
                    answer=entry.answer if entry.in_force else None,
                    authorized=entry.in_force is not None,
                    work=works.get(line.key),
                    announcement=announcement if needs else None,
                    storage_announced=storage,
                    billed=billed.get(line.key, ZERO),
                )
            )
    return jobs


def authorized(order: RepairOrder) -> list[Job]:
    """Return the lines that may be worked on."""
    return [job for job in of(order) if job.authorized]


def key_of(order: RepairOrder, named: UUID) -> UUID | None:
    """Return the key of the line that is ``named`` by its key or by the id of any version."""
    found = (
        EstimateLine.objects.for_shop(order.shop)
        .filter(Q(key=named) | Q(pk=named), revision__estimate__repair_order=order)
        .first()
    )
    return found.key if found else None


def classified(order: RepairOrder, jobs: Iterable[Job], option: str) -> list[Billed]:
    """Say what each line comes to when the order's repair stops and goes on as ``option``."""
    return partial.classify(
        [job.as_partial for job in jobs],
        option=option,
        needs_disclosure=needs_disclosure(order),
    )


def needs_disclosure(order: RepairOrder) -> bool:
    """Say whether the rules frozen on the order let disassembly cost only what was announced."""
    return bool(order.profile.get("teardown_disclosure", False))


def prices(order: RepairOrder, jobs: Iterable[Job]) -> dict[str, Decimal]:
    """Return what each way of going on comes to, with tax, by the option's value."""
    lines = [job.as_partial for job in jobs]
    return {
        option.value: max(
            partial.totals_of(
                partial.classify(lines, option=option, needs_disclosure=needs_disclosure(order))
            ).total,
            ZERO,
        )
        for option in StopOption
        if option != StopOption.UNDECIDED
    }


def _estimates(order: RepairOrder) -> list[Estimate]:
    return list(
        Estimate.objects.for_shop(order.shop)
        .filter(repair_order=order)
        .order_by("created_at", "number")
    )


def _works(order: RepairOrder) -> list[WorkItem]:
    return list(
        WorkItem.objects.for_shop(order.shop)
        .filter(repair_order=order)
        .select_related("supplier_proof__intake")
    )


def _announcement(estimate: Estimate) -> EstimateLine | None:
    """Return the first line of a sent revision that says what disassembly means."""
    sent = EstimateRevision.objects.filter(estimate=estimate).proposed()
    return (
        EstimateLine.objects.filter(
            revision__in=sent.exclude(status=RevisionStatus.WITHDRAWN), kind__in=_APART
        )
        .exclude(disclosure="")
        .select_related("revision__estimate")
        .order_by("revision__number", "position")
        .first()
    )


def _billed(order: RepairOrder) -> dict[UUID, Decimal]:
    """Return what stands on issued invoices by the line's key, less what was credited."""
    standing = InvoiceLine.objects.for_shop(order.shop).filter(
        invoice__repair_order=order,
        invoice__status__in=[InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF],
    )
    sums: dict[UUID, Decimal] = {}
    for key, net in (
        standing.exclude(invoice__kind=InvoiceKind.CREDIT_NOTE)
        .exclude(estimate_line=None)
        .values_list("estimate_line__key")
        .annotate(sum=Sum("net"))
    ):
        sums[key] = sums.get(key, ZERO) + net
    for key, net in (
        standing.filter(invoice__kind=InvoiceKind.CREDIT_NOTE)
        .exclude(credited_line__estimate_line=None)
        .values_list("credited_line__estimate_line__key")
        .annotate(sum=Sum("net"))
    ):
        sums[key] = sums.get(key, ZERO) - net
    return sums
