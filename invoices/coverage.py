"""Whether what an invoice bills was authorized, announced and done.

Nothing here is stored: it is read when somebody asks, and frozen on the lines when an invoice is
issued.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from estimates import pricing
from estimates.states import LineKind
from invoices import progress
from invoices.basis import needs_announcement
from invoices.basis import of_line as basis_of
from invoices.billable import (
    Visit,
    authorized_total,
    billed_by_rate,
    billed_total,
    gross,
    left_of,
    visit_of,
)
from invoices.models import Invoice, InvoiceLine, StopWork, WorkItem
from invoices.partial import Billed
from invoices.states import Classification, Gap, InvoiceKind, WorkState
from shopdisputes.money import ZERO

__all__ = [
    "Coverage",
    "authorized_total",
    "basis_of",
    "billed_total",
    "check",
]

_NEEDS_PROOF = frozenset({Classification.PART_SPECIAL_ORDER, Classification.RESTOCKING_FEE})


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What an invoice lacks. ``gaps`` are by line, also of lines that a manager lets pass.

    ``above_total`` is how much the whole is above what was authorized, tolerance included.
    """

    lines: tuple[InvoiceLine, ...]
    gaps: Mapping[UUID, list[Gap]]
    above_total: Decimal

    @property
    def blocking(self) -> list[InvoiceLine]:
        """The lines for which the invoice cannot be issued."""
        return [line for line in self.lines if self.gaps.get(line.pk) and not line.override_reason]


def check(invoice: Invoice) -> Coverage:
    """Say what every line of a draft lacks to be issued.

    A discount and a line that bills nothing lack nothing. Storage stands on its notice and does
    not count to what was authorized; nor do lines that a manager lets pass.
    """
    lines = list(invoice.lines.in_order().select_related("estimate_line"))
    visit = visit_of(invoice.repair_order)
    stopped = _stopped_amounts(invoice, visit)
    excesses = _excesses(lines, visit)
    capped = [line for line in lines if line.kind != LineKind.STORAGE and not line.override_reason]
    beyond = sum((excesses[line.pk] for line in capped), ZERO) > visit.tolerance
    gaps: dict[UUID, list[Gap]] = defaultdict(list)
    for line in lines:
        if _asks_nothing(line):
            continue
        gaps[line.pk] += _gaps_of(line, visit, stopped)
        if excesses[line.pk] > 0 and (beyond or line.override_reason):
            gaps[line.pk].append(Gap.ABOVE_AUTHORIZED)
    above_total = _above_total(capped, visit)
    if above_total:
        asking = [line for line in capped if not _asks_nothing(line)]
        to_blame = [
            line for line in asking if excesses[line.pk] > 0 or Gap.NOT_AUTHORIZED in gaps[line.pk]
        ]
        for line in to_blame or asking:
            gaps[line.pk].append(Gap.ABOVE_TOTAL)
    return Coverage(
        lines=tuple(lines),
        gaps={pk: found for pk, found in gaps.items() if found},
        above_total=above_total,
    )


def _asks_nothing(line: InvoiceLine) -> bool:
    return line.kind == LineKind.DISCOUNT or line.net <= 0


def _gaps_of(line: InvoiceLine, visit: Visit, stopped: Mapping[UUID, Billed] | None) -> list[Gap]:
    if line.kind == LineKind.STORAGE:
        return [] if visit.notice else [Gap.NOT_DISCLOSED]
    job = visit.job_of(line)
    work = job.work if job else None
    gaps = []
    if job is None:
        gaps.append(Gap.NOT_AUTHORIZED)
    if (
        needs_announcement(line)
        and progress.needs_disclosure(visit.order)
        and visit.announcement_for(line) is None
    ):
        gaps.append(Gap.NOT_DISCLOSED)
    if stopped is not None:
        gaps += _gaps_when_stopped(line, stopped)
    elif job is not None and not _is_done(line, work):
        gaps.append(Gap.NOT_DONE)
    if line.classification in _NEEDS_PROOF and not (work and work.supplier_proof_id):
        gaps.append(Gap.NO_PROOF)
    return list(dict.fromkeys(gaps))


def _gaps_when_stopped(line: InvoiceLine, stopped: Mapping[UUID, Billed]) -> list[Gap]:
    """Compare a line of a partial repair with what it comes to as far as it was done."""
    billed = stopped.get(line.estimate_line.key) if line.estimate_line else None
    if billed is None or line.net <= billed.net:
        return []
    return list(billed.gaps) or [Gap.NOT_DONE]


def _is_done(line: InvoiceLine, work: WorkItem | None) -> bool:
    # Where nobody noted work, billing it states that it was done.
    return work is None or work.state == WorkState.DONE or work.done_quantity >= line.quantity > 0


def _stopped_amounts(invoice: Invoice, visit: Visit) -> dict[UUID, Billed] | None:
    if invoice.kind != InvoiceKind.PARTIAL_REPAIR:
        return None
    stop = StopWork.objects.filter(repair_order=visit.order).in_force().first()
    if stop is None:
        return None
    billed = progress.classified(visit.order, visit.jobs, stop.option)
    return {each.key: each for each in billed}


def _excesses(lines: Sequence[InvoiceLine], visit: Visit) -> dict[UUID, Decimal]:
    """Return, with tax, what each line asks above what is authorized and not billed yet."""
    left = {job.key: left_of(job) for job in visit.jobs}
    excesses: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        job = visit.job_of(line)
        if job is None or _asks_nothing(line) or line.kind == LineKind.STORAGE:
            continue
        covered = min(line.net, left[job.key])
        left[job.key] -= covered
        excesses[line.pk] = pricing.gross_of_line(
            net=line.net, tax_rate=line.tax_rate
        ) - pricing.gross_of_line(net=covered, tax_rate=job.line.tax_rate)
    return excesses


def _above_total(capped: Iterable[InvoiceLine], visit: Visit) -> Decimal:
    rates = billed_by_rate(visit.order, with_overrides=False)
    for line in capped:
        rates[line.tax_rate] += line.net
    return max(gross(rates) - visit.authorized_total - visit.tolerance, ZERO)
