"""The clockwork of money: one service call each, safe to run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from invoices.services import clockwork


@shared_task
def settle_promises(at: str | None = None) -> dict[str, int]:
    """Settle promises whose time is over; ``at`` is an ISO 8601 moment, default now."""
    return clockwork.settle_promises(at=_moment(at))


@shared_task
def lapse_plans(at: str | None = None) -> dict[str, int]:
    """Note which plans were not signed in time; ``at`` is ISO 8601, default now."""
    return clockwork.lapse_plans(at=_moment(at))


def _moment(at: str | None) -> datetime:
    return datetime.fromisoformat(at) if at else timezone.now()
