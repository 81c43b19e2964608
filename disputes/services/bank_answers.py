"""What the shop answers a bank, what the bank decides, and what becomes of money that is lost."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.models import CaseMessage, Chargeback
from disputes.services import bank_cases, bank_money, bank_trail, filing, messaging
from disputes.services.charging_back import need_day, read_locked
from disputes.states import (
    CHARGEBACK_TRANSITIONS,
    BankOutcome,
    ChargebackKind,
    ChargebackStatus,
    Funds,
)
from invoices.services.moving import PaymentAnnulled, need_desk
from invoices.services.reasons import reason_of
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.transitions import IllegalTransition, NotYourTransition

LONGEST_NOTE = 4000
_ACTIONS = {
    BankOutcome.WON: "win",
    BankOutcome.LOST: "lose",
    BankOutcome.ACCEPTED: "accept",
    BankOutcome.CLOSED: "close",
}


class SubmissionMissing(Refused):
    """What was handed in is told in words at least."""

    code = "submission-missing"
    default_message = _("Write what was handed in, and how, in at most 4,000 characters.")


class NowhereToKeep(Refused):
    """Files are kept with the case, and there is none."""

    code = "no-case-for-files"
    default_message = _("There is no dispute with which the files could be kept.")


class OutcomeRefused(Refused):
    """An inquiry is neither won nor lost, and money that is gone is no end without a decision."""

    code = "outcome-refused"
    default_message = _(
        "An inquiry is only closed. What the bank has taken is won, lost, or given up."
    )


class WithdrawalRefused(Refused):
    """The customer cannot have withdrawn it then."""

    code = "withdrawal-day-refused"
    default_message = _("Choose a day between that of the chargeback and today.")


class NothingKeptBack(Conflict):
    """Nothing of it is kept back any more, or the bank has not decided."""

    code = "nothing-kept-back"
    default_message = _("Nothing of it is kept back, or the bank is still deciding.")


class CaseStillRuns(Conflict):
    """Letting go would ask for what is still contested."""

    code = "case-still-runs"
    default_message = _("Dispute %(number)s still contests it. Close that first.")


def submit(
    *,
    chargeback: Chargeback,
    note: str,
    files: Sequence[File] = (),
    by: Actor,
    at: datetime,
) -> Chargeback:
    """Note that the evidence was handed in; words and files are kept in the case, for the shop.

    The follow-up by which it was to be handed in is done; the last one of a case comes again, to
    ask what the bank has decided.

    Raises:
        IllegalTransition, NotYourTransition: none is due, or not for this role.
        SubmissionMissing: at ``note``.
        NowhereToKeep: at ``files``: it is fused with no case.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    note = note.strip().replace("\r\n", "\n")
    if not note or len(note) > LONGEST_NOTE:
        raise SubmissionMissing(fields={"note": SubmissionMissing.default_message})
    kept = filing.keep(shop=chargeback.shop, files=files, by=by, at=at)
    with transaction.atomic():
        _locked, chargeback = read_locked(chargeback)
        status = CHARGEBACK_TRANSITIONS.target("submit", state=chargeback.status, by=by)
        if kept and chargeback.case is None:
            raise NowhereToKeep(fields={"files": NowhereToKeep.default_message})
        bank_money.move(chargeback, status=status, submitted_at=at)
        bank_cases.wait_for_the_bank(chargeback=chargeback, by=by, at=at)
        if chargeback.case is not None:
            with translation.override(chargeback.shop.language):
                words = gettext("Handed in to the bank for %(number)s:")
            messaging.keep(
                case=chargeback.case,
                text=f"{words % {'number': chargeback.number}}\n{note}"[
                    : messaging.LONGEST_MESSAGE
                ],
                side=CaseMessage.Side.SHOP,
                internal=True,
                files=kept,
                by=by,
                at=at,
            )
        bank_trail.record(
            action="chargeback.submitted",
            chargeback=chargeback,
            by=by,
            at=at,
            data={"note": note, "files": len(kept)},
        )
    return chargeback


@transaction.atomic
def ask_again(
    *,
    chargeback: Chargeback,
    evidence_due_by: datetime,
    kind: str | None = None,
    by: Actor,
    at: datetime,
) -> Chargeback:
    """Note that the bank wants more, or made a chargeback of its inquiry (``kind``).

    The countdown begins anew, and somebody answers for it as when it was recorded.

    Raises:
        IllegalTransition, NotYourTransition: it was decided, evidence is due, or not for this role.
        EvidenceDayOver, EvidenceDayFarOff: at ``evidence_due_by``.
        PaymentAnnulled: it never came.
    """
    locked, chargeback = read_locked(chargeback)
    status = CHARGEBACK_TRANSITIONS.target("ask_again", state=chargeback.status, by=by)
    if locked.payment.annulled_at is not None:
        raise PaymentAnnulled
    need_day(evidence_due_by, at=at)
    follow_up = bank_cases.join(
        locked=locked,
        amount=chargeback.amount,
        parts=bank_money.amounts_of(chargeback),
        network_reason=chargeback.network_reason,
        evidence_due_by=evidence_due_by,
        by=by,
        at=at,
    )
    bank_money.move(
        chargeback,
        status=status,
        # Nobody takes a chargeback back to an inquiry.
        kind=ChargebackKind(kind or chargeback.kind)
        if chargeback.kind == ChargebackKind.INQUIRY
        else chargeback.kind,
        case=follow_up.case if follow_up else None,
        follow_up=follow_up,
        evidence_due_by=evidence_due_by,
        closed_at=None,
    )
    bank_money.review_holds(chargeback, on=local_day(evidence_due_by, zone=chargeback.shop.zone))
    bank_trail.record(
        action="chargeback.asked_again",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"evidence_due_by": evidence_due_by.isoformat()},
    )
    return chargeback


