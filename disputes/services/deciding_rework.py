"""What the shop answers to a request: it does it again, or it does not and says why."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import deadlines, emails
from disputes.models import ReworkRequest
from disputes.services import rework_steps as steps
from disputes.services.filing import Kept
from disputes.states import REWORK_TRANSITIONS, RefusalReason
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition

LONGEST_NOTE = 500
#: What is held until then would be forgotten: a day further off is a slip of the pen.
FURTHEST_DAYS = 90


class AppointmentRefused(Refused):
    """Nobody comes on a day that is over, or so far ahead that nobody remembers it."""

    code = "appointment-refused"
    default_message = _("Choose a day from today on, and at most 500 characters about it.")


@transaction.atomic
def accept(
    *,
    rework: ReworkRequest,
    appointment_on: date | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> ReworkRequest:
    """Do it again for nothing: a free repair order is opened, and the customer told when to come.

    What the request holds stays held. ``appointment_on`` None: the day is agreed later. What was
    refused can be accepted as long as the customer has not answered.

    Raises:
        IllegalTransition, NotYourTransition: it was answered, or not for this role.
        AppointmentRefused: at ``appointment_on`` or ``note``.
        NotTheirVehicle: the vehicle is somebody else's by now.
    """
    note = note.strip()
    rework = steps.lock_rework(rework)
    status = REWORK_TRANSITIONS.target("accept", state=rework.status, by=by)
    _check(appointment_on, note, shop=rework.shop, at=at)
    visit = steps.open_free_visit(rework=rework, by=by, at=at)
    steps.move(
        rework,
        status,
        answered_at=at,
        answered_by=by.name,
        customer_until=None,
        appointment_on=appointment_on,
        appointment_note=note,
        repair_order=visit,
        compared_with=steps.left_as(rework.invoice),
    )
    steps.record(
        action="rework.accepted",
        rework=rework,
        by=by,
        at=at,
        data={
            "repair_order": visit.number,
            "appointment_on": appointment_on.isoformat() if appointment_on else "",
            "note": note,
        },
    )
    steps.withdraw_questions(rework)
    emails.rework_accepted(rework, by=by, at=at)
    return rework


@transaction.atomic
def appoint(
    *, rework: ReworkRequest, appointment_on: date, note: str = "", by: Actor, at: datetime
) -> ReworkRequest:
    """Tell the customer the day, or another one, on which the vehicle is to come.

    After a complaint it is the shop's answer.

    Raises:
        IllegalTransition: it is not to be begun.
        AppointmentRefused: at ``appointment_on`` or ``note``.
    """
    note = note.strip()
    rework = steps.lock_rework(rework)
    if "begin" not in REWORK_TRANSITIONS.actions(state=rework.status, role=by.role):
        raise IllegalTransition
    _check(appointment_on, note, shop=rework.shop, at=at)
    steps.move(
        rework,
        rework.status,
        answered_at=at,
        answered_by=by.name,
        appointment_on=appointment_on,
        appointment_note=note,
    )
    steps.record(
        action="rework.appointed",
        rework=rework,
        by=by,
        at=at,
        data={"appointment_on": appointment_on.isoformat(), "note": note},
    )
    steps.withdraw_questions(rework)
    emails.rework_accepted(rework, by=by, at=at)
    return rework


@transaction.atomic
def refuse(
    *,
    rework: ReworkRequest,
    reason: str,
    explanation: str,
    files: Sequence[Kept] = (),
    by: Actor,
    at: datetime,
) -> ReworkRequest:
    """Say why it is not done again for nothing; the customer has seven days to answer.

    Until then nothing of it is asked for. ``files`` are stored already (``filing.keep``).

    Raises:
        IllegalTransition, NotYourTransition: it was answered, or not for this role.
        ReworkWordsMissing: at ``explanation``.
    """
    why = RefusalReason(reason)
    explanation = steps.words_of(explanation, field="explanation")
    rework = steps.lock_rework(rework)
    status = REWORK_TRANSITIONS.target("refuse", state=rework.status, by=by)
    until = deadlines.customer_until(at, shop=rework.shop)
    steps.move(
        rework,
        status,
        answered_at=at,
        answered_by=by.name,
        refusal_reason=why,
        explanation=explanation,
        customer_until=until,
    )
    steps.add_files(rework, files, by_customer=False, at=at)
    steps.record(
        action="rework.refused",
        rework=rework,
        by=by,
        at=at,
        data={
            "reason_code": str(why),
            "explanation": explanation,
            "customer_until": until.isoformat(),
        },
    )
    emails.rework_refused(rework, by=by, at=at)
    return rework


def _check(day: date | None, note: str, *, shop: Shop, at: datetime) -> None:
    today = local_day(at, zone=shop.zone)
    if day is not None and day < today:
        raise AppointmentRefused(fields={"appointment_on": AppointmentRefused.default_message})
    if day is not None and day > today + timedelta(days=FURTHEST_DAYS):
        raise AppointmentRefused(fields={"appointment_on": _("At most 90 days ahead.")})
    if len(note) > LONGEST_NOTE:
        raise AppointmentRefused(fields={"note": AppointmentRefused.default_message})
