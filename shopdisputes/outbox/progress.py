"""How the queue of e-mails stands."""

from datetime import datetime

from django.db.models import Min

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus


def backlog(*, at: datetime) -> dict[str, float | int]:
    """Return the age of the oldest due e-mail in seconds, and how many need a person."""
    oldest = OutgoingEmail.objects.due(at=at).aggregate(oldest=Min("next_try_at"))["oldest"]
    over = OutgoingEmail.objects.filter(
        lease_until__lte=at, status__in=[EmailStatus.CLAIMED, EmailStatus.HANDING]
    )
    return {
        "oldest_due_seconds": max((at - oldest).total_seconds(), 0.0) if oldest else 0.0,
        "leases_over": over.count(),
        "in_doubt": OutgoingEmail.objects.filter(status=EmailStatus.IN_DOUBT).count(),
        "failed": OutgoingEmail.objects.filter(status=EmailStatus.FAILED).count(),
    }
