"""How the queue of files stands; what takes files apart itself stays out of the web processes."""

from datetime import datetime

from django.db.models import Min, Q

from shopdisputes.uploads.models import UNFINISHED, Intake
from shopdisputes.uploads.states import IntakeStatus


def backlog(*, at: datetime) -> dict[str, float | int]:
    """Return the age of the oldest due file in seconds, and how many are stuck.

    A file that waits for the scanner is due from the moment it came, however often the scanner
    was asked in vain: a scanner that is away must be seen here.
    """
    unfinished = Intake.objects.filter(status__in=UNFINISHED)
    waiting = unfinished.filter(status=IntakeStatus.WAITING)
    came = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    queued = Intake.objects.due(at=at).filter(status=IntakeStatus.QUEUED)
    due = queued.aggregate(oldest=Min("next_try_at"))["oldest"]
    oldest = min((moment for moment in (came, due) if moment), default=at)
    return {
        "oldest_due_seconds": max((at - oldest).total_seconds(), 0.0),
        "waiting_for_scanner": waiting.count(),
        "leases_over": unfinished.filter(status=IntakeStatus.CLAIMED, lease_until__lte=at).count(),
        "failing": unfinished.filter(~Q(last_error="")).count(),
        "without_preview": Intake.objects.filter(status=IntakeStatus.FAILED).count(),
    }
