"""The customer stops a repair under way: what is written down, billed, and taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates.models import EstimateLine, LineAnswer
from estimates.services.locking import need_open
from inspections.models import Inspection
from invoices import emails, explaining, progress
from invoices.models import Invoice, StopWork, WorkItem
from invoices.progress import Job
from invoices.services.locking import lock_repair_order
from invoices.services.reasons import reason_of
from invoices.services.stops import (
    AlreadyStopped,
    Lifted,
    NothingAuthorized,
    NotStopped,
    PartlyBilled,
    Proof,
    StopRefused,
    freeze_offer,
    in_force,
    keep_proofs,
    let_go_on,
    lock_stop,
    need_desk,
    need_undecided,
    settle,
    tell,
    told_choice,
)
from invoices.services.work import check_done, state_of
from invoices.states import (
    ChoiceMode,
    Classification,
    Gap,
    InvoiceKind,
    InvoiceStatus,
    Safety,
    StopChannel,
    StopOption,
    WorkState,
)
from shopdisputes.actors import Actor
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing

Words = str | Promise

#: Clocks differ a little; nobody stops a repair tomorrow.
_CLOCKS_DIFFER = timedelta(minutes=5)
_LENGTHS = {"reason": 2000, "person": 200, "car_state": 2000}
#: How a choice that came with the stop itself has reached the shop.
_MODES = {
    StopChannel.IN_PERSON: ChoiceMode.IN_PERSON,
    StopChannel.PHONE: ChoiceMode.ORAL,
    StopChannel.EMAIL: ChoiceMode.PAPER,
    StopChannel.LETTER: ChoiceMode.PAPER,
}


@dataclass(frozen=True, kw_only=True)
class StoppedLine:
    """What a line of a stopped repair comes to on the invoice, with words for the customer.

    ``gaps``: why it comes to nothing although something was done.
    """

    line: EstimateLine
    answer: LineAnswer | None
    classification: Classification
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    note: str
    gaps: tuple[Gap, ...]


@transaction.atomic
def record(
    *,
    repair_order: RepairOrder,
    happened_at: datetime,
    reason: str,
    channel: str,
    person: str = "",
    option: str = StopOption.UNDECIDED,
    work: Sequence[tuple[UUID, Decimal]] = (),
    car_state: str = "",
    safety: str = Safety.SAFE,
    files: Iterable[Proof] = (),
    inspection: Inspection | None = None,
    by: Actor,
    at: datetime,
) -> StopWork:
    """Write down that the customer stops the repair; from now on no work may be noted on it.

    ``work`` says how far lines are, by key, in the unit authorized; the others stay as noted.
    How far every line was is kept with the stop. ``option`` is what the customer chose in the
    same breath; with "finish" the stop is over at once.

    Raises:
        RepairOrderNotOpen: the visit is over.
        AlreadyStopped: a stop is in force.
        NothingAuthorized: there is nothing to stop.
        ReasonMissing, StopRefused: with ``fields``; a line's by its key.
    """
    need_desk(by)
    order = lock_repair_order(repair_order)
    need_open(order)
    stops = StopWork.objects.for_shop(order.shop).filter(repair_order=order)
    if stops.in_force().exists():
        raise AlreadyStopped
    jobs = {job.key: job for job in progress.authorized(order)}
    if not jobs:
        raise NothingAuthorized
    texts = {
        "reason": reason.strip(),
        "person": " ".join(person.split()),
        "car_state": car_state.strip(),
    }
    _check_facts(texts, happened_at=happened_at, channel=channel, safety=safety, at=at)
    if option not in StopOption.values:
        raise StopRefused(fields={"option": _("Choose one of the list.")})
    if inspection is not None and inspection.repair_order_id != order.pk:
        raise StopRefused(fields={"inspection": _("This inspection is another order’s.")})
    _check_work(jobs, work)
    _stop_lines(order, jobs, dict(work), by=by, at=at)
    stop = StopWork(
        shop=order.shop,
        repair_order=order,
        happened_at=happened_at,
        channel=channel,
        safety=safety,
        inspection=inspection,
        work=[_as_kept(job) for job in progress.authorized(order)],
        recorded_at=at,
        recorded_by=by.name,
        **texts,
    )
    try:
        with transaction.atomic():
            stop.save(force_insert=True)
    except IntegrityError as error:
        # Two at once where locks do nothing (SQLite).
        raise AlreadyStopped from error
    keep_proofs(stop=stop, files=files, by=by, at=at)
    tell(
        action="stop.recorded",
        stop=stop,
        data={
            "reason": stop.reason,
            "channel": str(channel),
            "happened_at": happened_at.isoformat(),
        },
        by=by,
        at=at,
    )
    if option != StopOption.UNDECIDED:
        freeze_offer(stop, note="")
        settle(
            stop=stop,
            option=StopOption(option),
            mode=_MODES[StopChannel(channel)],
            person=stop.person or order.customer.name,
            by=by,
            at=at,
        )
        told_choice(stop=stop, by=by, at=at)
        emails.stop_chosen(stop, at=at)
    return stop


@transaction.atomic
def describe(
    *,
    stop: StopWork,
    car_state: str,
    safety: str,
    inspection: Inspection | None,
    by: Actor,
    at: datetime,
) -> StopWork:
    """Correct the state of the vehicle, while the customer has not been asked.

    Raises:
        Lifted, AlreadyChosen: it is too late for that.
        StopRefused: with ``fields``.
    """
    need_desk(by)
    stop = lock_stop(stop)
    need_undecided(stop)
    if inspection is not None and inspection.repair_order_id != stop.repair_order_id:
        raise StopRefused(fields={"inspection": _("This inspection is another order’s.")})
    _check_facts(
        {"reason": stop.reason, "person": stop.person, "car_state": car_state.strip()},
        happened_at=stop.happened_at,
        channel=stop.channel,
        safety=safety,
        at=at,
    )
    stop.car_state, stop.safety, stop.inspection = car_state.strip(), safety, inspection
    stop.save(update_fields=["car_state", "safety", "inspection"])
    tell(action="stop.described", stop=stop, data={"safety": str(safety)}, by=by, at=at)
    return stop


@transaction.atomic
def lift(*, stop: StopWork, reason: str, by: Actor, at: datetime) -> StopWork:
    """End a stop: the repair goes on, or it was recorded by mistake.

    Raises:
        ReasonMissing: ``reason`` is empty.
        Lifted: it is over already.
        PartlyBilled: the partial repair is invoiced, or drafted.
    """
    need_desk(by)
    reason = reason_of(reason)
    stop = lock_stop(stop)
    if stop.lifted_at is not None:
        raise Lifted
    if _partial_invoices(stop.repair_order).exists():
        raise PartlyBilled
    let_go_on(stop=stop, reason=reason[:500], by=by, at=at)
    return stop


def lines_to_bill(order: RepairOrder, at: datetime) -> list[StoppedLine]:
    """Return what each line of a stopped repair comes to, in the estimates' order.

    Lines that the customer did not authorize are left out; those that come to nothing are on it
    with zero, saying why. Storage is billed by its own clock.

    Raises:
        NotStopped: no stop is in force.
    """
    stop = in_force(order)
    if stop is None or stop.recorded_at > at:
        raise NotStopped
    jobs = progress.of(order)
    with translation.override(order.customer.language):
        return [
            StoppedLine(
                line=job.line,
                answer=job.answer,
                classification=billed.classification,
                quantity=billed.quantity,
                unit_price=billed.unit_price,
                net=billed.net,
                note=explaining.words_of(
                    billed.note, done=billed.quantity, quantity=job.line.quantity
                ),
                gaps=billed.gaps,
            )
            for job, billed in zip(jobs, progress.classified(order, jobs, stop.option), strict=True)
            if job.authorized
        ]


def explanation_for(order: RepairOrder) -> str:
    """Return the words with which the partial invoice begins, in the customer's language.

    Raises:
        NotStopped: no stop is in force.
    """
    stop = in_force(order)
    if stop is None:
        raise NotStopped
    with translation.override(order.customer.language):
        return explaining.opening_of(stop)


def _partial_invoices(order: RepairOrder) -> Any:
    return Invoice.objects.for_shop(order.shop).filter(
        repair_order=order,
        kind=InvoiceKind.PARTIAL_REPAIR,
        status__in=[InvoiceStatus.DRAFT, InvoiceStatus.ISSUED],
    )


def _check_facts(
    texts: Mapping[str, str], *, happened_at: datetime, channel: str, safety: str, at: datetime
) -> None:
    if not texts["reason"]:
        raise ReasonMissing(fields={"reason": _("Write what the customer said.")})
    problems: dict[str, Words] = {
        name: _("At most %(longest)s characters.") % {"longest": longest}
        for name, longest in _LENGTHS.items()
        if len(texts[name]) > longest
    }
    if happened_at > at + _CLOCKS_DIFFER:
        problems["happened_at"] = _("This time is not over yet.")
    if channel not in StopChannel.values:
        problems["channel"] = _("Choose one of the list.")
    if safety not in Safety.values:
        problems["safety"] = _("Choose one of the list.")
    if problems:
        raise StopRefused(fields=problems)


def _check_work(jobs: Mapping[UUID, Job], work: Sequence[tuple[UUID, Decimal]]) -> None:
    problems: dict[str, Words] = {}
    for key, done in work:
        job = jobs.get(key)
        wrong = check_done(job, done) if job else _("This line is not authorized.")
        if wrong:
            problems[str(key)] = wrong
    if problems:
        raise StopRefused(fields=problems)


def _stop_lines(
    order: RepairOrder,
    jobs: Mapping[UUID, Job],
    done: Mapping[UUID, Decimal],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Note how far the lines are; those under way are stopped."""
    for key, job in jobs.items():
        item = job.work
        if item is None:
            if key not in done:
                continue
            item = WorkItem(shop=order.shop, repair_order=order, key=key)
        item.done_quantity = done.get(key, item.done_quantity)
        state = WorkState(item.state)
        if key in done:
            state = state_of(item.done_quantity, job.line.quantity)
        item.state = WorkState.STOPPED if state == WorkState.IN_PROGRESS else state
        item.line, item.updated_at, item.updated_by = job.line, at, by.name
        item.save()


def _as_kept(job: Job) -> dict[str, str]:
    """Return how far a line is, as plain facts."""
    work = job.work
    facts = {
        "key": str(job.key),
        "line": str(job.line.pk),
        "state": str(work.state if work else WorkState.NOT_STARTED),
        "done_quantity": str(work.done_quantity if work else 0),
    }
    if work and work.part_state:
        facts["part_state"] = str(work.part_state)
    if work and work.hours_spent is not None:
        facts["hours_spent"] = str(work.hours_spent)
    return facts
