"""What happens by itself: promises are settled, plans that nobody signed lapse."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from invoices.models import PaymentPlan, Promise
from invoices.services import plans, promises
from invoices.states import PlanStatus
from shopdisputes.actors import SYSTEM
from shopdisputes.dates import latest_day

Row = TypeVar("Row", Promise, PaymentPlan)

_log = logging.getLogger(__name__)


def settle_promises(*, at: datetime) -> dict[str, int]:
    """Say what became of promises whose days of grace are over in their shop; return counts.

    May run at any time, twice, late, or in several workers at once.
    """
    over = Promise.objects.open_beyond(latest_day(at)).order_by("pk")
    return _each("settled", over, lambda each: promises.settle(promise=each, by=SYSTEM, at=at))


def lapse_plans(*, at: datetime) -> dict[str, int]:
    """Note which plans were not signed by the end of their last day; return counts.

    May run at any time, twice, late, or in several workers at once.
    """
    over = PaymentPlan.objects.filter(
        status=PlanStatus.OFFERED, answer_by__lt=latest_day(at)
    ).select_related("shop", "invoice")
    return _each(
        "lapsed", over.order_by("pk"), lambda each: plans.lapse(plan=each, by=SYSTEM, at=at)
    )


def _each(counted: str, rows: Iterable[Row], act: Callable[[Row], bool]) -> dict[str, int]:
    counts = {counted: 0, "failed": 0}
    for row in rows:
        try:
            counts[counted] += act(row)
        except Exception:
            # One poisoned row must not stop those behind it.
            _log.exception("%s %s could not be handled", type(row).__name__, row.pk)
            counts["failed"] += 1
    return counts
