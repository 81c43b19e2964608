"""How a case ends, in part or as a whole, and how dunning goes on then."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from disputes import emails
from disputes.models import CaseMessage, DisputeCase, DisputeItem
from disputes.services import contestable, ending_offers, following_up, messaging, trail
from disputes.services.bank_guard import BankDecidesFirst, need_bank_done
from disputes.services.filing import Kept
from disputes.services.following_up import CaseEnded
from disputes.services.locking import lock_case
from disputes.services.moving import move
from disputes.services.opening import contest
from disputes.states import (
    TRANSITIONS,
    Cause,
    ClosingCode,
    ItemState,
    Resume,
)
from dunning.services import resuming
from invoices.models import Invoice
from invoices.services import holds
from invoices.services.reasons import reason_of
from invoices.states import InvoiceStatus
from shopdisputes.actors import MANAGEMENT, Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.transitions import IllegalTransition

#: The customer may open a case again for so many days, with something new.
REOPEN_DAYS = 14
#: More often only by the management.
MOST_REOPENINGS = 3
LONGEST_NOTE = 4000


class NotContested(Conflict):
    """It is not, or not any more, contested in this case."""

    code = "not-contested"
    default_message = _("This is not contested in this case any more.")


class NothingLeft(Conflict):
    """A case without anything contested is no case."""

    code = "nothing-left"
    default_message = _("This is all that is contested: close the case instead.")


class NewDayMissing(Refused):
    """A new day to pay must be told, and be ahead."""

    code = "new-day-missing"
    default_message = _("Choose the new day to pay, from tomorrow on.")


class WordsMissing(Refused):
    """Ending a case needs words that the customer reads."""

    code = "words-missing"
    default_message = _("Write how it ended: the customer reads it.")


class ReopeningOver(Conflict):
    """The customer's time for it is over."""

    code = "reopening-over"
    default_message = _("This case cannot be opened again. Please speak to the shop.")


class WithdrawingOver(Conflict):
    """Told to the customer: the shop, or others, have to end it now."""

    code = "withdrawing-over"
    default_message = _(
        "This dispute cannot be withdrawn any more: it has ended, something is agreed, or others"
        " decide about it. Please speak to the shop."
    )


