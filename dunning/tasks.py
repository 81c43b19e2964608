"""The clockwork of dunning: one service call, safe to run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from dunning.services import clockwork


@shared_task
def plan(at: str | None = None) -> dict[str, int]:
    """Plan reminders in shops whose mail may leave; ``at`` is ISO 8601, default now."""
    return clockwork.run(at=datetime.fromisoformat(at) if at else timezone.now())