@transaction.atomic
def note_withdrawn(*, chargeback: Chargeback, on: date, by: Actor, at: datetime) -> Chargeback:
    """Note that the customer says he withdrew it, on a day: the evidence is due all the same.

    Raises:
        NotYourTransition: not for this role.
        IllegalTransition: the bank has decided.
        WithdrawalRefused: at ``on``: before it was recorded, or still to come.
    """
    need_desk(by)
    _locked, chargeback = read_locked(chargeback)
    if not chargeback.is_running:
        raise IllegalTransition
    zone = chargeback.shop.zone
    recorded_on = local_day(chargeback.recorded_at, zone=zone)
    if not recorded_on <= on <= local_day(at, zone=zone):
        raise WithdrawalRefused(fields={"on": WithdrawalRefused.default_message})
    bank_money.move(chargeback, withdrawn_by_customer_at=start_of_day(on, zone=zone))
    bank_trail.record(
        action="chargeback.withdrawn_by_customer",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"withdrawn_on": on.isoformat()},
    )
    return chargeback


@transaction.atomic
def close(
    *, chargeback: Chargeback, outcome: str, note: str = "", by: Actor, at: datetime
) -> Chargeback:
    """Note how it ended; the same outcome again is the same.

    Won: the money comes back in the same act if it was away. Lost and accepted: it goes in the
    same act if it was not gone, is owed again, and stays held until a person lets it go.
    Accepting is for the management and cannot be undone. Closed: no money moved.

    Raises:
        IllegalTransition, NotYourTransition: it ended otherwise, or not for this role.
        OutcomeRefused: at ``outcome``.
        FundsMoved: lost, but the bank gave the money back before.
        MoreThanPaid, StillWrittenOff: as ``charging_back.withdraw_funds``.
    """
    wanted = BankOutcome(outcome)
    locked, chargeback = read_locked(chargeback)
    # The words of outcomes are those of the states they lead to.
    if chargeback.status == ChargebackStatus(wanted):
        need_desk(by)
        return chargeback
    status = CHARGEBACK_TRANSITIONS.target(_ACTIONS[wanted], state=chargeback.status, by=by)
    inquiry = chargeback.kind == ChargebackKind.INQUIRY
    gone = chargeback.funds == Funds.WITHDRAWN
    if (inquiry and wanted != BankOutcome.CLOSED) or (gone and wanted == BankOutcome.CLOSED):
        raise OutcomeRefused(fields={"outcome": OutcomeRefused.default_message})
    if wanted == BankOutcome.WON and gone:
        bank_money.give_back(chargeback=chargeback, locked=locked, by=by, at=at)
    if wanted in (BankOutcome.LOST, BankOutcome.ACCEPTED) and not gone:
        bank_money.take(chargeback=chargeback, locked=locked, by=by, at=at)
    bank_money.move(chargeback, status=status, closed_at=at)
    bank_money.review_holds(chargeback, on=None)
    bank_trail.record(
        action=f"chargeback.{status}",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"amount": str(chargeback.amount), "note": note.strip()},
    )
    return chargeback


@transaction.atomic
def let_go(*, chargeback: Chargeback, reason: str, by: Actor, at: datetime) -> Chargeback:
    """Let lost money be asked for again: a person's own decision, for the management.

    Raises:
        NotYourTransition: not for this role.
        ReasonMissing, ReasonTooLong: as they say.
        NothingKeptBack: nothing is held, or the bank has not decided.
        CaseStillRuns: the fused case still contests it.
    """
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    reason = reason_of(reason)
    locked, chargeback = read_locked(chargeback)
    held = [part for part in bank_money.parts_of(chargeback) if bank_money.is_held(part)]
    if not held or chargeback.is_running:
        raise NothingKeptBack
    if locked.case is not None:
        raise CaseStillRuns(CaseStillRuns.default_message % {"number": locked.case.number})
    for part in held:
        invoice = locked.invoices[part.invoice_id]
        bank_money.end_hold(part=part, invoice=invoice, reason=reason, by=by, at=at)
    bank_trail.record(
        action="chargeback.let_go",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"amount": str(sum(part.amount for part in held)), "reason": reason},
    )
    return chargeback
