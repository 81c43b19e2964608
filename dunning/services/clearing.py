"""What waits for a person, and must not be done any more: approvals, letters and calls."""

from datetime import datetime, timedelta

from django.db.models import Q

from dunning import facts, schedule
from dunning.eligibility import judge
from dunning.models import Reminder
from dunning.services import giving_back
from dunning.services.giving_back import Refusal
from dunning.states import Channel, Reason, ReminderStatus
from shopdisputes.dates import local_day

_CHUNK = 500


def clear(*, at: datetime) -> int:
    """Hold what waits for a person and cannot be asked for now; return how many.

    Each invoice gets its step back: it is planned again when its time comes. Letters that are
    made stay, because they may lie in the letter box already: whoever marks them is told.
    """
    found = (
        Reminder.objects.filter(
            Q(status=ReminderStatus.AWAITING_APPROVAL)
            | Q(
                status=ReminderStatus.QUEUED,
                channel__in=[Channel.LETTER, Channel.CALL],
                document=None,
            )
        )
        .select_related("shop", "step")
        .order_by("pk")
    )
    cleared, after = 0, None
    while chunk := list((found.filter(pk__gt=after) if after else found)[:_CHUNK]):
        after = chunk[-1].pk
        cleared += _clear(chunk, at=at)
    return cleared


def _clear(reminders: list[Reminder], *, at: datetime) -> int:
    cases = facts.of([each.invoice_id for each in reminders], at=at)
    refusals = []
    for reminder in reminders:
        case = cases.get(reminder.invoice_id)
        if case is None:
            continue
        today = local_day(at, zone=reminder.shop.zone)
        verdict = judge(case.facts, reminder.channel, today=today, gap=False)
        reason = verdict.reason
        if reason is None and schedule.is_over(
            reminder.step.offset_days, base_on=case.standing.base_on, today=today
        ):
            reason = Reason.TOO_LATE
        if reason is not None:
            refusals.append(
                Refusal(
                    reminder=reminder.pk,
                    invoice=reminder.invoice_id,
                    reason=reason,
                    detail=verdict.detail,
                    look_on=verdict.until or today + timedelta(days=1),
                )
            )
    return giving_back.give_back(refusals=refusals) if refusals else 0
