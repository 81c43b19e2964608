"""The clockwork of disputes: one service call each, safe to run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from disputes.services import bank_countdown, clockwork, rework_clockwork


@shared_task
def chase_overdue(at: str | None = None) -> dict[str, int]:
    """Remind resolvers who did not answer in time; ``at`` is ISO 8601, default now."""
    return clockwork.chase_overdue(at=_moment(at))


@shared_task
def rework_clocks(at: str | None = None) -> dict[str, int]:
    """Remind, close and confirm reworks; ``at`` is ISO 8601, default now."""
    return rework_clockwork.rework_clocks(at=_moment(at))


@shared_task
def count_down_chargebacks(at: str | None = None) -> dict[str, int]:
    """Tell shops whose evidence for a bank is due soon; ``at`` is ISO 8601, default now."""
    return bank_countdown.count_down(at=_moment(at))


@shared_task
def expire_offers(at: str | None = None) -> dict[str, int]:
    """End offers that nobody answered in time; ``at`` is ISO 8601, default now."""
    return clockwork.expire_offers(at=_moment(at))


def _moment(at: str | None) -> datetime:
    return datetime.fromisoformat(at) if at else timezone.now()
