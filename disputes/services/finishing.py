"""Finishing the last follow-up of a case: the case ends with it, in one act."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeCase, FollowUp
from disputes.services import following_up, resolving
from disputes.services.locking import lock_case
from disputes.states import FollowUpStatus, Resume
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict


class OthersOpen(Conflict):
    """Somebody is still to look at the case on another day."""

    code = "other-follow-ups-open"
    default_message = _(
        "This is not the last follow-up: the case has another one. Finish that one first, or"
        " resolve the case."
    )


@transaction.atomic
def finish_last(
    *,
    follow_up: FollowUp,
    closing_code: str,
    note: str,
    cause: str = "",
    resume: str = Resume.KEEP_STEP,
    new_due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Note that the last follow-up is done and close its case as ``resolving.resolve`` does.

    Raises:
        CaseEnded, AlreadyFinished: it is over.
        OthersOpen: it is not the last one.
        IllegalTransition, NotYourTransition: the case cannot be resolved, or not by this role.
        WordsMissing: at ``note``.
        NewDayMissing: at ``new_due_on``.
    """
    case = lock_case(follow_up.case)
    if case.has_ended:
        raise following_up.CaseEnded
    still_open = FollowUp.objects.filter(case=case, status=FollowUpStatus.OPEN)
    if not still_open.filter(pk=follow_up.pk).exists():
        raise following_up.AlreadyFinished
    if still_open.exclude(pk=follow_up.pk).exists():
        raise OthersOpen
    return resolving.resolve(
        case=case,
        closing_code=closing_code,
        note=note,
        cause=cause,
        resume=resume,
        new_due_on=new_due_on,
        by=by,
        at=at,
    )
