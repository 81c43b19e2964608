"""Follow-ups: an open case is never without somebody who looks at it again on a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeCase, FollowUp
from disputes.services import trail
from disputes.services.locking import lock_case
from disputes.services.opening import need_day_ahead
from disputes.states import FollowUpStatus
from invoices.models import Hold
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.shops.models import ShopQuerySet

_LONGEST_NOTE = 500
#: Nobody means to say the same twice within this time: a button was pressed twice.
_SAME_WITHIN = timedelta(minutes=1)


class CaseEnded(Conflict):
    """Nothing is contested in it any more."""

    code = "case-ended"
    default_message = _("This case has ended. Open it again first.")


class AlreadyFinished(Conflict):
    """Somebody finished it before."""

    code = "follow-up-finished"
    default_message = _("This follow-up is finished already.")


class LastFollowUp(Conflict):
    """Finishing the last one would leave the case alone."""

    code = "last-follow-up"
    default_message = _(
        "This is the last follow-up: say how the case ends when you finish it, or add another"
        " follow-up first."
    )


class NoteTooLong(Refused):
    """More than there is room for."""

    code = "note-too-long"
    default_message = _("At most 500 characters.")


@transaction.atomic
def add(
    *,
    case: DisputeCase,
    due_on: date,
    note: str = "",
    person: Any = None,
    by: Actor,
    at: datetime,
) -> FollowUp:
    """Have somebody look at a case again on a day of the shop.

    The same once more within a minute, by the same person, is the same.

    Raises:
        CaseEnded: it has ended.
        DayRefused: at ``due_on``.
        NoteTooLong: at ``note``.
    """
    case = _running(case)
    need_day_ahead(due_on, today=local_day(at, zone=case.shop.zone), field="due_on")
    facts = {
        "case": case,
        "due_on": due_on,
        "note": _checked(note),
        "person": person or case.owner,
        "created_by": by.name,
    }
    same = FollowUp.objects.filter(
        **facts, status=FollowUpStatus.OPEN, created_at__gt=at - _SAME_WITHIN
    )
    if earlier := same.order_by("created_at", "pk").first():
        return earlier
    follow_up = FollowUp.objects.create(shop=case.shop, **facts, created_at=at)
    _review(case)
    trail.record(
        action="dispute.follow_up_added",
        case=case,
        by=by,
        at=at,
        data={"due_on": due_on.isoformat()},
    )
    return follow_up


@transaction.atomic
def change(
    *,
    follow_up: FollowUp,
    due_on: date | None = None,
    note: str | None = None,
    person: Any = None,
    by: Actor,
    at: datetime,
) -> FollowUp:
    """Give a follow-up another day, other words, or another person; what is None stays.

    Raises:
        CaseEnded, AlreadyFinished: it is over.
        DayRefused: at ``due_on``.
        NoteTooLong: at ``note``.
    """
    case = _running(follow_up.case)
    follow_up = FollowUp.objects.get(pk=follow_up.pk)
    if follow_up.status == FollowUpStatus.FINISHED:
        raise AlreadyFinished
    if due_on is not None and due_on != follow_up.due_on:
        need_day_ahead(due_on, today=local_day(at, zone=case.shop.zone), field="due_on")
        follow_up.due_on = due_on
    if note is not None:
        follow_up.note = _checked(note)
    if person is not None:
        follow_up.person = person
    follow_up.save(update_fields=["due_on", "note", "person"])
    _review(case)
    trail.record(
        action="dispute.follow_up_changed",
        case=case,
        by=by,
        at=at,
        data={"due_on": follow_up.due_on.isoformat()},
    )
    return follow_up


@transaction.atomic
def finish(*, follow_up: FollowUp, by: Actor, at: datetime) -> FollowUp:
    """Note that a follow-up is done; the last one ends with its case (``finishing``).

    Raises:
        CaseEnded, AlreadyFinished: it is over.
        LastFollowUp: nobody would look at the case any more.
    """
    case = _running(follow_up.case)
    open_ones = FollowUp.objects.filter(case=case, status=FollowUpStatus.OPEN)
    if not open_ones.filter(pk=follow_up.pk).exists():
        raise AlreadyFinished
    if not others(follow_up).exists():
        raise LastFollowUp
    open_ones.filter(pk=follow_up.pk).update(
        status=FollowUpStatus.FINISHED, finished_at=at, finished_by=by.name
    )
    _review(case)
    trail.record(action="dispute.follow_up_finished", case=case, by=by, at=at)
    return FollowUp.objects.select_related("case").get(pk=follow_up.pk)


def finish_all(*, case: DisputeCase, by: Actor, at: datetime) -> None:
    """Finish what is open of a locked case that ends."""
    FollowUp.objects.filter(case=case, status=FollowUpStatus.OPEN).update(
        status=FollowUpStatus.FINISHED, finished_at=at, finished_by=by.name
    )


def others(follow_up: FollowUp) -> ShopQuerySet:
    """Return the other open follow-ups of its case."""
    open_ones = FollowUp.objects.filter(case=follow_up.case_id, status=FollowUpStatus.OPEN)
    return open_ones.exclude(pk=follow_up.pk)


def next_of(case: DisputeCase) -> FollowUp | None:
    """Return the open follow-up that comes first."""
    open_ones = FollowUp.objects.filter(case=case, status=FollowUpStatus.OPEN)
    return open_ones.select_related("person").order_by("due_on", "created_at", "pk").first()


def _review(case: DisputeCase) -> None:
    """Let the holds say when somebody looks again: what the invoice's sentence tells."""
    upcoming = next_of(case)
    Hold.objects.filter(dispute_item__case=case, released_at=None).update(
        review_on=upcoming.due_on if upcoming else None
    )


def _running(case: DisputeCase) -> DisputeCase:
    case = lock_case(case)
    if case.has_ended:
        raise CaseEnded
    return case


def _checked(note: str) -> str:
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    return note
