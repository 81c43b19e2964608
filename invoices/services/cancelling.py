"""Calling a visit off: deposits go back in full, drafts are thrown away, clocks stop."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from invoices import emails
from invoices.models import Invoice, Payment, StopWork, StorageNotice
from invoices.services import drafting, payments, storage
from invoices.services.locking import lock_invoices, lock_repair_order
from invoices.services.reasons import reason_of
from invoices.states import InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import end_of_day, local_day, start_of_day
from shopdisputes.errors import Conflict
from shopdisputes.money import ZERO, to_cents
from shopdisputes.outbox import queueing as outbox
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import TRANSITIONS, RepairOrderStatus
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import contributions

_LONGEST_STOP_REASON = 300


class CreditFirst(Conflict):
    """Something is billed, and nobody took it back."""

    code = "credit-first"
    default_message = _(
        "An invoice of this repair order stands. Credit it in full, or void it, before you cancel."
    )


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What calling a visit off would do: ``standing`` invoices forbid it."""

    standing: tuple[Invoice, ...]
    deposits: tuple[Payment, ...]
    drafts: tuple[Invoice, ...]
    stop: StopWork | None
    notice: StorageNotice | None


@dataclass(frozen=True, kw_only=True)
class Completion:
    """How visits ended in a time: done, stopped by the customer half-way, or called off."""

    completed: int
    stopped: int
    cancelled: int

    @property
    def rate(self) -> Decimal | None:
        """How many of a hundred were completed, two places; None when none ended."""
        ended = self.completed + self.stopped + self.cancelled
        return to_cents(Decimal(100 * self.completed) / ended) if ended else None


def foresee(repair_order: RepairOrder) -> Foreseen:
    """Return what calling a visit off would do now."""
    invoices = Invoice.objects.filter(repair_order=repair_order).order_by("created_at", "pk")
    billing = (
        invoices.billing()
        .filter(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF])
        .annotate(credited=Sum("credit_notes__total", default=ZERO))
    )
    return Foreseen(
        standing=tuple(each for each in billing if each.credited < each.total),
        deposits=tuple(Payment.objects.deposits_of(repair_order)),
        drafts=tuple(invoices.filter(status=InvoiceStatus.DRAFT)),
        stop=StopWork.objects.filter(repair_order=repair_order).in_force().first(),
        notice=StorageNotice.objects.filter(repair_order=repair_order).in_force().first(),
    )


@transaction.atomic
def prepare(*, repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> None:
    """Undo about money what stands in the way of calling a visit off.

    Every deposit goes back in full, today and the way it came. Call it in the transaction that
    cancels the repair order, before that.

    Raises:
        IllegalTransition, NotYourTransition: it cannot be called off, or not by this role.
        ReasonMissing: ``reason`` is empty.
        CreditFirst: an invoice stands, with its number in ``details``.
    """
    order = lock_repair_order(repair_order)
    TRANSITIONS.target("cancel", state=order.status, by=by)
    reason = reason_of(reason)
    foreseen = foresee(order)
    if foreseen.standing:
        raise CreditFirst(details={"invoices": [each.number for each in foreseen.standing]})
    # All of them, and the numbers of the refunds, before anything takes the audit trail's lock:
    # whoever holds one of these and waits for the trail would wait for ever.
    lock_invoices(foreseen.drafts)
    waiting = [deposit.pk for deposit in foreseen.deposits]
    Payment.objects.lock_all(waiting)
    # Read behind the locks: meanwhile a deposit may have been given back or put elsewhere.
    for deposit in Payment.objects.deposits_of(order).filter(pk__in=waiting):
        payments.refund(payment=deposit, amount=deposit.unallocated, reason=reason, by=by, at=at)
    for draft in foreseen.drafts:
        drafting.discard(invoice=draft, by=by, at=at)
    if foreseen.stop is not None:
        # The stop stays on record; nobody has to choose any more how the repair ends.
        outbox.withdraw(shop=order.shop, target_id=foreseen.stop.pk, kinds=emails.ASKING_TO_CHOOSE)
    if foreseen.notice is not None:
        storage.stop_locked(
            notice=foreseen.notice,
            reason=reason[:_LONGEST_STOP_REASON],
            stopped_on=local_day(at, zone=order.shop.zone),
            by=by,
            at=at,
        )


def completion_rate(shop: Shop, *, since: date, until: date) -> Completion:
    """Count how the visits ended that ended from ``since`` to ``until``, days of the shop.

    Visits on which nothing was to be repaired in the end (``uncounted_visits``) are left out.
    """
    stopped = StopWork.objects.filter(repair_order=OuterRef("pk")).in_force()
    closed = Q(status=RepairOrderStatus.CLOSED)
    ended = RepairOrder.objects.for_shop(shop).filter(
        closed_at__gte=start_of_day(since, zone=shop.zone),
        closed_at__lt=end_of_day(until, zone=shop.zone),
    )
    for part in contributions():
        ended = ended.exclude(pk__in=part.uncounted_visits(shop))
    counts = ended.annotate(is_stopped=Exists(stopped)).aggregate(
        completed=Count("pk", filter=closed & Q(is_stopped=False)),
        stopped=Count("pk", filter=closed & Q(is_stopped=True)),
        cancelled=Count("pk", filter=Q(status=RepairOrderStatus.CANCELLED)),
    )
    return Completion(**counts)
