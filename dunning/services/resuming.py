"""Where an invoice goes on in its steps: from where it stands, anew, from another day, or not."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dunning.models import Reminder
from dunning.services import fees
from dunning.states import Reason, ReminderStatus
from invoices.models import DunningPosition, Invoice
from invoices.services import trail
from invoices.services.locking import lock_invoice
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.outbox.states import EmailStatus

_LONGEST_REASON = 300
#: As of the term that an invoice gives to pay.
FURTHEST_BASE = timedelta(days=365)
_UNFINISHED = (ReminderStatus.AWAITING_APPROVAL, ReminderStatus.QUEUED, ReminderStatus.HELD)
_UNSENT = (EmailStatus.QUEUED, EmailStatus.CLAIMED, EmailStatus.WITHDRAWN)


class NoSteps(Conflict):
    """The invoice is on no ladder: it was never issued, or is a credit note."""

    code = "no-steps"
    default_message = _("No reminders were planned for this invoice.")


class AlreadyStopped(Conflict):
    """Its steps were stopped before."""

    code = "already-stopped"


class BaseRefused(Refused):
    """A day before the invoice was there, or so far ahead that nobody is reminded any more."""

    code = "base-refused"
    default_message = _("Choose a day between that of the invoice and a year from now.")


class StopReasonTooLong(Refused):
    """More than there is room for."""

    code = "reason-too-long"


@transaction.atomic
def keep_step(*, invoice: Invoice, by: Actor, at: datetime) -> DunningPosition:
    """Go on from where the invoice stands: its next step comes in its time, today at the soonest.

    Raises:
        IllegalTransition, NotYourTransition, NoSteps: as they say.
    """
    invoice, position = _locked(invoice, by=by)
    today = local_day(at, zone=invoice.shop.zone)
    _write(position, look_on=today, ended_at=None, stopped_at=None, stopped_by="", stop_reason="")
    _record("dunning.resumed", invoice, by=by, at=at)
    return position


@transaction.atomic
def restart(*, invoice: Invoice, by: Actor, at: datetime) -> DunningPosition:
    """Begin with the first step after the due day once more; what has not left is skipped.

    The steps count from today, or from their day where that is still to come: by a day that is
    long over the last of them would be due at once. Interest runs from that day, too.

    Raises:
        IllegalTransition, NotYourTransition, NoSteps: as they say.
    """
    invoice, position = _locked(invoice, by=by)
    today = local_day(at, zone=invoice.shop.zone)
    _anew(position, base_on=max(position.base_on, today), by=by, at=at)
    _record("dunning.restarted", invoice, by=by, at=at)
    return position


@transaction.atomic
def new_base(*, invoice: Invoice, base_on: date, by: Actor, at: datetime) -> DunningPosition:
    """Begin the steps anew, counted from ``base_on``: what is owed is due on another day now.

    Raises:
        BaseRefused: ``base_on`` is before the invoice's day, or more than a year ahead.
        IllegalTransition, NotYourTransition, NoSteps: as they say.
    """
    invoice, position = _locked(invoice, by=by)
    assert invoice.issued_on is not None
    furthest = local_day(at, zone=invoice.shop.zone) + FURTHEST_BASE
    if not invoice.issued_on <= base_on <= furthest:
        raise BaseRefused(fields={"base_on": BaseRefused.default_message})
    _anew(position, base_on=base_on, by=by, at=at)
    _record("dunning.restarted", invoice, by=by, at=at, base_on=base_on.isoformat())
    return position


@transaction.atomic
def stop(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> DunningPosition:
    """Take no further step until somebody starts them again; what has not left is skipped.

    Raises:
        ReasonMissing: ``reason`` is empty.
        StopReasonTooLong: it is longer than 300 characters.
        AlreadyStopped: it was stopped before.
        IllegalTransition, NotYourTransition, NoSteps: as they say.
    """
    reason = reason_of(reason)
    if len(reason) > _LONGEST_REASON:
        raise StopReasonTooLong(fields={"reason": StopReasonTooLong.default_message})
    invoice, position = _locked(invoice, by=by)
    if position.stopped_at is not None:
        raise AlreadyStopped
    _write(
        position,
        stopped_at=at,
        stopped_by=by.name,
        stop_reason=reason,
        look_on=None,
        ended_at=None,
    )
    _skip_unfinished(position, Reason.STOPPED, by=by, at=at)
    _record("dunning.stopped", invoice, by=by, at=at, reason=reason)
    return position


@transaction.atomic
def start_again(*, invoice: Invoice, by: Actor, at: datetime) -> DunningPosition:
    """Take steps again that were stopped, from where they were.

    Raises:
        IllegalTransition, NotYourTransition, NoSteps: as they say.
    """
    return keep_step(invoice=invoice, by=by, at=at)


def _locked(invoice: Invoice, *, by: Actor) -> tuple[Invoice, DunningPosition]:
    """Lock the invoice, then its position."""
    invoice = lock_invoice(invoice)
    TRANSITIONS.target("hold", state=invoice.status, by=by)
    rows = DunningPosition.objects.select_for_update(of=("self",), no_key=True)
    position = rows.filter(invoice=invoice).first()
    if position is None:
        raise NoSteps
    return invoice, position


def _anew(position: DunningPosition, *, base_on: date, by: Actor, at: datetime) -> None:
    today = local_day(at, zone=position.shop.zone)
    _write(
        position,
        cycle=position.cycle + 1,
        base_on=base_on,
        begun_on=today,
        reached_key=None,
        reached_offset=None,
        pay_by=None,
        next_key=None,
        look_on=today,
        ended_at=None,
        stopped_at=None,
        stopped_by="",
        stop_reason="",
    )
    _skip_unfinished(position, Reason.RESTARTED, by=by, at=at)


def _skip_unfinished(position: DunningPosition, reason: Reason, *, by: Actor, at: datetime) -> None:
    """Skip what has neither left nor is leaving.

    A mail that a sender has claimed is asked about once more behind the invoice's lock, finds
    the reminder skipped and leaves without it.
    """
    rows = Reminder.objects.filter(invoice=position.invoice_id, status__in=_UNFINISHED)
    gone = rows.filter(email__isnull=False).exclude(email__status__in=_UNSENT)
    waiting = rows.exclude(pk__in=gone.values("pk"))
    fees.withdraw(reminders=list(waiting.values_list("pk", flat=True)))
    waiting.update(status=ReminderStatus.SKIPPED, reason=reason, ended_at=at, ended_by=by.name)


def _write(position: DunningPosition, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(position, name, value)
    position.save(update_fields=list(changes))


def _record(action: str, invoice: Invoice, *, by: Actor, at: datetime, **data: str) -> None:
    trail.record(action=action, invoice=invoice, data=data, by=by, at=at)