@transaction.atomic
def release_items(
    *,
    case: DisputeCase,
    items: Sequence[DisputeItem],
    reason: str,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Let amounts leave a case: they can be asked for again, at the step where they stood.

    The last ones cannot leave: close the case instead.

    Raises:
        CaseEnded: it has ended.
        ReasonMissing: ``reason`` is empty.
        NotContested: at ``items``: one of them is not open in this case.
        NothingLeft: at ``items``: these are all that is contested.
    """
    reason = reason_of(reason)
    case = lock_case(case)
    if case.has_ended:
        raise CaseEnded
    wanted = {item.pk for item in items}
    found = [item for item in open_items(case) if item.pk in wanted]
    if not found or len(found) != len(wanted):
        raise NotContested(fields={"items": NotContested.default_message})
    if len(found) == len(open_items(case)):
        raise NothingLeft(fields={"items": NothingLeft.default_message})
    for item in found:
        _end_item(item, ItemState.RELEASED, reason=reason, by=by, at=at)
    trail.record(
        action="dispute.items_released",
        case=case,
        by=by,
        at=at,
        data={
            "reason": reason,
            "amount": f"{sum(item.amount for item in found):.2f}",
            "invoices": sorted({item.invoice.number for item in found}),
        },
    )
    return case


@transaction.atomic
def resolve(
    *,
    case: DisputeCase,
    closing_code: str,
    note: str,
    cause: str = "",
    resume: str = Resume.KEEP_STEP,
    new_due_on: date | None = None,
    settlement: Callable[[], object] | None = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Close a case: what it held can be asked for again, and dunning goes on as chosen.

    A ``settlement`` is carried out when nothing is held any more, before dunning goes on. What
    both sides agreed to cannot be opened again by the customer, who is told of it by whoever
    settles; its ``note`` is empty, and worded for each reader (``DisputeCase.closing_words``).

    Raises:
        IllegalTransition, NotYourTransition: it has ended, or not for this role.
        BankDecidesFirst: a chargeback that is fused with it runs.
        WordsMissing: at ``note``.
        NewDayMissing, BaseRefused: at ``new_due_on``.
    """
    return _end(
        case,
        "resolve",
        closing_code=ClosingCode(closing_code),
        note="" if settlement else words_of(note),
        cause=cause,
        resume=Resume(resume),
        new_due_on=new_due_on,
        settlement=settlement,
        by=by,
        at=at,
    )


@transaction.atomic
def reject(*, case: DisputeCase, note: str, by: Actor, at: datetime) -> DisputeCase:
    """Close a case that cannot be one; the customer reads why, and dunning goes on.

    Raises:
        IllegalTransition, NotYourTransition: it has ended, or not for this role.
        BankDecidesFirst: a chargeback that is fused with it runs.
        WordsMissing: at ``note``.
    """
    note = words_of(note)
    return _end(case, "reject", closing_code=ClosingCode.SHOP_RIGHT, note=note, by=by, at=at)


@transaction.atomic
def withdraw(*, case: DisputeCase, note: str, by: Actor, at: datetime) -> DisputeCase:
    """Note that the customer does not contest it any more; the customer may leave words out.

    Raises:
        WithdrawingOver: for the customer, whatever the cause.
        IllegalTransition, NotYourTransition: it has ended, or not for this role.
        BankDecidesFirst: a chargeback that is fused with it runs.
        WordsMissing: staff write how they know.
    """
    by_customer = by.role == Role.CUSTOMER
    note = words_of(note) if note.strip() or not by_customer else ""
    try:
        return _end(case, "withdraw", closing_code=ClosingCode.WITHDRAWN, note=note, by=by, at=at)
    except (IllegalTransition, BankDecidesFirst) as refusal:
        if by_customer:
            raise WithdrawingOver from refusal
        raise


@transaction.atomic
def reopen(
    *,
    case: DisputeCase,
    note: str,
    follow_up_on: date | None = None,
    files: Sequence[Kept] = (),
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Contest again what a case contested last, as far as nobody credited it meanwhile.

    ``files`` are stored already (``filing.keep``); they come with the words.

    Raises:
        IllegalTransition, NotYourTransition: it runs.
        ReopeningOver: for the customer: the days are over, or it was opened too often.
        WordsMissing: at ``note``: what is new.
        ContestedBefore: something of it is in another case meanwhile.
        DoneAgain: the work is done again meanwhile.
        NothingToContest: nothing of it is left.
    """
    case = lock_case(case)
    status = TRANSITIONS.target("reopen", state=case.status, by=by)
    note = words_of(note)
    today = local_day(at, zone=case.shop.zone)
    if by.role not in MANAGEMENT and (
        case.reopened >= MOST_REOPENINGS or not case.may_reopen(today=today)
    ):
        raise ReopeningOver
    due_on = follow_up_on or today + timedelta(days=case.reason.follow_up_days)
    again = contestable.left_of(case)
    move(
        case,
        status,
        closing_code="",
        cause="",
        resume="",
        closed_at=None,
        closed_by="",
        reopen_until=None,
        reopened=case.reopened + 1,
    )
    for item, amount in again:
        contest(
            case=case,
            invoice=item.invoice,
            line=item.line,
            amount=amount,
            review_on=due_on,
            by=by,
            at=at,
        )
    by_customer = by.role == Role.CUSTOMER
    messaging.keep(
        case=case,
        text=note,
        side=CaseMessage.Side.CUSTOMER if by_customer else CaseMessage.Side.SHOP,
        internal=not by_customer,
        files=files,
        by=by,
        at=at,
    )
    trail.record(action="dispute.reopened", case=case, by=by, at=at, data={"note": note})
    following_up.add(case=case, due_on=due_on, by=by, at=at)
    emails.reopened(case, by=by, at=at)
    if by_customer:
        emails.opened_by_customer(case, at=at)
    return case


def open_items(case: DisputeCase) -> list[DisputeItem]:
    """Return what is contested in a case at present."""
    return list(
        DisputeItem.objects.filter(case=case, state=ItemState.OPEN)
        .select_related("invoice__shop", "line", "hold")
        .order_by("added_at", "pk")
    )


def _end(
    case: DisputeCase,
    action: str,
    *,
    closing_code: ClosingCode,
    note: str,
    cause: str = "",
    resume: Resume = Resume.KEEP_STEP,
    new_due_on: date | None = None,
    settlement: Callable[[], object] | None = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    case = lock_case(case)
    status = TRANSITIONS.target(action, state=case.status, by=by)
    need_bank_done(case)
    today = local_day(at, zone=case.shop.zone)
    if resume == Resume.NEW_DUE_DATE and (new_due_on is None or new_due_on <= today):
        raise NewDayMissing(fields={"new_due_on": NewDayMissing.default_message})
    ended = open_items(case)
    with translation.override(case.shop.language):
        how = str(closing_code.label)
    for item in ended:
        _end_item(item, ItemState.SETTLED, reason=how, by=by, at=at)
    if settlement is not None:
        settlement()
    following_up.finish_all(case=case, by=by, at=at)
    ending_offers.take_back_open(case=case, by=by, at=at)
    move(
        case,
        status,
        closing_code=closing_code,
        cause=Cause(cause) if cause else "",
        closing_note=note,
        resume=resume,
        closed_at=at,
        closed_by=by.name,
        reopen_until=None if settlement else today + timedelta(days=REOPEN_DAYS),
    )
    with translation.override(case.shop.language):
        told = case.closing_words
    trail.record(
        action=f"dispute.{status}",
        case=case,
        by=by,
        at=at,
        data={"closing_code": str(closing_code), "resume": str(resume), "note": told},
    )
    # Read anew: a settlement may have moved what is owed.
    invoices = Invoice.objects.with_everything().filter(pk__in={item.invoice_id for item in ended})
    for invoice in invoices.order_by("pk"):
        _resume(invoice, case, resume, new_due_on=new_due_on, by=by, at=at)
    if settlement is None:
        pay_by = new_due_on if resume == Resume.NEW_DUE_DATE else None
        emails.closed(case, pay_by=pay_by, by=by, at=at)
    return case


def _end_item(item: DisputeItem, state: ItemState, *, reason: str, by: Actor, at: datetime) -> None:
    DisputeItem.objects.filter(pk=item.pk, state=ItemState.OPEN).update(
        state=state, ended_at=at, ended_by=by.name, end_reason=reason[:500]
    )
    if item.hold is not None and item.hold.released_at is None:
        holds.release_locked(invoice=item.invoice, hold=item.hold, reason=reason, by=by, at=at)


def _resume(
    invoice: Invoice,
    case: DisputeCase,
    resume: Resume,
    *,
    new_due_on: date | None,
    by: Actor,
    at: datetime,
) -> None:
    if invoice.status != InvoiceStatus.ISSUED or invoice.balance <= 0:
        return
    match resume:
        case Resume.RESTART:
            resuming.restart(invoice=invoice, by=by, at=at)
        case Resume.NEW_DUE_DATE:
            assert new_due_on is not None
            try:
                resuming.new_base(invoice=invoice, base_on=new_due_on, by=by, at=at)
            except resuming.BaseRefused as refusal:
                refusal.fields = {"new_due_on": refusal.message}
                raise
        case Resume.STOP:
            # Stopped is stopped, whoever did it before.
            with suppress(resuming.AlreadyStopped):
                resuming.stop(invoice=invoice, reason=case.number, by=by, at=at)
        case Resume.KEEP_STEP:
            # Releasing the hold has it looked at today, where it stood.
            return


def words_of(note: str) -> str:
    """Return what the customer reads, trimmed.

    Raises:
        WordsMissing: at ``note``: nothing, or more than 4,000 characters.
    """
    note = note.strip().replace("\r\n", "\n")
    if not note or len(note) > LONGEST_NOTE:
        raise WordsMissing(fields={"note": WordsMissing.default_message})
    return note
