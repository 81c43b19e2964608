"""Taking reminders back that cannot leave: each invoice stands where it stood before its step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DateField, Value, When

from dunning.models import Reminder
from dunning.states import Reason, ReminderStatus
from invoices.models import DunningPosition, Invoice

_LONGEST_DETAIL = 300


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a reminder does not leave, and on which day its invoice is looked at again."""

    reminder: UUID
    invoice: UUID
    reason: Reason
    detail: str = ""
    #: None: nothing is to come until something moves the invoice.
    look_on: date | None = None


@transaction.atomic
def give_back(refusals: Sequence[Refusal]) -> int:
    """Hold planned reminders, and return their steps; return how many still waited.

    A held one of a step is queued again when the step is due once more. What belongs to steps
    that were begun anew meanwhile is skipped for good.
    """
    by_reminder = {each.reminder: each for each in refusals}
    Invoice.objects.lock_all(sorted({each.invoice for each in refusals}))
    waiting = list(
        Reminder.objects.filter(pk__in=by_reminder, status=ReminderStatus.QUEUED).order_by("pk")
    )
    for reminder in waiting:
        _return_step(reminder, look_on=by_reminder[reminder.pk].look_on)
    for reminder in waiting:
        refusal = by_reminder[reminder.pk]
        over = refusal.reason == Reason.RESTARTED
        Reminder.objects.filter(pk=reminder.pk, status=ReminderStatus.QUEUED).update(
            status=ReminderStatus.SKIPPED if over else ReminderStatus.HELD,
            reason=refusal.reason,
            detail=refusal.detail[:_LONGEST_DETAIL],
        )
    return len(waiting)


def _return_step(reminder: Reminder, *, look_on: date | None) -> None:
    DunningPosition.objects.filter(
        invoice=reminder.invoice_id, cycle=reminder.cycle, reached_key=reminder.step_key
    ).update(
        reached_key=reminder.before_key,
        reached_offset=reminder.before_offset,
        next_key=reminder.step_key,
        pay_by=None,
        ended_at=None,
        # PostgreSQL takes a choice between two NULLs for text.
        look_on=look_on
        and Case(
            When(stopped_at=None, then=Value(look_on)), default=None, output_field=DateField()
        ),
    )
