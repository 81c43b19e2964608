"""Moving balances: the only place that writes ledger entries, balances and what is unallocated.

Every function here is told rows that its caller has locked.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, LedgerEntry, Payment
from invoices.services import following, positions, trail
from invoices.states import EntryKind, InvoiceStatus
from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO, to_cents


class InvoiceNotPayable(Conflict):
    """The invoice is a draft, void, written off, or a credit note."""

    code = "invoice-not-payable"
    default_message = _("This invoice takes no money: it is not issued, or it has ended.")


class Overpayment(Refused):
    """More than is still owed."""

    code = "overpayment"
    default_message = _("This is more than is still owed. Leave the rest on account.")


class NotEnoughMoney(Refused):
    """More than the payment still has."""

    code = "not-enough-money"
    default_message = _("This is more than is left of the payment.")


class NotTheirInvoice(Refused):
    """The money is another customer's."""

    code = "not-their-invoice"
    default_message = _("This invoice is another customer's.")


class WrongAmount(Refused):
    """Zero, below zero, or finer than cents."""

    code = "wrong-amount"
    default_message = _("Write an amount above zero, with two decimals at most.")


def check_amount(amount: Decimal, *, field: str = "amount") -> None:
    """Refuse what is no amount of money.

    Raises:
        WrongAmount: at ``field``.
    """
    if amount <= 0 or amount != to_cents(amount):
        raise WrongAmount(fields={field: WrongAmount.default_message})


