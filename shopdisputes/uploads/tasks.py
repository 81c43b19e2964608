"""The clockwork of files. It may run twice, at once and late."""

import time
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from shopdisputes.uploads import intake, orphans

#: Well under the task time limit, with room for one last large file.
_BUDGET_SECONDS = 120.0


@shared_task
def drain(at: str | None = None) -> dict[str, int]:
    """See to every file that is due; ``at`` (ISO 8601) stands in for the clock."""
    fixed = datetime.fromisoformat(at) if at else None
    ends = time.monotonic() + _BUDGET_SECONDS
    return intake.drain(
        clock=lambda: fixed or timezone.now(), time_left=lambda: time.monotonic() < ends
    )


@shared_task
def sweep_orphans(at: str | None = None) -> dict[str, int]:
    """Remove stored files that never got a row."""
    return orphans.sweep(at=datetime.fromisoformat(at) if at else timezone.now())
