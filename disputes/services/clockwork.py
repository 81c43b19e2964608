"""What happens by itself: resolvers who do not answer are reminded, offers run out."""

import logging
from datetime import datetime

from disputes.models import DisputeCase, FollowUp, Offer
from disputes.services import chasing, ending_offers
from disputes.states import FollowUpStatus, OfferStatus
from shopdisputes.actors import SYSTEM
from shopdisputes.dates import latest_day

_log = logging.getLogger(__name__)


def chase_overdue(*, at: datetime) -> dict[str, int]:
    """Remind resolvers of cases whose follow-up's day is over in their shop; return counts.

    May run at any time, twice, late, or in several workers at once: once a day a case at most.
    """
    late = FollowUp.objects.filter(status=FollowUpStatus.OPEN, due_on__lt=latest_day(at))
    cases = (
        DisputeCase.objects.running()
        .filter(pk__in=late.values("case"))
        .exclude(resolver_email="")
        .select_related("shop")
    )
    counts = {"chased": 0, "failed": 0}
    for case in cases.order_by("pk"):
        try:
            counts["chased"] += chasing.chase_when_late(case=case, by=SYSTEM, at=at)
        except Exception:
            # One poisoned case must not stop those behind it.
            _log.exception("Case %s could not be chased", case.pk)
            counts["failed"] += 1
    return counts


def expire_offers(*, at: datetime) -> dict[str, int]:
    """End offers whose last day is over in their shop; return counts.

    May run at any time, twice, late, or in several workers at once: each ends once.
    """
    late = Offer.objects.filter(status=OfferStatus.SENT, expires_on__lt=latest_day(at))
    counts = {"expired": 0, "failed": 0}
    for offer in late.select_related("shop", "case__shop").order_by("pk"):
        try:
            counts["expired"] += ending_offers.expire(offer=offer, by=SYSTEM, at=at)
        except Exception:
            # One poisoned offer must not stop those behind it.
            _log.exception("Offer %s could not be ended", offer.pk)
            counts["failed"] += 1
    return counts
