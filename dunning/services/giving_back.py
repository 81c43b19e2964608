"""Taking reminders back that cannot leave: each invoice stands where it stood before its step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DateField, Value, When

from dunning.models import Reminder
from dunning.services import fees
from dunning.states import Reason, ReminderStatus
from invoices.models import DunningPosition, Invoice

_LONGEST_DETAIL = 300
_WAITING = (ReminderStatus.AWAITING_APPROVAL, ReminderStatus.QUEUED)
_FOR_GOOD = (Reason.RESTARTED, Reason.SUPERSEDED, Reason.TOO_LATE)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a reminder does not leave, and on which day its invoice is looked at again."""

    reminder: UUID
    invoice: UUID
    reason: Reason
    detail: str = ""
    look_on: date


@transaction.atomic
def give_back(*, refusals: Sequence[Refusal]) -> int:
    """Hold reminders that wait, and return their steps; return how many still waited.

    A held one of a step is queued again when the step is due once more. What belongs to steps
    that were begun anew meanwhile, is behind a later one or comes too late, is skipped for good.
    What they proposed to charge goes with them.
    """
    by_reminder = {each.reminder: each for each in refusals}
    Invoice.objects.lock_all(sorted({each.invoice for each in refusals}))
    waiting = list(
        Reminder.objects.filter(pk__in=by_reminder, status__in=_WAITING)
        # As the planner locks positions.
        .order_by("invoice_id", "pk")
    )
    for reminder in waiting:
        _return_step(reminder, look_on=by_reminder[reminder.pk].look_on)
    for reminder in waiting:
        refusal = by_reminder[reminder.pk]
        over = refusal.reason in _FOR_GOOD
        Reminder.objects.filter(pk=reminder.pk, status__in=_WAITING).update(
            status=ReminderStatus.SKIPPED if over else ReminderStatus.HELD,
            reason=refusal.reason,
            detail=refusal.detail[:_LONGEST_DETAIL],
        )
    fees.withdraw(reminders=[reminder.pk for reminder in waiting])
    return len(waiting)


def _return_step(reminder: Reminder, *, look_on: date) -> None:
    DunningPosition.objects.filter(
        invoice=reminder.invoice_id, cycle=reminder.cycle, reached_key=reminder.step_key
    ).update(
        reached_key=reminder.before_key,
        reached_offset=reminder.before_offset,
        next_key=reminder.step_key,
        pay_by=None,
        ended_at=None,
        look_on=Case(
            When(stopped_at=None, then=Value(look_on)), default=None, output_field=DateField()
        ),
    )
