"""Offers that end without being carried out: refused, answered, taken back, run out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import emails
from disputes.models import DisputeCase, Offer
from disputes.services import trail
from disputes.services.locking import lock_offer
from disputes.services.moving import move
from disputes.states import OFFER_TRANSITIONS, TRANSITIONS, OfferSide, OfferStatus
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused

LONGEST_ANSWER = 1000


class OfferEnded(Conflict):
    """Somebody else was first."""

    code = "offer-ended"
    default_message = _("This offer has ended already.")


class WrongSide(Conflict):
    """Each side answers the other's offer, and takes back its own."""

    code = "wrong-side"
    default_message = _("This is not for this side: answer the other's offer, take back your own.")


class AnswerTooLong(Refused):
    """Longer than a page can show."""

    code = "answer-too-long"
    default_message = _("At most 1000 characters.")


@transaction.atomic
def refuse(*, offer: Offer, answer: str = "", by: Actor, at: datetime) -> Offer:
    """Say no to an offer of the other side, which is mailed it with the words of ``answer``.

    Staff also note that the customer said no to the shop's own.

    Raises:
        IllegalTransition, NotYourTransition: it is not open, or not for this role.
        WrongSide: it is the customer's own.
        AnswerTooLong: at ``answer``.
    """
    answer = answer.strip()
    if len(answer) > LONGEST_ANSWER:
        raise AnswerTooLong(fields={"answer": AnswerTooLong.default_message})
    offer = lock_offer(offer)
    if by.role == Role.CUSTOMER and offer.side == OfferSide.CUSTOMER:
        raise WrongSide
    end(offer=offer, action="refuse", answer=answer, by=by, at=at)
    back_to_open(case=offer.case, by=by)
    _record("dispute.offer_refused", offer, by=by, at=at)
    if by.role == Role.CUSTOMER:
        emails.offer_moved_desk(offer, at=at)
    elif offer.side == OfferSide.CUSTOMER:
        emails.offer_ended(offer, by=by, at=at)
    return offer


@transaction.atomic
def take_back(*, offer: Offer, by: Actor, at: datetime) -> Offer:
    """Take back an offer of one's own side; the other side is mailed it.

    Raises:
        IllegalTransition, NotYourTransition: it is not open, or not for this role.
        WrongSide: it is the other side's.
    """
    offer = lock_offer(offer)
    if (by.role == Role.CUSTOMER) != (offer.side == OfferSide.CUSTOMER):
        raise WrongSide
    end(offer=offer, action="take_back", by=by, at=at)
    back_to_open(case=offer.case, by=by)
    _record("dispute.offer_taken_back", offer, by=by, at=at)
    if by.role == Role.CUSTOMER:
        emails.offer_moved_desk(offer, at=at)
    else:
        emails.offer_ended(offer, by=by, at=at)
    return offer


@transaction.atomic
def expire(*, offer: Offer, by: Actor, at: datetime) -> bool:
    """Note that nobody answered an offer by the end of its last day; False: somebody did."""
    offer = lock_offer(offer)
    today = local_day(at, zone=offer.shop.zone)
    if offer.status != OfferStatus.SENT or today <= offer.expires_on:
        return False
    end(offer=offer, action="expire", by=by, at=at)
    back_to_open(case=offer.case, by=by)
    _record("dispute.offer_expired", offer, by=by, at=at)
    emails.offer_ended(offer, by=by, at=at)
    emails.offer_moved_desk(offer, at=at)
    return True


def end(*, offer: Offer, action: str, answer: str = "", by: Actor, at: datetime) -> None:
    """End a locked open offer by an action of its table.

    Raises:
        IllegalTransition, NotYourTransition: it is not open, or not for this role.
        OfferEnded: somebody else was first.
    """
    status = OFFER_TRANSITIONS.target(action, state=offer.status, by=by)
    # Where locks do nothing (SQLite), this UPDATE decides which of two acts is the first.
    won = Offer.objects.filter(pk=offer.pk, status=offer.status).update(
        status=status, decided_at=at, decided_by=by.name, answer=answer
    )
    if not won:
        raise OfferEnded
    offer.status, offer.decided_at, offer.decided_by = status, at, by.name
    offer.answer = answer


def back_to_open(*, case: DisputeCase, by: Actor) -> None:
    """Let a locked case go on without an offer."""
    move(case, TRANSITIONS.target("offer_ended", state=case.status, by=by))


def take_back_open(*, case: DisputeCase, by: Actor, at: datetime) -> int:
    """Take back what is still offered in a locked case; return how many there were (at most 1).

    Nobody is mailed: it ends with the case, or the side of it, that it was made in.
    """
    ended = Offer.objects.filter(case=case, status=OfferStatus.SENT).update(
        status=OfferStatus.WITHDRAWN, decided_at=at, decided_by=by.name
    )
    if ended:
        trail.record(action="dispute.offer_taken_back", case=case, by=by, at=at)
    return ended


def _record(action: str, offer: Offer, *, by: Actor, at: datetime) -> None:
    trail.record(
        action=action,
        case=offer.case,
        by=by,
        at=at,
        data={"offer": offer.position, "kind": str(offer.kind), "answer": offer.answer},
    )
