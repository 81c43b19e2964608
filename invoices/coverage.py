"""What customers authorized of a visit, what of it is billed, and what a bill lacks.

Nothing here is stored: it is read when somebody asks, and frozen on the lines when an invoice is
issued.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import prefetch_related_objects

from estimates import ledger, pricing
from estimates.ledger import Entry
from estimates.models import Estimate, EstimateLine, LineAnswer
from estimates.states import LineKind, RevisionStatus
from invoices import partial
from invoices.models import Invoice, InvoiceLine, StopWork, StorageNotice, WorkItem
from invoices.partial import Billed, PartialLine
from invoices.states import Classification, Gap, InvoiceKind, InvoiceStatus, WorkState
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder

#: What may be billed only if the customer was told before what it means.
ANNOUNCED_KINDS = frozenset({LineKind.TEARDOWN, LineKind.REASSEMBLY})
_NEEDS_PROOF = frozenset({Classification.PART_SPECIAL_ORDER, Classification.RESTOCKING_FEE})


@dataclass(frozen=True, kw_only=True)
class Authorized:
    """A line that the customer authorized, and how far it is.

    ``line`` is the version in force, ``work`` None where nobody noted any. ``billed`` is what was
    invoiced for it before tax, less what was credited line by line.
    """

    key: UUID
    entry: Entry
    line: EstimateLine
    answer: LineAnswer
    work: WorkItem | None
    billed: Decimal

    @property
    def left(self) -> Decimal:
        """What is authorized and not billed yet, before tax; below zero for a discount only."""
        left = self.line.net - self.billed
        return min(left, ZERO) if self.line.kind == LineKind.DISCOUNT else max(left, ZERO)


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


@dataclass(frozen=True)
class Visit:
    """Everything about a repair order that decides what may be billed, read once."""

    order: RepairOrder
    lines: tuple[Authorized, ...]
    authorized_total: Decimal
    disclosures: Mapping[UUID, EstimateLine]
    notice: StorageNotice | None

    def find(self, line: InvoiceLine) -> Authorized | None:
        """Return the authorized line that a line of an invoice bills."""
        key = line.estimate_line.key if line.estimate_line else None
        return next((known for known in self.lines if known.key == key), None)

    def disclosure_of(self, line: InvoiceLine) -> EstimateLine | None:
        """Return the line that announced what disassembly means, of the same estimate."""
        if line.estimate_line is None:
            return next(iter(self.disclosures.values()), None)
        return self.disclosures.get(line.estimate_line.revision.estimate_id)

    @property
    def tolerance(self) -> Decimal:
        """How far bills may go above what was authorized, with tax."""
        return profiles.tolerance_of(self.order.profile).of(self.authorized_total)

    @property
    def needs_disclosure(self) -> bool:
        """Whether disassembly must have been announced, by the rules frozen on the order."""
        return bool(self.order.profile.get("teardown_disclosure"))


def visit_of(order: RepairOrder) -> Visit:
    """Read what decides about the bills of a repair order."""
    ledgers = {
        estimate.pk: ledger.of(estimate)
        for estimate in Estimate.objects.filter(repair_order=order).order_by("created_at", "number")
    }
    entries = [entry for each in ledgers.values() for entry in each.entries]
    work = {item.key: item for item in WorkItem.objects.filter(repair_order=order)}
    billed = _billed_by_key(order)
    lines = tuple(
        Authorized(
            key=entry.key,
            entry=entry,
            line=entry.in_force,
            answer=entry.answer,
            work=work.get(entry.key),
            billed=billed[entry.key],
        )
        for entry in entries
        if entry.in_force is not None and entry.answer is not None
    )
    prefetch_related_objects([each.line for each in lines], "revision__estimate")
    return Visit(
        order=order,
        lines=lines,
        authorized_total=sum((each.authorized.total for each in ledgers.values()), ZERO),
        disclosures=_disclosures(order),
        notice=StorageNotice.objects.filter(repair_order=order).order_by("-sent_at").first(),
    )


def lines_to_bill(order: RepairOrder) -> list[Authorized]:
    """Return the authorized lines of all estimates of a visit, in their order."""
    return list(visit_of(order).lines)


def authorized_total(order: RepairOrder) -> Decimal:
    """Return what customers authorized on a visit, with tax."""
    estimates = Estimate.objects.filter(repair_order=order)
    return sum((ledger.of(estimate).authorized.total for estimate in estimates), ZERO)


def billed_total(order: RepairOrder) -> Decimal:
    """Return what a visit's invoices bill, less credit notes and without storage, with tax.

    Tax is computed once per rate on all of them, as on the estimates: two invoices of one
    estimate never come out a cent above it by rounding alone.
    """
    return _gross(_billed_by_rate(order, with_overrides=True))


def partial_lines(visit: Visit) -> list[PartialLine]:
    """Return the authorized lines as the engine of stopped repairs takes them."""
    return [
        PartialLine(
            key=each.key,
            kind=each.line.kind,
            quantity=each.line.quantity,
            unit_price=each.line.unit_price,
            tax_rate=each.line.tax_rate,
            done=each.work.done_quantity if each.work else ZERO,
            part_state=each.work.part_state if each.work else "",
            restocking_fee=each.work.restocking_fee if each.work else ZERO,
            has_proof=bool(each.work and each.work.supplier_proof_id),
            announced=_is_announced(visit, each.line),
            billed=each.billed,
        )
        for each in visit.lines
    ]


def check(invoice: Invoice) -> Coverage:
    """Say what every line of a draft lacks to be issued.

    A discount and a line that bills nothing lack nothing. Storage stands on its notice and does
    not count to what was authorized; nor do lines that a manager lets pass.
    """
    lines = list(invoice.lines.in_order().select_related("estimate_line__revision"))
    visit = visit_of(invoice.repair_order)
    stopped = _stopped_amounts(invoice, visit)
    gaps: dict[UUID, list[Gap]] = defaultdict(list)
    excesses = _excesses(lines, visit)
    standing = [line for line in lines if not line.override_reason and _is_capped(line)]
    beyond = sum((excesses[line.pk] for line in standing), ZERO) > visit.tolerance
    for line in lines:
        if _asks_nothing(line):
            continue
        gaps[line.pk] += _gaps_of(line, visit, stopped)
        if excesses[line.pk] > 0 and (beyond or line.override_reason):
            gaps[line.pk].append(Gap.ABOVE_AUTHORIZED)
    above_total = _above_total(invoice, standing, visit)
    if above_total:
        for line in [each for each in standing if excesses[each.pk] > 0] or standing:
            if not _asks_nothing(line):
                gaps[line.pk].append(Gap.ABOVE_TOTAL)
    return Coverage(
        lines=tuple(lines),
        gaps={pk: found for pk, found in gaps.items() if found},
        above_total=above_total,
    )


def _asks_nothing(line: InvoiceLine) -> bool:
    return line.kind == LineKind.DISCOUNT or line.net <= 0


def _is_capped(line: InvoiceLine) -> bool:
    return line.kind != LineKind.STORAGE


def _gaps_of(line: InvoiceLine, visit: Visit, stopped: Mapping[UUID, Billed] | None) -> list[Gap]:
    if line.kind == LineKind.STORAGE:
        return [] if visit.notice else [Gap.NOT_DISCLOSED]
    authorized = visit.find(line)
    gaps = []
    if authorized is None:
        gaps.append(Gap.NOT_AUTHORIZED)
    if needs_announcement(line) and visit.needs_disclosure and not visit.disclosure_of(line):
        gaps.append(Gap.NOT_DISCLOSED)
    if stopped is not None:
        gaps += _gaps_when_stopped(line, stopped)
    elif authorized is not None and not _is_done(line, authorized.work):
        gaps.append(Gap.NOT_DONE)
    work = authorized.work if authorized else None
    if line.classification in _NEEDS_PROOF and not (work and work.supplier_proof_id):
        gaps.append(Gap.NO_PROOF)
    return list(dict.fromkeys(gaps))


def needs_announcement(line: InvoiceLine) -> bool:
    """Say whether a line is for disassembly, for what it destroyed, or for reassembly."""
    return (
        line.kind in ANNOUNCED_KINDS
        or line.classification == Classification.DESTROYED_PART
        or line.classification == Classification.REASSEMBLY
    )


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
    billed = partial.classify(
        partial_lines(visit), option=stop.option, needs_disclosure=visit.needs_disclosure
    )
    return {each.key: each for each in billed}


def _excesses(lines: Sequence[InvoiceLine], visit: Visit) -> dict[UUID, Decimal]:
    """Return, with tax, what each line asks above what is authorized and not billed yet."""
    left = {each.key: each.left for each in visit.lines}
    excesses: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        authorized = visit.find(line)
        if authorized is None or _asks_nothing(line) or not _is_capped(line):
            continue
        covered = min(line.net, left[authorized.key])
        left[authorized.key] -= covered
        excesses[line.pk] = pricing.gross_of_line(
            net=line.net, tax_rate=line.tax_rate
        ) - pricing.gross_of_line(net=covered, tax_rate=authorized.line.tax_rate)
    return excesses


def _above_total(invoice: Invoice, standing: Iterable[InvoiceLine], visit: Visit) -> Decimal:
    rates = _billed_by_rate(visit.order, with_overrides=False)
    for line in standing:
        rates[line.tax_rate] += line.net
    return max(_gross(rates) - visit.authorized_total - visit.tolerance, ZERO)


def _gross(rates: Mapping[Decimal, Decimal]) -> Decimal:
    return pricing.totals((net, rate) for rate, net in rates.items()).total


def _is_announced(visit: Visit, line: EstimateLine) -> bool:
    if line.kind == LineKind.STORAGE:
        return visit.notice is not None
    return line.revision.estimate_id in visit.disclosures


def _disclosures(order: RepairOrder) -> dict[UUID, EstimateLine]:
    """Return, by estimate, the last line of a sent revision that says what disassembly means."""
    lines = (
        EstimateLine.objects.filter(revision__estimate__repair_order=order, kind=LineKind.TEARDOWN)
        .exclude(disclosure="")
        .exclude(revision__status=RevisionStatus.DRAFT)
        .select_related("revision__estimate")
        .order_by("revision__number")
    )
    return {line.revision.estimate_id: line for line in lines}


def _issued_lines(order: RepairOrder) -> list[InvoiceLine]:
    """Return the lines of a visit's invoices and credit notes that stand."""
    lines = InvoiceLine.objects.filter(
        invoice__repair_order=order,
        invoice__status__in=[InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF],
    ).select_related("invoice", "estimate_line", "credited_line__estimate_line")
    return [line for line in lines if line.invoice.kind != InvoiceKind.DEPOSIT]


