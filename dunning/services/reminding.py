"""Reminding at once, because somebody at the desk wants it, by the way that all reminders go."""

from datetime import datetime

from django.db import transaction

from dunning.models import Reminder
from dunning.services import planning
from invoices.models import Invoice
from invoices.services import trail
from invoices.states import TRANSITIONS
from shopdisputes.actors import Actor


@transaction.atomic
def remind_now(*, invoice: Invoice, by: Actor, at: datetime) -> Reminder:
    """Take the invoice's next step now; it leaves as soon as the shop's hours allow.

    A step that needs a person's yes still waits for it.

    Raises:
        IllegalTransition: the invoice is not issued.
        NotYourTransition: ``by`` is not of the front desk.
        NotRemindable: something speaks against it; the message says what.
    """
    TRANSITIONS.target("send", state=invoice.status, by=by)
    reminder = planning.plan_one(invoice=invoice, now=True, at=at)
    assert reminder is not None
    trail.record(
        action="reminder.asked_for",
        invoice=invoice,
        by=by,
        at=at,
        data={"step": reminder.step.position + 1, "amount": str(reminder.amount)},
    )
    return reminder
