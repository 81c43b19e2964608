"""Noting how far the authorized work is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates.services.locking import need_open
from estimates.states import LineKind
from invoices import progress
from invoices.models import StopWork, WorkItem
from invoices.progress import Job
from invoices.services.locking import lock_repair_order
from invoices.states import PartState, StopOption, WorkState
from shopdisputes.actors import STAFF, Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO, to_cents
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.transitions import NotYourTransition
from shopdisputes.uploads.models import FileKind, StoredFile

Words = str | Promise

#: A supplier's paper or a photo of it.
LARGEST_PROOF = 20 * 1024 * 1024
PROOF_KINDS = (FileKind.JPEG, FileKind.PNG, FileKind.PDF)
_LONGEST_NOTE = 500
_MOST_HOURS = Decimal("9999.99")
_MOST_FEE = Decimal("9999999.99")
#: Facts that can be taken back, and what stands there then.
_EMPTY: dict[str, Any] = {"hours_spent": None, "returnable_until": None, "supplier_proof": None}


class NotAuthorized(Conflict):
    """The customer has not authorized this line; nobody works on it."""

    code = "not-authorized"
    default_message = _("The customer has not authorized this line. Ask for it first.")


class Stopped(Conflict):
    """The customer has stopped the repair."""

    code = "stopped"
    default_message = _("The customer has stopped this repair. Nothing more may be done on it.")


class PriceWasTold(Conflict):
    """The customer has chosen by a price that this would raise."""

    code = "price-was-told"
    default_message = _("The customer has chosen by a price; this would make it higher.")


class WorkRefused(Refused):
    """Something that was noted cannot be right; see ``fields``."""

    code = "work-refused"
    default_message = _("Something that was noted cannot be right.")


@dataclass(kw_only=True)
class _Wanted:
    """What is to be noted; None: as it was."""

    state: str | None
    done_quantity: Decimal | None
    hours_spent: Decimal | None
    part_state: str | None
    returnable_until: date | None
    restocking_fee: Decimal | None
    supplier_proof: StoredFile | None
    note: str | None

    @property
    def is_progress(self) -> bool:
        """Whether it says that more work was done."""
        return self.part_state == PartState.INSTALLED or any(
            value is not None for value in (self.state, self.done_quantity, self.hours_spent)
        )


@transaction.atomic
def note(
    *,
    repair_order: RepairOrder,
    key: UUID,
    state: str | None = None,
    done_quantity: Decimal | None = None,
    hours_spent: Decimal | None = None,
    part_state: str | None = None,
    returnable_until: date | None = None,
    restocking_fee: Decimal | None = None,
    supplier_proof: StoredFile | None = None,
    note: str | None = None,
    forget: Collection[str] = (),
    by: Actor,
    at: datetime,
) -> WorkItem:
    """Note how far an authorized line is; what is not said stays as it was.

    ``done_quantity`` is hours for labour, else pieces, as authorized; it follows from "done" and
    "fitted" where it is not said, and the state follows from it. ``forget`` names facts to take
    back: ``hours_spent``, ``returnable_until``, ``supplier_proof``.

    Raises:
        RepairOrderNotOpen: the visit is over.
        NotAuthorized: the line is not authorized (any more), or is none of this order.
        Stopped: the customer has stopped the repair; then only parts can still be sent back,
            proofs added, and what was taken apart put together if he chose that.
        PriceWasTold: it would raise the price by which he chose.
        WorkRefused: with ``fields``.
    """
    if by.role not in STAFF:
        raise NotYourTransition
    order = lock_repair_order(repair_order)
    need_open(order)
    jobs = progress.of(order)
    job = next((each for each in jobs if each.key == key and each.authorized), None)
    if job is None:
        raise NotAuthorized
    wanted = _Wanted(
        state=state,
        done_quantity=done_quantity,
        hours_spent=hours_spent,
        part_state=part_state,
        returnable_until=returnable_until,
        restocking_fee=restocking_fee,
        supplier_proof=supplier_proof,
        note=note.strip() if note is not None else None,
    )
    stop = StopWork.objects.for_shop(order.shop).filter(repair_order=order).in_force().first()
    if stop is not None:
        _need_allowed(stop, job, wanted)
    _check(job, wanted)
    item = job.work or WorkItem(
        shop=order.shop, repair_order=order, key=key, line=job.line, updated_at=at
    )
    changed = _apply(item, job, wanted, forget=forget)
    if not changed and item.pk and not item._state.adding:
        return item
    item.line, item.updated_at, item.updated_by = job.line, at, by.name
    item.save()
    if stop is not None:
        _need_price_kept(order, stop)
    audit.record(
        shop=order.shop,
        action="work.noted",
        target=item,
        repair_order_id=order.pk,
        by=by,
        at=at,
        data={"number": order.number, "description": job.line.description, "changes": changed},
    )
    return item


def items_of(order: RepairOrder) -> list[Job]:
    """Return the authorized lines of an order with what was noted of each, in their order."""
    return [job for job in progress.authorized(order) if job.line.kind != LineKind.DISCOUNT]


def state_of(done: Decimal, quantity: Decimal) -> WorkState:
    """Return the state that follows from how much was done."""
    if done <= 0:
        return WorkState.NOT_STARTED
    return WorkState.DONE if done >= quantity else WorkState.IN_PROGRESS


def check_done(job: Job, done: Decimal) -> Words | None:
    """Say what is wrong with a quantity that is said to be done, if anything."""
    if done < 0:
        return _("This cannot be below zero.")
    if done > job.line.quantity:
        return _("This is more than was authorized. Have the rest authorized first.")
    if done != done.quantize(Decimal("0.001")):
        return _("At most three decimals.")
    return None


def _need_allowed(stop: StopWork, job: Job, wanted: _Wanted) -> None:
    """Let a stopped repair only be wound up.

    Raises:
        Stopped: it says that the work went on.
    """
    reassembles = stop.option == StopOption.REASSEMBLE and job.line.kind == LineKind.REASSEMBLY
    if wanted.is_progress and not reassembles:
        raise Stopped


def _need_price_kept(order: RepairOrder, stop: StopWork) -> None:
    told = stop.option_prices.get(stop.option)
    if told is None:
        return
    jobs = progress.of(order)
    if progress.prices(order, jobs)[stop.option] > Decimal(told):
        raise PriceWasTold


def _check(job: Job, wanted: _Wanted) -> None:
    problems: dict[str, Words] = {}
    if wanted.state is not None and wanted.state not in WorkState.values:
        problems["state"] = _("Choose one of the list.")
    if wanted.state == WorkState.STOPPED:
        problems["state"] = _("Record the stop of the repair instead.")
    if wanted.done_quantity is not None and (wrong := check_done(job, wanted.done_quantity)):
        problems["done_quantity"] = wrong
    if wanted.hours_spent is not None and not ZERO <= wanted.hours_spent <= _MOST_HOURS:
        problems["hours_spent"] = _("Write hours, such as 1.5.")
    if job.line.kind != LineKind.PART:
        said = (wanted.part_state, wanted.returnable_until, wanted.restocking_fee or None)
        if any(said):
            problems["part_state"] = _("This line is not a part.")
    if wanted.part_state and wanted.part_state not in PartState.values:
        problems["part_state"] = _("Choose one of the list.")
    fee = wanted.restocking_fee
    if fee is not None and (not ZERO <= fee <= _MOST_FEE or fee != to_cents(fee)):
        problems["restocking_fee"] = _("Write an amount with two decimals at most.")
    if wanted.note is not None and len(wanted.note) > _LONGEST_NOTE:
        problems["note"] = _("At most 500 characters.")
    if problems:
        raise WorkRefused(fields=problems)


def _apply(
    item: WorkItem, job: Job, wanted: _Wanted, *, forget: Collection[str]
) -> dict[str, list[Any]]:
    """Write what is wanted on the item; return what changed, old and new, as plain data."""
    new: dict[str, Any] = {
        name: value for name, value in vars(wanted).items() if value is not None
    } | {name: value for name, value in _EMPTY.items() if name in forget}
    new |= _following(job, item, wanted)
    changed = {}
    for name, value in new.items():
        old = getattr(item, name)
        if old != value:
            changed[name] = [_plain(old), _plain(value)]
            setattr(item, name, value)
    return changed


def _following(job: Job, item: WorkItem, wanted: _Wanted) -> dict[str, Any]:
    """Return what follows from what was said: fitted is done, done is all of it."""
    quantity, done, state = job.line.quantity, wanted.done_quantity, wanted.state
    if wanted.part_state == PartState.INSTALLED:
        done = quantity if done is None else done
    elif wanted.part_state in (PartState.RETURNED, PartState.NEEDED, PartState.ORDERED):
        done, state = ZERO, WorkState.NOT_STARTED
    if done is None:
        match state:
            case WorkState.DONE if item.done_quantity == 0 or item.state != WorkState.DONE:
                done = quantity
            case WorkState.NOT_STARTED:
                done = ZERO
            case WorkState.IN_PROGRESS if item.state == WorkState.DONE:
                # How much of it is really done nobody has said.
                done = ZERO
            case _:
                return {}
    if state is None:
        state = state_of(done, quantity)
    elif state == WorkState.NOT_STARTED:
        done = ZERO
    return {"done_quantity": done, "state": state}


def _plain(value: Any) -> Any:
    if isinstance(value, StoredFile):
        return value.sha256
    return None if value is None else str(value)
