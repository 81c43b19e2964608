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
from invoices import progress, storing, yard
from invoices.basis import needs_announcement
from invoices.billable import (
    Visit,
    billed_by_rate,
    gross,
    left_of,
    visit_of,
)
from invoices.models import Invoice, InvoiceLine, StopWork
from invoices.partial import Billed
from invoices.progress import Job
from invoices.states import Classification, Gap, InvoiceKind, WorkState
from shopdisputes.dates import start_of_day
from shopdisputes.money import ZERO

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

    A discount and a line that bills nothing lack nothing. Storage stands on its notice and the days
    that count, and not on what was authorized; lines that a manager lets pass do not count to it.
    """
    lines = list(invoice.lines.in_order().select_related("estimate_line"))
    visit = visit_of(invoice.repair_order)
    stopped = _stopped_amounts(invoice, visit)
    # What a manager let pass uses up what is authorized first: no line beside it does so again.
    by_turn = sorted(lines, key=lambda line: not line.override_reason)
    excesses = _excesses(invoice, by_turn, visit)
    asked = _asked(by_turn)
    capped = [line for line in lines if not _is_yard(line, visit) and not line.override_reason]
    # A line that asks less, such as at a lower tax rate, makes no room for another.
    beyond = sum((max(excesses[line.pk], ZERO) for line in capped), ZERO) > visit.tolerance
    gaps: dict[UUID, list[Gap]] = defaultdict(list)
    for line in lines:
        if _asks_nothing(line):
            continue
        gaps[line.pk] += _gaps_of(line, visit, stopped, asked[line.pk])
        tolerated = not (beyond or line.override_reason or _is_yard(line, visit))
        if excesses[line.pk] > 0 and not tolerated:
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


def _is_yard(line: InvoiceLine, visit: Visit) -> bool:
    """Say whether a line bills days in the yard; other work does not become that by its kind."""
    job = visit.job_of(line)
    return line.kind == LineKind.STORAGE and (job is None or job.line.kind == LineKind.STORAGE)


def _asked(lines: Iterable[InvoiceLine]) -> dict[UUID, Decimal]:
    """Return, for each line, what it and those before it ask for the same work, before tax."""
    sums: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    asked = {}
    for line in lines:
        key = line.estimate_line.key if line.estimate_line else line.pk
        sums[key] += line.net
        asked[line.pk] = sums[key]
    return asked


def _gaps_of(
    line: InvoiceLine, visit: Visit, stopped: Mapping[UUID, Billed] | None, asked: Decimal
) -> list[Gap]:
    gaps = []
    if line.kind == LineKind.STORAGE and visit.notice is None:
        gaps.append(Gap.NOT_DISCLOSED)
    if _is_yard(line, visit):
        return gaps
    job = visit.job_of(line)
    if job is None:
        gaps.append(Gap.NOT_AUTHORIZED)
    if (
        needs_announcement(line)
        and progress.needs_disclosure(visit.order)
        and visit.announcement_for(line) is None
    ):
        gaps.append(Gap.NOT_DISCLOSED)
    if stopped is not None:
        gaps += _gaps_when_stopped(line, stopped, asked)
    elif job is not None and not _is_done(job, asked):
        gaps.append(Gap.NOT_DONE)
    work = job.work if job else None
    if line.classification in _NEEDS_PROOF and not (work and work.supplier_proof_id):
        gaps.append(Gap.NO_PROOF)
    return list(dict.fromkeys(gaps))


def _gaps_when_stopped(
    line: InvoiceLine, stopped: Mapping[UUID, Billed], asked: Decimal
) -> list[Gap]:
    """Compare a line of a partial repair with what it comes to as far as it was done."""
    billed = stopped.get(line.estimate_line.key) if line.estimate_line else None
    if billed is None or asked <= billed.net:
        return []
    return list(billed.gaps) or [Gap.NOT_DONE]


def _is_done(job: Job, asked: Decimal) -> bool:
    """Say whether what is billed of a line, with what was billed before, is noted as done."""
    work = job.work
    # Where nobody noted work, billing it states that it was done.
    if work is None or work.state == WorkState.DONE:
        return True
    done = pricing.net_of(quantity=work.done_quantity, unit_price=job.line.unit_price)
    return job.billed + asked <= done


def _stopped_amounts(invoice: Invoice, visit: Visit) -> dict[UUID, Billed] | None:
    if invoice.kind != InvoiceKind.PARTIAL_REPAIR:
        return None
    stop = StopWork.objects.filter(repair_order=visit.order).in_force().first()
    if stop is None:
        return None
    billed = progress.classified(visit.order, visit.jobs, stop.option)
    return {each.key: each for each in billed}


def _excesses(invoice: Invoice, lines: Sequence[InvoiceLine], visit: Visit) -> dict[UUID, Decimal]:
    """Return, with tax, what each line asks above what is authorized and not billed yet.

    For days in the yard it is what is above those that count and stand on no invoice.
    """
    left = {job.key: left_of(job) for job in visit.jobs}
    days = _days_left(invoice)
    excesses: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if _asks_nothing(line):
            continue
        job = visit.job_of(line)
        if job is not None:
            covered, rate = min(line.net, left[job.key]), job.line.tax_rate
            left[job.key] -= covered
        elif line.kind == LineKind.STORAGE:
            covered, rate = min(line.net, days[line.tax_rate]), line.tax_rate
            days[rate] -= covered
        else:
            continue
        excesses[line.pk] = pricing.gross_of_line(
            net=line.net, tax_rate=line.tax_rate
        ) - pricing.gross_of_line(net=covered, tax_rate=rate)
    return excesses


def _days_left(invoice: Invoice) -> dict[Decimal, Decimal]:
    """Return, by tax rate, what the days in the yard cost that this invoice may bill.

    Only an invoice of storage does: the clock would count days again that stand elsewhere.
    """
    left: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    if invoice.kind == InvoiceKind.STORAGE and invoice.performed_on is not None:
        last = start_of_day(invoice.performed_on, zone=invoice.shop.zone)
        for account in yard.accounts(invoice.repair_order, at=last):
            left[account.notice.tax_rate] += storing.amount_of(account.unbilled)
    return left


def _above_total(capped: Iterable[InvoiceLine], visit: Visit) -> Decimal:
    rates = billed_by_rate(visit.order, with_overrides=False)
    for line in capped:
        rates[line.tax_rate] += line.net
    return max(gross(rates) - visit.authorized_total - visit.tolerance, ZERO)
