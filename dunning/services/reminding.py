"""Reminding at once, because somebody at the desk wants it, by the way that all reminders go."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dunning.models import Reminder
from dunning.services import planning, waking
from dunning.services.planning import NotRemindable
from dunning.states import ReminderStatus
from invoices.models import Invoice
from invoices.services import trail
from invoices.services.locking import lock_invoice
from invoices.states import TRANSITIONS
from shopdisputes.actors import Actor

_LEFT = (ReminderStatus.SENT, ReminderStatus.FAILED)


@transaction.atomic
def remind_now(*, invoice: Invoice, by: Actor, at: datetime) -> Reminder:
    """Take the invoice's next step now; it leaves as soon as the shop's hours allow.

    A step that needs a person's yes still waits for it.

    Raises:
        IllegalTransition: the invoice is not issued.
        NotYourTransition: ``by`` is not of the front desk.
        NotRemindable: something speaks against it, or one is under way; the message says what.
    """
    invoice = lock_invoice(invoice)
    TRANSITIONS.target("send", state=invoice.status, by=by)
    # Nor does the planner, or a second click, take a step between the question and the act.
    waking.hold_planner(invoice.shop)
    if under_way(invoice) is not None:
        raise NotRemindable(_("A reminder of this invoice is under way already."))
    reminder = planning.plan_one(invoice=invoice, at=at)
    trail.record(
        action="reminder.asked_for",
        invoice=invoice,
        by=by,
        at=at,
        data={"step": reminder.step.position + 1, "amount": str(reminder.amount)},
    )
    return reminder


def under_way(invoice: Invoice) -> Reminder | None:
    """Return the reminder of an invoice that waits, leaves or is in doubt at present."""
    last = (
        Reminder.objects.filter(
            invoice=invoice,
            status__in=[ReminderStatus.AWAITING_APPROVAL, ReminderStatus.QUEUED],
        )
        .select_related("email")
        .defer("email__text", "email__html")
        .order_by("-created_at", "-cycle")
        .first()
    )
    return last if last is not None and last.shown_status not in _LEFT else None
