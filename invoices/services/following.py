"""What follows from a movement of a balance: promises are kept, plans completed, holds end."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from invoices.models import Hold, Invoice, LedgerEntry, PaymentPlan, Promise
from invoices.services import holds, positions, trail
from invoices.states import PLAN_TRANSITIONS, EntryKind, PlanStatus, PromiseStatus
from shopdisputes.actors import SYSTEM
from shopdisputes.money import ZERO

_MONEY = (EntryKind.PAYMENT, EntryKind.PAYMENT_TAKEN_BACK)
_BANK = (EntryKind.CHARGEBACK, EntryKind.CHARGEBACK_REVERSED)


def after_movement(*, invoice: Invoice, at: datetime) -> None:
    """Draw the conclusions from a movement of a locked invoice's balance."""
    for promise in Promise.objects.filter(invoice=invoice, status=PromiseStatus.OPEN):
        keep_if_paid(invoice=invoice, promise=promise, at=at)
    for plan in PaymentPlan.objects.filter(invoice=invoice, status=PlanStatus.ACTIVE):
        _complete_if_paid(invoice, plan, at=at)
    if invoice.balance == 0:
        _release_what_holds_nothing(invoice, at=at)


def paid_since(*, invoice: Invoice, after_entry: int) -> Decimal:
    """Return what came in on an invoice after its ledger's entry of that number, and stayed.

    What the bank took back of it does not count until it is given back; what it takes back or
    gives back of earlier money is no matter here.
    """
    since = LedgerEntry.objects.filter(invoice=invoice, sequence__gt=after_entry)
    rows = (
        since.filter(kind__in=[*_MONEY, *_BANK])
        .order_by()
        .values_list("payment")
        .annotate(
            moved=Sum("amount", filter=Q(kind__in=_MONEY)),
            taken=Sum("amount", filter=Q(kind__in=_BANK)),
        )
    )
    return sum((_stayed(-(moved or ZERO), taken or ZERO) for _key, moved, taken in rows), ZERO)


def _stayed(came: Decimal, taken: Decimal) -> Decimal:
    """Return what is left of a payment's money after what the bank has taken of it."""
    return came - min(max(taken, ZERO), max(came, ZERO))


def keep_if_paid(*, invoice: Invoice, promise: Promise, at: datetime) -> bool:
    """Note that a promise on a locked invoice is kept as soon as enough came in."""
    paid = min(paid_since(invoice=invoice, after_entry=promise.after_entry), promise.amount)
    if paid < promise.amount and invoice.balance > 0:
        return False
    finish_promise(invoice=invoice, promise=promise, status=PromiseStatus.KEPT, at=at)
    return True


def finish_promise(
    *, invoice: Invoice, promise: Promise, status: PromiseStatus, at: datetime
) -> None:
    """End an open promise on a locked invoice, with what came in, and release its hold."""
    paid = min(
        max(paid_since(invoice=invoice, after_entry=promise.after_entry), ZERO), promise.amount
    )
    open_ones = Promise.objects.filter(pk=promise.pk, status=PromiseStatus.OPEN)
    if not open_ones.update(status=status, paid=paid, settled_at=at):
        return
    promise.status, promise.paid, promise.settled_at = status, paid, at
    trail.record(
        action=f"promise.{status}",
        invoice=invoice,
        by=SYSTEM,
        at=at,
        data={
            "amount": str(promise.amount),
            "paid": str(paid),
            "promised_on": promise.promised_on.isoformat(),
        },
    )
    _release(invoice, promise.hold, reason=str(status.label), at=at)


def _complete_if_paid(invoice: Invoice, plan: PaymentPlan, *, at: datetime) -> None:
    if (
        invoice.balance > 0
        and paid_since(invoice=invoice, after_entry=plan.after_entry) < plan.total
    ):
        # Another part may be the oldest one now, whose own day counts.
        positions.agree_anew(invoice=invoice, at=at)
        return
    status = PLAN_TRANSITIONS.target("complete", state=plan.status, by=SYSTEM)
    PaymentPlan.objects.filter(pk=plan.pk, status=plan.status).update(status=status, ended_at=at)
    trail.record(
        action="plan.completed", invoice=invoice, by=SYSTEM, at=at, data={"plan": plan.number}
    )
    if plan.hold is not None:
        _release(invoice, plan.hold, reason=str(PlanStatus.COMPLETED.label), at=at)


def _release_what_holds_nothing(invoice: Invoice, *, at: datetime) -> None:
    """End the holds of an invoice on which nothing is owed, but for those with a life of their own.

    A dispute or chargeback goes on although everything is paid: its case ends it.
    """
    for hold in Hold.objects.filter(invoice=invoice, released_at=None, source_id=None):
        _release(invoice, hold, reason="nothing is left to hold", at=at)


def _release(invoice: Invoice, hold: Hold, *, reason: str, at: datetime) -> None:
    if hold.released_at is None:
        holds.release_locked(invoice=invoice, hold=hold, reason=reason, by=SYSTEM, at=at)
