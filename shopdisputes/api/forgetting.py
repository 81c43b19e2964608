"""Answers under a key that no program asks for any more."""

from datetime import datetime, timedelta

from shopdisputes.api.models import IdempotencyRecord

#: For so long the same key is the same act. Programs try again for minutes, after an outage for
#: days.
KEPT = timedelta(days=30)


def forget(*, at: datetime) -> dict[str, int]:
    """Remove the answers that were given more than ``KEPT`` ago; return how many."""
    removed, _by_model = IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).delete()
    return {"removed": removed}
