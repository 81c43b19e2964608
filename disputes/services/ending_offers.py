"""Offers end with the case, or the side of it, that they were made in."""

from datetime import datetime

from disputes.models import DisputeCase, Offer
from disputes.services import trail
from disputes.states import OfferStatus
from shopdisputes.actors import Actor


def take_back_open(*, case: DisputeCase, by: Actor, at: datetime) -> int:
    """Take back what is still offered in a locked case; return how many there were (at most 1)."""
    ended = Offer.objects.filter(case=case, status=OfferStatus.SENT).update(
        status=OfferStatus.WITHDRAWN, decided_at=at, decided_by=by.name
    )
    if ended:
        trail.record(action="dispute.offer_taken_back", case=case, by=by, at=at)
    return ended
