"""What happens by itself about reworks: people are reminded, and silence has its end."""

import logging
from collections.abc import Callable
from datetime import datetime

from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.services import rework_reminding, reworking
from disputes.states import ReworkStatus
from shopdisputes.actors import SYSTEM
from shopdisputes.dates import latest_day
from shopdisputes.transitions import IllegalTransition

_log = logging.getLogger(__name__)


def rework_clocks(*, at: datetime) -> dict[str, int]:
    """End what is over, and remind shops and customers before their time is; return counts.

    May run at any time, twice, late, or in several workers at once: everything is asked again
    behind the request's lock.
    """
    today = latest_day(at)
    waiting = ReworkRequest.objects
    rounds: tuple[tuple[str, ReworkQuerySet, Callable[[ReworkRequest], bool]], ...] = (
        (
            "closed",
            waiting.filter(status=ReworkStatus.REFUSED, customer_until__lt=today),
            lambda each: _close(each, at),
        ),
        (
            "taken_as_confirmed",
            waiting.filter(status=ReworkStatus.DELIVERED, check_until__lt=today),
            lambda each: _take_silence(each, at),
        ),
        (
            "desks_reminded",
            rework_reminding.desks_to_remind(at=at),
            lambda each: rework_reminding.remind_desk(rework=each, at=at),
        ),
        (
            "customers_reminded",
            rework_reminding.customers_to_remind(at=at),
            lambda each: rework_reminding.remind_customer(rework=each, at=at),
        ),
    )
    counts = {"failed": 0}
    for name, found, act in rounds:
        counts[name] = 0
        for rework in found.order_by("pk"):
            try:
                counts[name] += act(rework)
            except Exception:
                # One poisoned request must not stop those behind it.
                _log.exception("Rework %s could not be looked after", rework.pk)
                counts["failed"] += 1
    return counts


def _close(rework: ReworkRequest, at: datetime) -> bool:
    try:
        reworking.close(rework=rework, by=SYSTEM, at=at)
    except (reworking.TooEarly, IllegalTransition):
        # Its shop's day is not over, or the customer was faster.
        return False
    return True


def _take_silence(rework: ReworkRequest, at: datetime) -> bool:
    try:
        reworking.take_silence(rework=rework, at=at)
    except (reworking.TooEarly, IllegalTransition):
        # Its shop's day is not over, or no mail has arrived: a person asks the customer.
        return False
    return True
