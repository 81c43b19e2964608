"""The clockwork of the calls for programs. It may run twice, at once and late."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from shopdisputes.api import forgetting


@shared_task
def forget_keys(at: str | None = None) -> dict[str, int]:
    """Remove the answers of idempotency keys whose time is over."""
    return forgetting.forget(at=datetime.fromisoformat(at) if at else timezone.now())
