"""Reminding people about a request before their time is over: the desk, and the customer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from disputes import deadlines, emails
from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.services import rework_steps as steps
from disputes.states import ReworkStatus
from shopdisputes.actors import SYSTEM
from shopdisputes.dates import latest_day, local_day, start_of_day
from shopdisputes.outbox.models import OutgoingEmail

_QUESTIONS = {
    ReworkStatus.REFUSED: "rework_refused",
    ReworkStatus.DELIVERED: "rework_delivered",
}


def desks_to_remind(*, at: datetime) -> ReworkQuerySet:
    """Return what is to be answered within hours, and of which the shop was not reminded yet."""
    mailed = OutgoingEmail.objects.filter(
        target_id=OuterRef("pk"),
        kind="rework_due_desk",
        created_at__gte=OuterRef("answer_by") - deadlines.WARNED_BEFORE,
    )
    due = ReworkRequest.objects.to_answer().filter(answer_by__lte=at + deadlines.WARNED_BEFORE)
    return due.filter(~Exists(mailed)).exclude(shop__email="")


def customers_to_remind(*, at: datetime) -> ReworkQuerySet:
    """Return what customers are to answer within days, and of which they were not reminded yet.

    A day too many may be in it: ``remind_customer`` asks the shop's calendar.
    """
    window = timedelta(days=deadlines.REMINDED_DAYS)
    last = latest_day(at) + window
    mailed = OutgoingEmail.objects.filter(
        target_id=OuterRef("pk"),
        kind__in=_QUESTIONS.values(),
        # The question itself is older: its days are more than those of the reminder.
        created_at__gt=at - window - timedelta(days=1),
    )
    waiting = ReworkRequest.objects.filter(
        status=ReworkStatus.REFUSED, customer_until__lte=last
    ) | ReworkRequest.objects.filter(status=ReworkStatus.DELIVERED, check_until__lte=last)
    return waiting.filter(~Exists(mailed)).exclude(invoice__customer__email="")


@transaction.atomic
def remind_desk(*, rework: ReworkRequest, at: datetime) -> bool:
    """Mail the shop that its time to answer is nearly over, once a deadline; say whether it was."""
    rework = steps.lock_rework(rework)
    if not desks_to_remind(at=at).filter(pk=rework.pk).exists():
        return False
    emails.rework_due_desk(rework, at=at)
    return True


@transaction.atomic
def remind_customer(*, rework: ReworkRequest, at: datetime) -> bool:
    """Mail the customer that days are left to answer, once a question; say whether it was."""
    rework = steps.lock_rework(rework)
    if not customers_to_remind(at=at).filter(pk=rework.pk).exists():
        return False
    refused = rework.status == ReworkStatus.REFUSED
    until = rework.customer_until if refused else rework.check_until
    assert until is not None
    zone = rework.shop.zone
    first = start_of_day(until - timedelta(days=deadlines.REMINDED_DAYS), zone=zone)
    if at < first or local_day(at, zone=zone) > until:
        return False
    remind = emails.rework_refused if refused else emails.rework_delivered
    remind(rework, again=True, by=SYSTEM, at=at)
    return True
