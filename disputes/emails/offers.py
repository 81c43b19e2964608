"""Mails about offers: to the customer with a link to the case, and to the shop."""

from datetime import datetime

from disputes.emails.addressing import to_customer, to_shop
from disputes.models import FollowUp, Offer
from disputes.states import FollowUpStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day


def offer_made(offer: Offer, *, counters: bool, by: Actor, at: datetime) -> None:
    """Bring the customer the shop's offer; ``counters`` answers one of his own."""
    to_customer(
        offer.case,
        "dispute_offer_made",
        key=offer.pk,
        context={"offer": offer, "counters": counters},
        by=by,
        at=at,
    )


def offer_accepted(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Tell the customer that it is agreed and carried out, and where the agreement is."""
    to_customer(
        offer.case,
        "dispute_offer_accepted",
        key=offer.pk,
        context={"offer": offer, "pay_by": offer.new_due_on},
        by=by,
        at=at,
    )


def offer_ended(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Tell the customer that an offer was refused or taken back by the shop, or has run out."""
    to_customer(
        offer.case,
        "dispute_offer_ended",
        key=f"{offer.pk}:{offer.status}",
        context={"offer": offer},
        by=by,
        at=at,
    )


def offer_failed(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Tell the customer that what was agreed could not be carried out, and who acts next, when.

    The day is that of the case's next follow-up after today: a mail read in the evening must not
    promise an answer on the day that is over.
    """
    today = local_day(at, zone=offer.shop.zone)
    upcoming = FollowUp.objects.for_shop(offer.shop).filter(
        case=offer.case, status=FollowUpStatus.OPEN, due_on__gt=today
    )
    to_customer(
        offer.case,
        "dispute_offer_failed",
        key=offer.pk,
        context={
            "offer": offer,
            "answer_by": upcoming.order_by("due_on").values_list("due_on", flat=True).first(),
        },
        by=by,
        at=at,
    )


def offer_moved_desk(offer: Offer, *, at: datetime) -> None:
    """Tell the shop what became of an offer: made by the customer, accepted, ended, or failed."""
    to_shop(
        offer.case,
        "dispute_offer_desk",
        key=f"{offer.pk}:{offer.status}",
        context={"offer": offer},
        at=at,
    )