def post(
    *,
    invoice: Invoice,
    kind: EntryKind,
    amount: Decimal,
    payment: Payment | None = None,
    credit_note: Invoice | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Move the balance of a locked invoice by a signed ``amount`` and keep the entry.

    Raises:
        Overpayment: the balance would fall below zero.
    """
    balance = invoice.balance + amount
    if balance < 0:
        raise Overpayment(fields={"amount": Overpayment.default_message})
    entry = LedgerEntry.objects.create(
        shop=invoice.shop,
        invoice=invoice,
        sequence=last_sequence(invoice) + 1,
        kind=kind,
        amount=amount,
        balance=balance,
        on=dates.local_day(at, zone=invoice.shop.zone),
        at=at,
        recorded_by=by.name,
        payment=payment,
        credit_note=credit_note,
        note=note,
    )
    Invoice.objects.filter(pk=invoice.pk).update(balance=balance)
    invoice.balance = balance
    if amount > 0 and kind != EntryKind.BILLED:
        positions.wake(invoice=invoice, at=at)
    following.after_movement(invoice=invoice, at=at)
    return entry


def last_sequence(invoice: Invoice) -> int:
    """Return the number of an invoice's last entry; 0 before it is issued."""
    last = invoice.entries.order_by("-sequence").values_list("sequence", flat=True).first()
    return last or 0


def put_on(
    *, payment: Payment, invoice: Invoice, amount: Decimal, by: Actor, at: datetime
) -> LedgerEntry:
    """Put money of a locked payment on a locked invoice.

    Raises:
        WrongAmount: it is no amount of money.
        NotTheirInvoice: the invoice is another customer's.
        InvoiceNotPayable: the invoice takes no money.
        NotEnoughMoney: the payment has less left.
        Overpayment: less is owed.
    """
    check_amount(amount)
    if payment.customer_id != invoice.customer_id:
        raise NotTheirInvoice(fields={"invoice": NotTheirInvoice.default_message})
    if invoice.status != InvoiceStatus.ISSUED or invoice.is_credit_note:
        raise InvoiceNotPayable
    if amount > payment.unallocated or payment.annulled_at is not None:
        raise NotEnoughMoney(fields={"amount": NotEnoughMoney.default_message})
    entry = post(
        invoice=invoice,
        kind=EntryKind.PAYMENT,
        amount=-amount,
        payment=payment,
        by=by,
        at=at,
    )
    _move_unallocated(payment, -amount)
    if invoice.balance == 0:
        trail.record(action="invoice.paid", invoice=invoice, by=by, at=at)
    return entry


def take_off(
    *,
    payment: Payment,
    invoice: Invoice,
    amount: Decimal,
    note: str = "",
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Take money off an invoice again, both locked; it is unallocated afterwards.

    Raises:
        WrongAmount: it is no amount of money.
        InvoiceNotPayable: the invoice is not issued any more.
        NotEnoughMoney: less of this payment stands on the invoice.
    """
    entry = _take(
        kind=EntryKind.PAYMENT_TAKEN_BACK,
        payment=payment,
        invoice=invoice,
        amount=amount,
        note=note,
        by=by,
        at=at,
    )
    _move_unallocated(payment, amount)
    return entry


def charge_back(
    *, payment: Payment, invoice: Invoice, amount: Decimal, note: str = "", by: Actor, at: datetime
) -> LedgerEntry:
    """Take off a locked invoice what the bank took of a locked payment: it is owed again.

    Raises:
        WrongAmount: it is no amount of money.
        InvoiceNotPayable: the invoice is not issued any more.
        NotEnoughMoney: less of this payment stands on the invoice.
    """
    entry = _take(
        kind=EntryKind.CHARGEBACK,
        payment=payment,
        invoice=invoice,
        amount=amount,
        note=note,
        by=by,
        at=at,
    )
    _move_charged_back(payment, amount)
    return entry


def _take(
    *,
    kind: EntryKind,
    payment: Payment,
    invoice: Invoice,
    amount: Decimal,
    note: str,
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    check_amount(amount)
    if invoice.status != InvoiceStatus.ISSUED:
        raise InvoiceNotPayable
    if amount > on_invoice(payment=payment, invoice=invoice):
        raise NotEnoughMoney(fields={"amount": NotEnoughMoney.default_message})
    return post(invoice=invoice, kind=kind, amount=amount, payment=payment, note=note, by=by, at=at)


def charge_back_unallocated(*, payment: Payment, amount: Decimal) -> None:
    """Take what the bank took out of what a locked payment has unallocated.

    Raises:
        NotEnoughMoney: less is unallocated.
    """
    if amount > payment.unallocated:
        raise NotEnoughMoney(fields={"amount": NotEnoughMoney.default_message})
    _move_unallocated(payment, -amount)
    _move_charged_back(payment, amount)


def give_back(
    *, payment: Payment, invoice: Invoice, amount: Decimal, note: str = "", by: Actor, at: datetime
) -> LedgerEntry | None:
    """Put what the bank gave back of a locked payment on a locked invoice; None: nothing of it.

    What is not owed there any more, because it was credited, written off or paid in another way
    meanwhile, is unallocated afterwards.
    """
    part = min(amount, invoice.balance) if invoice.status == InvoiceStatus.ISSUED else ZERO
    _move_charged_back(payment, -amount)
    _move_unallocated(payment, amount - part)
    if not part:
        return None
    entry = post(
        invoice=invoice,
        kind=EntryKind.CHARGEBACK_REVERSED,
        amount=-part,
        payment=payment,
        note=note,
        by=by,
        at=at,
    )
    if invoice.balance == 0:
        trail.record(action="invoice.paid", invoice=invoice, by=by, at=at)
    return entry


def give_back_unallocated(*, payment: Payment, amount: Decimal) -> None:
    """Leave on a locked payment's account what the bank gave back and no invoice had."""
    _move_charged_back(payment, -amount)
    _move_unallocated(payment, amount)


def on_invoice(*, payment: Payment, invoice: Invoice) -> Decimal:
    """Return how much of a payment stands on an invoice."""
    sums = LedgerEntry.objects.filter(payment=payment, invoice=invoice).aggregate(sum=Sum("amount"))
    return -(sums["sum"] or ZERO)


def note_refund(*, payment: Payment, amount: Decimal) -> None:
    """Take refunded money out of what a locked payment has unallocated.

    Raises:
        NotEnoughMoney: less is unallocated; take money off invoices first.
    """
    if amount > payment.unallocated:
        raise NotEnoughMoney(fields={"amount": NotEnoughMoney.default_message})
    payment.unallocated -= amount
    payment.refunded += amount
    Payment.objects.filter(pk=payment.pk).update(
        unallocated=payment.unallocated, refunded=payment.refunded
    )


def _move_unallocated(payment: Payment, amount: Decimal) -> None:
    payment.unallocated += amount
    Payment.objects.filter(pk=payment.pk).update(unallocated=payment.unallocated)


def _move_charged_back(payment: Payment, amount: Decimal) -> None:
    payment.charged_back += amount
    Payment.objects.filter(pk=payment.pk).update(charged_back=payment.charged_back)
