"""Moving money of payments on invoices and off them, behind the locks, and what refuses it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, Payment
from invoices.services import ledger, trail
from invoices.services.locking import lock_payment
from shopdisputes.actors import DESK, Actor, Role
from shopdisputes.errors import Conflict, DomainError, Refused
from shopdisputes.money import ZERO
from shopdisputes.transitions import NotYourTransition

#: An invoice, and how much of the money goes on it.
Allocation = tuple[Invoice, Decimal]


class NotYetReceived(Refused):
    """The day is still to come."""

    code = "in-the-future"
    default_message = _("This day is still to come.")


class PaymentAnnulled(Conflict):
    """The payment counts no more."""

    code = "payment-annulled"
    default_message = _("This payment was annulled.")


class MovedMeanwhile(Conflict):
    """Somebody else moved the money since it was looked at."""

    code = "moved-meanwhile"
    default_message = _("This money was moved meanwhile. Look at it again before you go on.")


def put_on(
    *,
    payment: Payment,
    invoices: Iterable[Invoice],
    wanted: Mapping[UUID, Decimal],
    by: Actor,
    at: datetime,
) -> None:
    """Put a locked payment on locked invoices, on each what is ``wanted`` by its id.

    Raises:
        NotEnoughMoney: together it is more than the payment has left, at ``allocations``.
        WrongAmount, NotTheirInvoice, InvoiceNotPayable, Overpayment: at the invoice's id.
    """
    if sum(wanted.values(), ZERO) > payment.unallocated:
        words = ledger.NotEnoughMoney.default_message
        raise ledger.NotEnoughMoney(fields={"allocations": words})
    for invoice in invoices:
        amount = wanted[invoice.pk]
        try:
            ledger.put_on(payment=payment, invoice=invoice, amount=amount, by=by, at=at)
        except DomainError as error:
            # Of several invoices in one form, only the one in question is to blame.
            error.fields = {str(invoice.pk): error.message}
            raise
        trail.record_payment(
            action="payment.allocated",
            payment=payment,
            repair_order_id=invoice.repair_order_id,
            data={"invoice": invoice.number, "amount": str(amount)},
            by=by,
            at=at,
        )


def take_off(
    *, payment: Payment, invoice: Invoice, amount: Decimal, reason: str, by: Actor, at: datetime
) -> None:
    """Take money of a locked payment off a locked invoice, and tell why.

    Raises:
        WrongAmount, InvoiceNotPayable, NotEnoughMoney: as the ledger refuses it.
    """
    ledger.take_off(
        payment=payment, invoice=invoice, amount=amount, note=reason[:300], by=by, at=at
    )
    trail.record_payment(
        action="payment.unallocated",
        payment=payment,
        repair_order_id=invoice.repair_order_id,
        data={"invoice": invoice.number, "amount": str(amount), "reason": reason},
        by=by,
        at=at,
    )


def lock_standing(payment: Payment, *, seen: Decimal | None = None) -> Payment:
    """Lock a payment and return it as it is now; ``seen`` is what was unallocated when shown.

    Raises:
        PaymentAnnulled: it counts no more.
        MovedMeanwhile: something else is unallocated now.
    """
    payment = lock_payment(payment)
    if payment.annulled_at is not None:
        raise PaymentAnnulled
    if seen is not None and seen != payment.unallocated:
        raise MovedMeanwhile
    return payment


def sums_of(allocations: Sequence[Allocation]) -> dict[UUID, Decimal]:
    """Return what goes on each invoice, by its id; one that is named twice gets both.

    Raises:
        WrongAmount: at the invoice's id.
    """
    wanted: dict[UUID, Decimal] = {}
    for invoice, amount in allocations:
        ledger.check_amount(amount, field=str(invoice.pk))
        wanted[invoice.pk] = wanted.get(invoice.pk, ZERO) + amount
    return wanted


def need_past(day: date, *, field: str, today: date) -> None:
    """Refuse a day that is still to come.

    Raises:
        NotYetReceived: at ``field``.
    """
    if day > today:
        raise NotYetReceived(fields={field: NotYetReceived.default_message})


def need_desk(actor: Actor) -> None:
    """Let only those move money who deal with customers' money, and the clockwork.

    Raises:
        NotYourTransition: it is somebody else.
    """
    if actor.role not in DESK | {Role.SYSTEM}:
        raise NotYourTransition
