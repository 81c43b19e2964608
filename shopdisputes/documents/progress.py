"""How the queue of documents stands; the typesetter itself stays out of the web processes."""

from datetime import datetime

from django.db.models import Min

from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus


def backlog(*, at: datetime) -> dict[str, float | int]:
    """Return the age of the oldest due document in seconds, and how many are stuck."""
    oldest = Document.objects.due(at=at).aggregate(oldest=Min("next_try_at"))["oldest"]
    unfinished = Document.objects.exclude(status=DocumentStatus.READY)
    return {
        "oldest_due_seconds": max((at - oldest).total_seconds(), 0.0) if oldest else 0.0,
        "leases_over": unfinished.filter(
            status=DocumentStatus.CLAIMED, lease_until__lte=at
        ).count(),
        "failing": unfinished.filter(attempts__gt=0).count(),
    }
