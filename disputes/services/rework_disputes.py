"""A request that becomes a dispute: its hold becomes the case's in one transaction."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes import deadlines, emails
from disputes.billed import billed_for
from disputes.models import CaseMessage, DisputeCase, DisputeReason, ReworkRequest
from disputes.services import filing, opening, rework_visits, trail
from disputes.services import rework_steps as steps
from disputes.services.filing import Kept
from disputes.services.opening import LONGEST_COMMENT, Contested
from disputes.services.reworking import MOST_TRIES
from disputes.states import REWORK_TRANSITIONS, Opening, ReasonCode, ReworkStatus
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO
from shopdisputes.shops import numbering


class NotYet(Conflict):
    """The shop still has time to answer, or to try again."""

    code = "dispute-not-yet"
    default_message = _("The shop still has time to answer. Afterwards you can open a dispute.")


class TimeOver(Conflict):
    """The days after the refusal are over."""

    code = "rework-time-over"
    default_message = _("The time to answer the refusal is over. You can still contest the amount.")


class NoReason(Refused):
    """The shop's catalogue has no reason in use."""

    code = "no-reason"
    default_message = _("There is no reason of disputes in use. Add one in the settings first.")


@transaction.atomic
def dispute(
    *,
    rework: ReworkRequest,
    text: str = "",
    reason: DisputeReason | None = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Contest what was not done again, or not well; at no moment can its amount be asked for.

    ``text`` is what the customer adds. The customer may do so within the days after a refusal,
    when the shop did not answer in time or did not begin by ``deadlines.begin_until``, and after
    the second try; staff whenever the state table does. ``reason`` None: "It was not done well",
    else the first in use. The free visit is cancelled, unless something was done there.

    Raises:
        AnsweredMeanwhile: the shop answered at the same moment.
        IllegalTransition, NotYourTransition: it is not in such a state, or not for this role.
        NotYet, TimeOver: for the customer.
        NoReason: no reason is in use.
        ContestedBefore: the lines are in another case by now.
    """
    text = text.strip().replace("\r\n", "\n")
    rework = steps.lock_rework(rework, with_visit=True)
    status = REWORK_TRANSITIONS.target("dispute", state=rework.status, by=by)
    if by.role == Role.CUSTOMER:
        _need_time(rework, at=at)
    reason = reason or _usual(rework)
    # Before anything is written into the audit trail: whoever holds its end waits for no number.
    today = local_day(at, zone=rework.shop.zone)
    numbering.lock_series(shop=rework.shop, series=[opening.SERIES], year=today.year)
    with translation.override(rework.shop.language):
        words = gettext("Rework %(number)s became a dispute") % {"number": rework.number}
    # It ends first: what is to be done again is not contested.
    steps.move(rework, status, ended_at=at)
    steps.let_go(rework=rework, reason=words, by=by, at=at)
    rework_visits.cancel_unused(rework=rework, reason=words, by=by, at=at)
    case = opening.open_case(
        customer=rework.invoice.customer,
        reason=reason,
        comment="\n\n".join(part for part in (rework.description, rework.complaint, text) if part)[
            :LONGEST_COMMENT
        ],
        items=_contested(rework),
        opening=Opening.REWORK,
        by=by,
        at=at,
    )
    steps.move(rework, status, case=case)
    _bring_files(rework, case, by=by, at=at)
    steps.record(
        action="rework.disputed", rework=rework, by=by, at=at, data={"dispute": case.number}
    )
    trail.record(
        action="dispute.from_rework", case=case, by=by, at=at, data={"rework": rework.number}
    )
    steps.withdraw_questions(rework)
    emails.opened(case, appointment_off=rework.told_to_come(today=today), by=by, at=at)
    return case


def can_dispute(rework: ReworkRequest, *, at: datetime) -> bool:
    """Say whether the customer himself may open a dispute of it at a moment."""
    try:
        REWORK_TRANSITIONS.target(
            "dispute", state=rework.status, by=Actor(role=Role.CUSTOMER, name="")
        )
        _need_time(rework, at=at)
    except Conflict:
        return False
    return True


def _need_time(rework: ReworkRequest, *, at: datetime) -> None:
    if rework.status == ReworkStatus.REFUSED:
        today = local_day(at, zone=rework.shop.zone)
        if rework.customer_until is not None and today > rework.customer_until:
            raise TimeOver
        return
    tried = rework.status == ReworkStatus.NOT_FIXED and rework.tries >= MOST_TRIES
    if not rework.is_late(at=at) and not tried and not _waits_in_vain(rework, at=at):
        raise NotYet


def _waits_in_vain(rework: ReworkRequest, *, at: datetime) -> bool:
    """Whether the day is over on which the shop was to begin what it promised."""
    if rework.answered_at is None:
        return False
    last = deadlines.begin_until(rework.answered_at, rework.appointment_on, shop=rework.shop)
    return local_day(at, zone=rework.shop.zone) > last


def _usual(rework: ReworkRequest) -> DisputeReason:
    reasons = DisputeReason.objects.for_shop(rework.shop).filter(is_active=True)
    found = (
        reasons.filter(code=ReasonCode.BADLY_DONE).first()
        or reasons.order_by("position", "code").first()
    )
    if found is None:
        raise NoReason
    return found


def _contested(rework: ReworkRequest) -> list[Contested]:
    """Return its lines; where only a part of them is in question, that amount of the invoice."""
    invoice = rework.invoice
    lines = list(rework.lines.in_order())
    if sum((billed_for(invoice, line) for line in lines), ZERO) == rework.amount:
        return [Contested(invoice=invoice, line=line) for line in lines]
    return [Contested(invoice=invoice, amount=rework.amount)]


def _bring_files(rework: ReworkRequest, case: DisputeCase, *, by: Actor, at: datetime) -> None:
    for by_customer, side in (
        (True, CaseMessage.Side.CUSTOMER),
        (False, CaseMessage.Side.SHOP),
    ):
        brought = rework.files.filter(by_customer=by_customer).select_related("file")
        filing.add(
            case=case,
            files=[Kept(each.file, each.sent_as) for each in brought.order_by("added_at", "pk")],
            side=side,
            by=by,
            at=at,
        )
