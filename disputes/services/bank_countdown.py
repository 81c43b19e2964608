"""Telling the shop that a bank's day for evidence comes near."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from disputes import emails
from disputes.models import Chargeback, ChargebackNotice
from disputes.services import bank_trail
from disputes.states import ChargebackStatus
from shopdisputes.actors import SYSTEM, Actor
from shopdisputes.dates import local_day

#: So many days before the evidence is due the shop is told; the nearest one comes last.
COUNTS = (7, 3, 1)
#: A day has at most 25 hours where clocks are changed.
_FURTHEST = timedelta(days=COUNTS[0] + 2)

_log = logging.getLogger(__name__)


def count_down(*, at: datetime) -> dict[str, int]:
    """Tell the shops of evidence that is due in 7, 3 or 1 of their days; return counts.

    May run at any time, twice, late, or in several workers at once: each count is told once, and
    a late run tells the latest one alone. Of a day that is over nobody is told.
    """
    near = (
        Chargeback.objects.waiting()
        .filter(evidence_due_by__gt=at, evidence_due_by__lte=at + _FURTHEST)
        .select_related("shop")
    )
    counts = {"told": 0, "failed": 0}
    for chargeback in near.order_by("pk"):
        try:
            counts["told"] += tell_if_due(chargeback=chargeback, by=SYSTEM, at=at)
        except Exception:
            # One poisoned row must not stop those behind it.
            _log.exception("Chargeback %s could not be counted down", chargeback.pk)
            counts["failed"] += 1
    return counts


@transaction.atomic
def tell_if_due(*, chargeback: Chargeback, by: Actor, at: datetime) -> bool:
    """Tell the shop how many days are left if it was not told that count yet; say whether."""
    Chargeback.objects.lock(chargeback.pk)
    fresh = Chargeback.objects.select_related("shop", "payment__customer", "case__owner")
    chargeback = fresh.get(pk=chargeback.pk)
    if chargeback.status != ChargebackStatus.NEEDS_RESPONSE:
        return False
    left = days_left(chargeback, at=at)
    count = min((each for each in COUNTS if left <= each), default=None)
    due_by = chargeback.evidence_due_by
    told = ChargebackNotice.objects.filter(chargeback=chargeback, due_by=due_by)
    # Who was told that one day is left needs not hear that it was three.
    if left < 0 or count is None or told.filter(days_left__lte=count).exists():
        return False
    notice = ChargebackNotice.objects.create(
        shop=chargeback.shop, chargeback=chargeback, due_by=due_by, days_left=count, told_at=at
    )
    emails.evidence_due(notice, left=left, at=at)
    bank_trail.record(
        action="chargeback.counted_down",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"days_left": left},
    )
    return True


def days_left(chargeback: Chargeback, *, at: datetime) -> int:
    """Return how many of the shop's days are left until the evidence is due; below 0: it is over.

    0 is the day itself, as long as its moment has not passed.
    """
    zone = chargeback.shop.zone
    if chargeback.evidence_due_by <= at:
        return -1
    return (local_day(chargeback.evidence_due_by, zone=zone) - local_day(at, zone=zone)).days
