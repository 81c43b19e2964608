"""Handing a case on to others: a mediator, an insurer, a court."""

from datetime import datetime

from django.db import transaction

from disputes import emails
from disputes.models import DisputeCase
from disputes.services import ending_offers, trail
from disputes.services.locking import lock_case
from disputes.services.moving import move
from disputes.services.resolving import words_of
from disputes.states import TRANSITIONS
from shopdisputes.actors import Actor


@transaction.atomic
def escalate(*, case: DisputeCase, note: str, by: Actor, at: datetime) -> DisputeCase:
    """Note that others decide from now on; what is contested stays held, an open offer ends.

    ``note`` says who and why; the other side is mailed it.

    Raises:
        IllegalTransition, NotYourTransition: it is agreed, with others or over, or not for this
            role.
        WordsMissing: at ``note``.
    """
    note = words_of(note)
    case = lock_case(case)
    status = TRANSITIONS.target("escalate", state=case.status, by=by)
    ending_offers.take_back_open(case=case, by=by, at=at)
    move(case, status)
    trail.record(action="dispute.escalated", case=case, by=by, at=at, data={"note": note})
    emails.escalated(case, note=note, by=by, at=at)
    return case
