"""The clockwork of inspections: one service call each, safe to run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from inspections.services import clockwork


@shared_task
def lapse(at: str | None = None) -> dict[str, int]:
    """Note what was not answered in time; ``at`` is an ISO 8601 moment, default now."""
    return clockwork.lapse(at=_moment(at))


@shared_task
def make_reports(at: str | None = None) -> dict[str, int]:
    """Word the reports whose pictures are there; ``at`` is ISO 8601, default now."""
    return clockwork.make_reports(at=_moment(at))


def _moment(at: str | None) -> datetime:
    return datetime.fromisoformat(at) if at else timezone.now()
