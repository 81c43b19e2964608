"""What customers promised and did not pay, told to them once: in the next reminder."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from dunning.models import Reminder
from dunning.states import ReminderStatus
from invoices.models import LedgerEntry, Promise
from invoices.states import EntryKind, PromiseStatus
from shopdisputes.bulk import among
from shopdisputes.money import ZERO
from shopdisputes.outbox.states import EmailStatus

_MISSED = (PromiseStatus.BROKEN, PromiseStatus.PARTLY_KEPT)
_LEFT = (EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT)


class Missing(NamedTuple):
    """What of a promise has not come in, and the day on which it was to."""

    amount: Decimal
    promised_on: date


NOTHING = Missing(ZERO, date.min)


def of(invoices: Collection[UUID]) -> dict[UUID, Missing]:
    """Return what is missing of the last promise about each invoice, if it was not kept.

    Nothing where a reminder has left since, or money has come in.
    """
    since = OuterRef("settled_at")
    reminders = Reminder.objects.filter(invoice=OuterRef("invoice")).filter(
        Q(email__status__in=_LEFT, email__handed_at__gt=since)
        | Q(status=ReminderStatus.SENT, ended_at__gt=since)
    )
    money = LedgerEntry.objects.filter(
        invoice=OuterRef("invoice"), kind=EntryKind.PAYMENT, at__gt=since
    )
    last = {
        promise.invoice_id: promise
        for promise in Promise.objects.filter(among("invoice_id", invoices))
        .exclude(status=PromiseStatus.WITHDRAWN)
        .annotate(over=Exists(reminders) | Exists(money))
        .order_by("made_at", "pk")
    }
    return {
        key: Missing(promise.amount - promise.paid, promise.promised_on)
        for key, promise in last.items()
        if promise.status in _MISSED and not promise.over and promise.paid < promise.amount
    }
