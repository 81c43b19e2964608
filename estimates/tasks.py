"""The clockwork of estimates: one service call each, safe to run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from estimates.services import clockwork


@shared_task
def expire(at: str | None = None) -> dict[str, int]:
    """Note what was not answered in time; ``at`` is an ISO 8601 moment, default now."""
    return clockwork.expire(at=_moment(at))


@shared_task
def remind_before_expiry(at: str | None = None) -> dict[str, int]:
    """Remind, once each, of what will soon expire; ``at`` is ISO 8601, default now."""
    return clockwork.remind_before_expiry(at=_moment(at))


def _moment(at: str | None) -> datetime:
    return datetime.fromisoformat(at) if at else timezone.now()
