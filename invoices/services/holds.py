"""Keeping amounts back from being asked for, and letting them go."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import collecting
from invoices.models import Hold, Invoice
from invoices.services import positions, trail
from invoices.services.locking import lock_invoice
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS, HoldKind
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import to_cents


class MoreThanCollectible(Refused):
    """More than what is owed and not held already."""

    code = "more-than-collectible"
    default_message = _("This is more than what is owed and not held already.")


class NothingOwed(Conflict):
    """There is nothing left that could be held."""

    code = "nothing-owed"
    default_message = _("Nothing is owed on this invoice, or all of it is held already.")


class HoldEnded(Conflict):
    """The hold was released before."""

    code = "hold-ended"
    default_message = _("This hold has ended already.")


@transaction.atomic
def place(
    *,
    invoice: Invoice,
    kind: HoldKind,
    amount: Decimal | None = None,
    reason: str = "",
    subject: str = "",
    source_id: UUID | None = None,
    owner: Any = None,
    review_on: date | None = None,
    expires_at: datetime | None = None,
    even_on_nothing: bool = False,
    by: Actor,
    at: datetime,
) -> Hold:
    """Take ``amount`` of an invoice, or all that is left of it (None), out of what is asked for.

    It counts from this transaction on: whoever hands a reminder over locks the same invoice.
    With ``even_on_nothing`` less than ``amount``, or nothing at all, may be left: it takes what
    other holds let go later.

    Raises:
        IllegalTransition: the invoice is not issued.
        NothingOwed: nothing is left to hold.
        MoreThanCollectible: ``amount`` is more than that, no amount, or finer than cents.
    """
    invoice = lock_invoice(invoice)
    TRANSITIONS.target("hold", state=invoice.status, by=by)
    free = collecting.standing(invoice, at=at).figures.collectible
    if free <= 0 and not even_on_nothing:
        raise NothingOwed
    most = amount if even_on_nothing and amount is not None else free
    if amount is not None and not (0 < amount <= most and amount == to_cents(amount)):
        raise MoreThanCollectible(fields={"amount": MoreThanCollectible.default_message})
    hold = Hold.objects.create(
        shop=invoice.shop,
        invoice=invoice,
        kind=kind,
        amount=amount,
        reason=reason.strip(),
        subject=subject,
        source_id=source_id,
        owner=owner,
        review_on=review_on,
        expires_at=expires_at,
        placed_at=at,
        placed_by=by.name,
    )
    trail.record(
        action="invoice.held",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "hold": str(hold.pk),
            "hold_kind": str(kind),
            "amount": str(amount if amount is not None else free),
            "reason": hold.reason,
        },
    )
    return hold


@transaction.atomic
def release(*, hold: Hold, reason: str, by: Actor, at: datetime) -> Hold:
    """Let an amount go: it can be asked for again from now on.

    Raises:
        ReasonMissing: ``reason`` is empty.
        HoldEnded: it was released before.
    """
    reason = reason_of(reason)
    invoice = lock_invoice(hold.invoice)
    return release_locked(invoice=invoice, hold=hold, reason=reason, by=by, at=at)


def release_locked(*, invoice: Invoice, hold: Hold, reason: str, by: Actor, at: datetime) -> Hold:
    """Let an amount of a locked invoice go.

    Raises:
        HoldEnded: it was released before.
    """
    ended = Hold.objects.filter(pk=hold.pk, released_at=None).update(
        released_at=at, released_by=by.name, release_reason=reason
    )
    if not ended:
        raise HoldEnded
    hold.released_at, hold.released_by, hold.release_reason = at, by.name, reason
    positions.wake(invoice=invoice, at=at)
    trail.record(
        action="invoice.released",
        invoice=invoice,
        by=by,
        at=at,
        data={"hold": str(hold.pk), "hold_kind": str(hold.kind), "reason": reason},
    )
    return hold
