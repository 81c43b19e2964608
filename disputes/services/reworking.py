"""Doing work again: from the free visit to the customer's check, and how a request ends."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes import deadlines, emails
from disputes.models import DisputeCase, Offer, ReworkRequest
from disputes.services import asking_rework, rework_visits, trail
from disputes.services import rework_steps as steps
from disputes.services.resolving import open_items
from disputes.states import REWORK_TRANSITIONS, ReworkStatus
from estimates.models import Estimate
from estimates.services import drafting
from invoices.models import Invoice, InvoiceLine
from invoices.services import holds
from shopdisputes.actors import SYSTEM, Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict
from shopdisputes.money import ZERO
from shopdisputes.repairorders.states import RepairOrderStatus

#: After so many the customer need not let the shop try again.
MOST_TRIES = 2


class SeveralInvoices(Conflict):
    """A request is about one invoice."""

    code = "several-invoices"
    default_message = _(
        "More than one invoice is contested here. Let the others go first: a rework is about one."
    )


class NoVisit(Conflict):
    """There is no open visit on which something could be offered."""

    code = "no-rework-visit"
    default_message = _("There is no open repair order for it: accept or begin the rework first.")


class TooEarly(Conflict):
    """The customer has time until the end of a day, and it is not over."""

    code = "too-early"
    default_message = _("The customer's time is not over yet.")


@transaction.atomic
def begin_from_offer(*, case: DisputeCase, offer: Offer, by: Actor, at: datetime) -> ReworkRequest:
    """Make an accepted request of a settlement; the case's holds become its hold.

    The caller holds the locks of the case and its invoices (``lock_case``) and ends the case
    afterwards, in the same transaction: at no moment can the amount be asked for. A free repair
    order is opened at once, the day is agreed later. The same offer again is the same request.

    Raises:
        SeveralInvoices: more than one invoice is contested in the case, or none.
        NotTheirVehicle: the vehicle is somebody else's by now.
    """
    if earlier := ReworkRequest.objects.for_shop(case.shop).filter(offer=offer).first():
        return earlier
    items = open_items(case)
    if len({item.invoice_id for item in items}) != 1:
        raise SeveralInvoices
    invoice = Invoice.objects.with_everything().get(pk=items[0].invoice_id)
    for item in items:
        if item.hold is not None and item.hold.released_at is None:
            holds.release_locked(invoice=invoice, hold=item.hold, reason=str(offer), by=by, at=at)
    rework = ReworkRequest(
        shop=case.shop,
        invoice=invoice,
        amount=min(sum((item.amount for item in items), ZERO), invoice.total),
        description=case.comment,
        status=ReworkStatus.ACCEPTED,
        asked_at=at,
        asked_by=by.name,
        answer_by=at,
        answered_at=at,
        answered_by=offer.made_by,
        compared_with=steps.left_as(invoice),
        case=case,
        offer=offer,
    )
    lines = [item.line for item in items if item.line is not None]
    if len(lines) < len(items):
        lines = list(InvoiceLine.objects.for_shop(case.shop).filter(invoice=invoice, net__gt=0))
    asking_rework.keep(rework=rework, lines=lines, invoice=invoice, by=by, at=at)
    rework.repair_order = steps.open_free_visit(rework=rework, by=by, at=at)
    rework.save(update_fields=["repair_order"])
    steps.record(
        action="rework.agreed",
        rework=rework,
        by=by,
        at=at,
        data={"dispute": case.number, "repair_order": rework.repair_order.number},
    )
    trail.record(
        action="dispute.rework_agreed", case=case, by=by, at=at, data={"rework": rework.number}
    )
    emails.rework_accepted(rework, by=by, at=at)
    return rework


@transaction.atomic
def begin(*, rework: ReworkRequest, by: Actor, at: datetime) -> ReworkRequest:
    """Note that the vehicle is here; it counts as a try.

    After a complaint a new free repair order is opened when the former one is closed.

    Raises:
        IllegalTransition, NotYourTransition: it is not to be begun, or not for this role.
        AnsweredMeanwhile: it got another visit at the same moment.
    """
    rework = steps.lock_rework(rework, with_visit=True)
    status = REWORK_TRANSITIONS.target("begin", state=rework.status, by=by)
    visit = rework.repair_order
    if visit is None or visit.status != RepairOrderStatus.OPEN:
        visit = steps.open_free_visit(rework=rework, by=by, at=at)
    steps.move(
        rework,
        status,
        repair_order=visit,
        tries=rework.tries + 1,
        answered_at=rework.answered_at or at,
        answered_by=rework.answered_by or by.name,
    )
    steps.record(
        action="rework.begun",
        rework=rework,
        by=by,
        at=at,
        data={"repair_order": visit.number, "try": rework.tries},
    )
    return rework


@transaction.atomic
def deliver(*, rework: ReworkRequest, note: str, by: Actor, at: datetime) -> ReworkRequest:
    """Say what was done; the customer has seven days to check it, and is mailed.

    Raises:
        IllegalTransition, NotYourTransition: it is not being done, or not for this role.
        ReworkWordsMissing: at ``note``.
    """
    note = steps.words_of(note, field="note")
    rework = steps.lock_rework(rework)
    status = REWORK_TRANSITIONS.target("deliver", state=rework.status, by=by)
    until = deadlines.customer_until(at, shop=rework.shop)
    steps.move(rework, status, delivered_at=at, work_note=note, check_until=until)
    steps.record(
        action="rework.delivered",
        rework=rework,
        by=by,
        at=at,
        data={"note": note, "check_until": until.isoformat()},
    )
    emails.rework_delivered(rework, by=by, at=at)
    return rework


def confirm(*, rework: ReworkRequest, by: Actor, at: datetime) -> ReworkRequest:
    """Note that the customer found it in order; what was held can be asked for again.

    Raises:
        IllegalTransition, NotYourTransition: nothing is to be checked, or not for this role.
    """
    return _end(rework, "confirm", event="rework.confirmed", by=by, at=at)


@transaction.atomic
def take_silence(*, rework: ReworkRequest, at: datetime) -> ReworkRequest:
    """Take it as in order: the days to check it are over, and a mail about it has arrived.

    Raises:
        IllegalTransition: nothing is to be checked.
        TooEarly: the days are not over, or no mail about it was delivered.
    """
    rework = steps.lock_rework(rework)
    REWORK_TRANSITIONS.target("take_silence", state=rework.status, by=SYSTEM)
    today = local_day(at, zone=rework.shop.zone)
    if rework.check_until is None or today <= rework.check_until or not emails.was_told(rework):
        raise TooEarly
    return _end(rework, "take_silence", event="rework.taken_as_confirmed", by=SYSTEM, at=at)


@transaction.atomic
def complain(*, rework: ReworkRequest, text: str, by: Actor, at: datetime) -> ReworkRequest:
    """Note what is still not right; the shop has its time to answer again.

    Raises:
        IllegalTransition, NotYourTransition: nothing is to be checked, or not for this role.
        ReworkWordsMissing: at ``text``.
    """
    text = steps.words_of(text, field="text")
    rework = steps.lock_rework(rework)
    status = REWORK_TRANSITIONS.target("complain", state=rework.status, by=by)
    steps.move(
        rework,
        status,
        complaint=text,
        check_until=None,
        answer_by=deadlines.answer_by(at, shop=rework.shop),
        answered_at=None,
        answered_by="",
        appointment_on=None,
        appointment_note="",
    )
    steps.record(
        action="rework.not_fixed",
        rework=rework,
        by=by,
        at=at,
        data={"note": text, "try": rework.tries},
    )
    steps.withdraw_questions(rework)
    _tell_desk(rework, by=by, at=at)
    return rework


@transaction.atomic
def close(*, rework: ReworkRequest, note: str = "", by: Actor, at: datetime) -> ReworkRequest:
    """Leave it as it is after a refusal, without prejudice: the customer keeps his rights.

    The clockwork does so when the customer's days are over; what was held can be asked for
    again, where dunning stood.

    Raises:
        IllegalTransition, NotYourTransition: it was not refused, or not for this role.
        TooEarly: the clockwork came before the customer's last day was over.
        ReworkWordsMissing: at ``note``: staff write how they know.
    """
    if by.role not in {Role.CUSTOMER, Role.SYSTEM}:
        note = steps.words_of(note, field="note")
    if by.role == Role.SYSTEM:
        rework = steps.lock_rework(rework)
        REWORK_TRANSITIONS.target("close", state=rework.status, by=by)
        today = local_day(at, zone=rework.shop.zone)
        if rework.customer_until is None or today <= rework.customer_until:
            raise TooEarly
    return _end(rework, "close", event="rework.closed", note=note, by=by, at=at)


def call_off(*, rework: ReworkRequest, note: str, by: Actor, at: datetime) -> ReworkRequest:
    """Do nothing more about it; what was held can be asked for again.

    The free visit is cancelled with it, unless something was done there: then it stays open.

    Raises:
        IllegalTransition, NotYourTransition: the work has begun, or it has ended.
        AnsweredMeanwhile: the shop answered at the same moment.
        ReworkWordsMissing: at ``note``.
    """
    note = steps.words_of(note, field="note")
    return _end(rework, "call_off", event="rework.called_off", note=note, by=by, at=at)


@transaction.atomic
def offer_supplement(*, rework: ReworkRequest, by: Actor, at: datetime) -> Estimate:
    """Draft an estimate on the free visit for what is not free, and link it; it is written next.

    The customer authorizes it as any other. One that is there already is returned.

    Raises:
        NoVisit: there is no open visit for it.
        AnsweredMeanwhile: it got another visit at the same moment.
    """
    rework = steps.lock_rework(rework, with_visit=True)
    if rework.supplement is not None:
        return rework.supplement
    visit = rework.repair_order
    if rework.has_ended or visit is None or visit.status != RepairOrderStatus.OPEN:
        raise NoVisit
    supplement = drafting.create(repair_order=visit, lines=[], by=by, at=at).estimate
    steps.move(rework, rework.status, supplement=supplement)
    steps.record(
        action="rework.supplement_drafted",
        rework=rework,
        by=by,
        at=at,
        data={"estimate": supplement.number},
    )
    return supplement


@transaction.atomic
def _end(
    rework: ReworkRequest, action: str, *, event: str, note: str = "", by: Actor, at: datetime
) -> ReworkRequest:
    # Only what is called off may have a visit on which nothing happened.
    rework = steps.lock_rework(rework, with_visit=action == "call_off")
    status = REWORK_TRANSITIONS.target(action, state=rework.status, by=by)
    with translation.override(rework.shop.language):
        words = gettext("Rework %(number)s: %(status)s") % {
            "number": rework.number,
            "status": ReworkStatus(status).label,
        }
    steps.let_go(rework=rework, reason=words, by=by, at=at)
    steps.move(rework, status, ended_at=at)
    if action == "call_off":
        rework_visits.cancel_unused(rework=rework, reason=words, by=by, at=at)
    steps.record(action=event, rework=rework, by=by, at=at, data={"note": note})
    steps.withdraw_questions(rework)
    emails.rework_ended(rework, note=note, by=by, at=at)
    _tell_desk(rework, by=by, at=at)
    return rework


def _tell_desk(rework: ReworkRequest, *, by: Actor, at: datetime) -> None:
    if by.role == Role.CUSTOMER:
        emails.rework_said_desk(rework, at=at)
