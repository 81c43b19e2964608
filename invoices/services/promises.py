"""Promises to pay: made, taken back, and settled when their time is over."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import collecting, emails
from invoices.models import Invoice, Promise, settings_of
from invoices.services import following, holds, ledger, trail
from invoices.services.locking import lock_invoice
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS, HoldKind, PromiseStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import end_of_day, local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO

#: Nobody is left alone longer for a word alone; a payment plan is for more.
FURTHEST_DAYS = 60
_LONGEST_NOTE = 500


class PromisedDayRefused(Refused):
    """The day is over, or more than 60 days ahead."""

    code = "promised-day-refused"
    default_message = _("Choose a day between today and 60 days from now.")


class NoteTooLong(Refused):
    """The note is longer than it may be."""

    code = "note-too-long"
    default_message = _("At most 500 characters.")


class AlreadyPromised(Conflict):
    """There is an open promise on this invoice."""

    code = "already-promised"
    default_message = _("There is a promise to pay on this invoice already.")


class PromiseSettled(Conflict):
    """The promise is not open any more."""

    code = "promise-settled"
    default_message = _("This promise is not open any more.")


@transaction.atomic
def make(
    *,
    invoice: Invoice,
    amount: Decimal | None,
    promised_on: date,
    note: str = "",
    link: AccessLink | None = None,
    by: Actor,
    at: datetime,
) -> Promise:
    """Note that ``amount`` (None: all that can be asked for) will be paid by a day of the shop.

    It is held until the shop's days of grace after that day are over, and repeated to the
    customer by mail. The same promise through the same link again is the same one.

    Raises:
        IllegalTransition: the invoice is not issued.
        AlreadyPromised: another promise is open.
        PromisedDayRefused: at ``promised_on``.
        NoteTooLong: more than 500 characters.
        NothingOwed, MoreThanCollectible: as ``holds.place``.
    """
    invoice = lock_invoice(invoice)
    TRANSITIONS.target("hold", state=invoice.status, by=by)
    if there := Promise.objects.filter(invoice=invoice, status=PromiseStatus.OPEN).first():
        if link is not None and _is_same(there, link, amount, promised_on):
            return there
        raise AlreadyPromised
    today = local_day(at, zone=invoice.shop.zone)
    if not today <= promised_on <= today + timedelta(days=FURTHEST_DAYS):
        raise PromisedDayRefused(fields={"promised_on": PromisedDayRefused.default_message})
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    if amount is None:
        amount = collecting.standing(invoice, at=at).figures.collectible
        if amount <= 0:
            raise holds.NothingOwed
    grace_until = promised_on + timedelta(days=settings_of(invoice.shop).promise_grace_days)
    promise_id = uuid.uuid4()
    hold = holds.place(
        invoice=invoice,
        kind=HoldKind.PROMISE,
        amount=amount,
        source_id=promise_id,
        # The last day of grace is kept to the minute, whenever the clockwork comes by.
        expires_at=end_of_day(grace_until, zone=invoice.shop.zone),
        by=by,
        at=at,
    )
    promise = Promise.objects.create(
        pk=promise_id,
        shop=invoice.shop,
        invoice=invoice,
        amount=amount,
        promised_on=promised_on,
        grace_until=grace_until,
        after_entry=ledger.last_sequence(invoice),
        hold=hold,
        note=note,
        made_at=at,
        made_by=by.name,
        link=link,
    )
    trail.record(
        action="promise.made",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "promise": str(promise.pk),
            "amount": str(amount),
            "promised_on": promised_on.isoformat(),
            "grace_until": grace_until.isoformat(),
        },
    )
    mailed = link if link is not None and link.recipient else None
    emails.promise_noted(promise, link=mailed, at=at)
    return promise


@transaction.atomic
def withdraw(*, promise: Promise, reason: str, by: Actor, at: datetime) -> Promise:
    """Take back an open promise: what it held can be asked for again.

    Raises:
        ReasonMissing: ``reason`` is empty.
        PromiseSettled: it is not open any more.
    """
    reason = reason_of(reason)
    invoice = lock_invoice(promise.invoice)
    promise = Promise.objects.select_related("hold", "shop").get(pk=promise.pk)
    open_ones = Promise.objects.filter(pk=promise.pk, status=PromiseStatus.OPEN)
    if not open_ones.update(status=PromiseStatus.WITHDRAWN, settled_at=at):
        raise PromiseSettled
    promise.status, promise.settled_at = PromiseStatus.WITHDRAWN, at
    trail.record(
        action="promise.withdrawn",
        invoice=invoice,
        by=by,
        at=at,
        data={"promise": str(promise.pk), "amount": str(promise.amount), "reason": reason},
    )
    if promise.hold.released_at is None:
        holds.release_locked(invoice=invoice, hold=promise.hold, reason=reason, by=by, at=at)
    return promise


@transaction.atomic
def settle(*, promise: Promise, by: Actor, at: datetime) -> bool:
    """Say what became of an open promise whose grace is over; False: nothing is to be said yet.

    Kept, when all of it came in after it was made; partly kept, when something did; else broken.
    The shop is told of the last two.
    """
    if local_day(at, zone=promise.shop.zone) <= promise.grace_until:
        return False
    invoice = lock_invoice(promise.invoice)
    promise = Promise.objects.select_related("hold", "shop").get(pk=promise.pk)
    if promise.status != PromiseStatus.OPEN:
        return False
    paid = following.paid_since(invoice=invoice, after_entry=promise.after_entry)
    if paid >= promise.amount:
        status = PromiseStatus.KEPT
    else:
        status = PromiseStatus.PARTLY_KEPT if paid > ZERO else PromiseStatus.BROKEN
    following.finish_promise(invoice=invoice, promise=promise, status=status, at=at)
    if status != PromiseStatus.KEPT:
        promise.invoice = invoice
        emails.promise_broken(promise, at=at)
    return True


def _is_same(there: Promise, link: AccessLink, amount: Decimal | None, promised_on: date) -> bool:
    """Say whether it is what the same form made before: a double click promises once."""
    same_amount = amount is None or amount == there.amount
    return there.link_id == link.pk and there.promised_on == promised_on and same_amount
