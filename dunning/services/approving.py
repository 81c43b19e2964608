"""Reminders that a person decides: approved, left out, settled after a doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dunning import facts, schedule
from dunning.eligibility import because, judge
from dunning.models import Reminder
from dunning.services import fees, mails, waking
from dunning.services.planning import NotRemindable
from dunning.states import TRANSITIONS, Channel, Reason, ReminderStatus, Template
from invoices.models import DunningPosition, Invoice
from invoices.services import trail
from invoices.services.reasons import reason_of
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.outbox import services as outbox
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.transitions import IllegalTransition, NotYourTransition


class MailLeaving(Conflict):
    """The one mail of the day to this customer has left, or is leaving at this moment."""

    code = "mail-leaving"
    default_message = _("A reminder has left to this customer today. Approve it tomorrow.")


class ManagementDecides(NotYourTransition):
    """A formal demand is approved by the management."""

    default_message = _("A formal demand is approved by the management.")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one of several: ``refused`` is None where it was approved."""

    reminder: Reminder
    refused: DomainError | None


@transaction.atomic
def approve(*, reminder: Reminder, by: Actor, at: datetime) -> Reminder:
    """Let a reminder leave that waits for it, over what may be asked for now.

    An e-mail leaves in the mail of the customer's day at the next open slot; a letter and a call
    wait for who does them.

    Raises:
        IllegalTransition: it does not wait for approval (any more).
        NotYourTransition: ``by`` is not of the front desk.
        ManagementDecides: it is a formal demand and ``by`` not of the management.
        NotRemindable: it is paid, held, paused, too soon …: the message says which.
        MailLeaving: the customer's one mail of the day is on its way already.
    """
    # Nobody else makes or takes up a mail to the customer meanwhile.
    Invoice.objects.lock(reminder.invoice_id)
    waking.hold_planner(reminder.shop)
    reminder = _locked(reminder)
    status = TRANSITIONS.target("approve", state=reminder.status, by=by)
    if reminder.step.template == Template.FORMAL_DEMAND and by.role not in MANAGEMENT:
        raise ManagementDecides
    shop = reminder.shop
    case = facts.of([reminder.invoice_id], at=at).get(reminder.invoice_id)
    if case is None:
        raise NotRemindable(Reason.NOT_OWED.label)
    today = local_day(at, zone=shop.zone)
    verdict = judge(case.facts, reminder.channel, today=today)
    if verdict.reason is not None:
        raise NotRemindable(because(verdict))
    if schedule.is_over(reminder.step.offset_days, base_on=case.standing.base_on, today=today):
        raise NotRemindable(Reason.TOO_LATE.label)
    email = None
    if reminder.channel == Channel.EMAIL:
        day = local_day(shop.send_window.next_slot(at), zone=shop.zone)
        joined = mails.join(shop=shop, customers=[reminder.customer_id], day=day, at=at)
        email = joined.get(reminder.customer_id)
        if email is None:
            raise MailLeaving
    _write(
        reminder,
        status=status,
        amount=case.facts.collectible,
        email_id=email,
        approved_at=at,
        approved_by=by.name,
    )
    _record("reminder.approved", reminder, by=by, at=at)
    return _again(reminder)


def approve_all(*, reminders: Sequence[Reminder], by: Actor, at: datetime) -> list[Result]:
    """Approve several, each looked at again and each in a transaction of its own.

    What is refused is told and stays as it is; the others leave all the same.
    """
    results = []
    for reminder in reminders:
        try:
            approved = approve(reminder=reminder, by=by, at=at)
        except DomainError as error:
            results.append(Result(reminder=reminder, refused=error))
        else:
            results.append(Result(reminder=approved, refused=None))
    return results


@transaction.atomic
def skip(*, reminder: Reminder, reason: str, by: Actor, at: datetime) -> Reminder:
    """Leave a reminder out that has not left: the next step comes in its time.

    What was not asked for gives no time to pay either.

    Raises:
        ReasonMissing, ReasonTooLong: ``reason`` is empty, or longer than 1000 characters.
        IllegalTransition: it has left, is being sent at this moment, or was skipped before.
        NotYourTransition: ``by`` is not of the front desk.
    """
    reason = reason_of(reason)
    reminder = _locked(reminder)
    status = TRANSITIONS.target("skip", state=reminder.shown_status, by=by)
    today = local_day(at, zone=reminder.shop.zone)
    DunningPosition.objects.filter(
        invoice=reminder.invoice,
        cycle=reminder.cycle,
        reached_key=reminder.step_key,
        pay_by__isnull=False,
        look_on__isnull=False,
    ).update(pay_by=None, look_on=today)
    _write(
        reminder,
        status=status,
        reason=Reason.BY_HAND,
        detail=reason[: Reminder._meta.get_field("detail").max_length],
        ended_at=at,
        ended_by=by.name,
    )
    _withdraw_if_empty(reminder)
    fees.withdraw(reminders=[reminder.pk])
    _record("reminder.skipped", reminder, by=by, at=at, reason=reason)
    return reminder


@transaction.atomic
def settle(*, reminder: Reminder, delivered: bool, by: Actor, at: datetime) -> Reminder:
    """Decide a reminder in doubt, and with it all others in its e-mail.

    ``delivered``: it counts as sent. Else its e-mail is queued again, is worded anew and leaves
    only if there is still something to ask for.

    Raises:
        IllegalTransition: it is not in doubt (any more).
        NotYourTransition: ``by`` is not of the front desk.
    """
    if reminder.email is None or reminder.status != ReminderStatus.QUEUED:
        raise IllegalTransition
    outbox.settle(email=reminder.email, delivered=delivered, by=by, at=at)
    return _again(reminder)


def _locked(reminder: Reminder) -> Reminder:
    """Lock the invoice, then the reminder, and return the reminder as it is now."""
    Invoice.objects.lock(reminder.invoice_id)
    Reminder.objects.lock(reminder.pk)
    return _again(reminder)


def _again(reminder: Reminder) -> Reminder:
    found: Reminder = (
        Reminder.objects.with_everything()
        .select_related("invoice__shop", "invoice__customer")
        .get(pk=reminder.pk)
    )
    return found


def _write(reminder: Reminder, **changes: object) -> None:
    for name, value in changes.items():
        setattr(reminder, name, value)
    reminder.save(update_fields=list(changes))


def _withdraw_if_empty(reminder: Reminder) -> None:
    """Take back the e-mail of a skipped reminder when no other is left in it.

    One that a sender has claimed meanwhile is asked about again behind the invoice's lock, and
    taken back there.
    """
    if reminder.email_id is None:
        return
    waiting = OutgoingEmail.objects.filter(pk=reminder.email_id, status=EmailStatus.QUEUED)
    # First its lock, then the look: a planner may be putting another reminder into it.
    waiting.select_for_update(of=("self",), no_key=True).values("pk").first()
    others = Reminder.objects.filter(email=reminder.email_id, status=ReminderStatus.QUEUED)
    if not others.exists():
        waiting.update(status=EmailStatus.WITHDRAWN)


def _record(action: str, reminder: Reminder, *, by: Actor, at: datetime, **data: str) -> None:
    trail.record(
        action=action,
        invoice=reminder.invoice,
        by=by,
        at=at,
        data={
            "reminder": str(reminder.pk),
            "step": str(reminder.step.position + 1),
            "template": reminder.step.template,
            "amount": str(reminder.amount),
            **data,
        },
    )