def _billed_by_key(order: RepairOrder) -> dict[UUID, Decimal]:
    sums: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for line in _issued_lines(order):
        billed = line.credited_line if line.invoice.is_credit_note else line
        if billed is not None and billed.estimate_line is not None:
            sums[billed.estimate_line.key] += -line.net if line.invoice.is_credit_note else line.net
    return sums


def _billed_by_rate(order: RepairOrder, *, with_overrides: bool) -> dict[Decimal, Decimal]:
    """Return what stands on a visit's invoices before tax, by tax rate, without storage.

    A credit note over an amount names no line. It makes room only for what it leaves of the whole
    invoice: it may be for lines that do not count here.
    """
    counted: dict[tuple[UUID, Decimal], Decimal] = defaultdict(lambda: ZERO)
    whole: dict[tuple[UUID, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for line in _issued_lines(order):
        credit = line.invoice.is_credit_note
        invoice_id = line.invoice.original_id if credit else line.invoice_id
        assert invoice_id is not None
        place, net = (invoice_id, line.tax_rate), -line.net if credit else line.net
        billed = line.credited_line if credit else line
        whole[place] += net
        counts = billed is not None and _is_capped(billed)
        if counts and (with_overrides or not billed.override_reason):
            counted[place] += net
    rates: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for (invoice_id, rate), net in counted.items():
        rates[rate] += min(net, whole[invoice_id, rate])
    return rates
