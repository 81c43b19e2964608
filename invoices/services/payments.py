"""Money that comes in, goes on invoices and off them again, and is given back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from invoices import dividing, documents, emails
from invoices.models import Invoice, Payment, Refund
from invoices.services import ledger, moving, trail
from invoices.services.locking import lock_invoices, lock_repair_order
from invoices.services.moving import Allocation
from invoices.services.reasons import reason_of
from invoices.services.refundable import need_annullable, need_refundable
from invoices.states import PaymentPurpose
from shopdisputes import dates
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.customers.models import Customer
from shopdisputes.errors import Conflict, Refused
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition

SERIES = "PAY"
REFUND_SERIES = "REF"


class BeforeReceived(Refused):
    """Money is given back before it came."""

    code = "refund-before-payment"
    default_message = _("This day is before the payment was received.")


class NotTheirVisit(Refused):
    """The deposit is for another customer's repair order."""

    code = "not-their-repair-order"
    default_message = _("This repair order is another customer's.")


class DepositIsApplied(Refused):
    """A deposit waits for the invoice of its repair order."""

    code = "deposit-with-allocations"
    default_message = _(
        "A deposit goes on the invoice of its repair order when that is issued. Leave it whole."
    )


class AlreadyRecorded(Conflict):
    """The key stands for another payment."""

    code = "already-recorded"
    default_message = _("This form was used for another payment. Open a new one.")


class RefundMoreThanUnallocated(Refused):
    """More than is free to be given back."""

    code = "refund-more-than-unallocated"
    default_message = _(
        "This is more than is unallocated. Take money off the invoices first, or credit them."
    )


class AnnulRefused(Conflict):
    """Money of it was given back."""

    code = "annul-refused"
    default_message = _("Money of this payment was given back, so it cannot be annulled.")


@transaction.atomic
def record(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    received_on: date,
    reference: str = "",
    note: str = "",
    allocations: Sequence[Allocation] = (),
    repair_order: RepairOrder | None = None,
    idempotency_key: UUID | None = None,
    by_email: bool = True,
    by: Actor,
    at: datetime,
) -> Payment:
    """Keep money that came in; what ``allocations`` do not name stays on account.

    With ``repair_order`` it is a deposit, put on that visit's invoice when it is issued. The
    same ``idempotency_key`` again is the same payment. The customer gets a receipt, by e-mail
    when there is an address and ``by_email``. ``reference`` has at most 140 characters.

    Raises:
        NotYourTransition: not for this role.
        WrongAmount: ``amount``, or at the invoice's id that of an allocation, is none.
        NotYetReceived: ``received_on`` is after the shop's today.
        NotTheirVisit, RepairOrderNotOpen, DepositIsApplied: the deposit cannot be taken.
        NotEnoughMoney: the allocations are together more than ``amount``, at ``allocations``.
        NotTheirInvoice, InvoiceNotPayable, Overpayment: with the invoice's id as the field.
        AlreadyRecorded: the key was used for another payment.
    """
    moving.need_desk(by)
    shop = customer.shop
    today = dates.local_day(at, zone=shop.zone)
    if repair_order is not None:
        repair_order = lock_repair_order(repair_order)
    invoices = lock_invoices(invoice for invoice, _amount in allocations)
    facts = {
        "customer": customer,
        "repair_order": repair_order,
        "amount": amount,
        "method": str(method),
        "received_on": received_on,
    }
    # Asked behind the locks: a double click finds nothing left to pay, and is no overpayment.
    if earlier := _earlier(shop, idempotency_key, facts):
        return earlier
    ledger.check_amount(amount)
    moving.need_past(received_on, field="received_on", today=today)
    if repair_order is not None:
        _check_deposit(repair_order, customer, allocations)
    wanted = moving.sums_of(allocations)
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                **facts,
                shop=shop,
                number=numbering.next_number(shop=shop, series=SERIES, year=today.year),
                purpose=PaymentPurpose.DEPOSIT if repair_order else PaymentPurpose.PAYMENT,
                currency=shop.currency,
                unallocated=amount,
                reference=reference.strip(),
                note=note.strip(),
                idempotency_key=idempotency_key,
                recorded_at=at,
                recorded_by=by.name,
            )
    except IntegrityError:
        # Of two at once without an invoice, the second waits at the counter and fails at the
        # key. The savepoint gives its number back.
        earlier = _earlier(shop, idempotency_key, facts)
        if earlier is None:
            raise
        return earlier
    trail.record_payment(
        action="payment.recorded",
        payment=payment,
        repair_order_id=_one_visit(invoices),
        data={
            "customer": customer.name,
            "amount": str(amount),
            "method": payment.method,
            "purpose": str(payment.purpose),
            "received_on": received_on.isoformat(),
        },
        by=by,
        at=at,
    )
    moving.put_on(payment=payment, invoices=invoices, wanted=wanted, by=by, at=at)
    _make_receipt(payment, by_email=by_email, at=at)
    return payment


@transaction.atomic
def allocate(
    *,
    payment: Payment,
    allocations: Sequence[Allocation],
    seen: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Payment:
    """Put what is unallocated of a payment on invoices.

    ``seen`` is what was unallocated when whoever asks looked; with it, a form that is sent twice
    acts once.

    Raises:
        NotYourTransition, PaymentAnnulled, MovedMeanwhile.
        NotEnoughMoney: the allocations are together more than is left, at ``allocations``.
        WrongAmount, NotTheirInvoice, InvoiceNotPayable, Overpayment: at the invoice's id.
    """
    moving.need_desk(by)
    invoices = lock_invoices(invoice for invoice, _amount in allocations)
    payment = moving.lock_standing(payment, seen=seen)
    wanted = moving.sums_of(allocations)
    moving.put_on(payment=payment, invoices=invoices, wanted=wanted, by=by, at=at)
    return payment


@transaction.atomic
def unallocate(
    *,
    payment: Payment,
    invoice: Invoice,
    amount: Decimal,
    reason: str,
    seen: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Payment:
    """Take money off an invoice again: that much is owed again, and unallocated.

    Raises:
        NotYourTransition, PaymentAnnulled, MovedMeanwhile.
        ReasonMissing: ``reason`` is empty.
        WrongAmount, InvoiceNotPayable, NotEnoughMoney: as the ledger refuses it.
    """
    moving.need_desk(by)
    reason = reason_of(reason)
    [invoice] = lock_invoices([invoice])
    payment = moving.lock_standing(payment, seen=seen)
    moving.take_off(payment=payment, invoice=invoice, amount=amount, reason=reason, by=by, at=at)
    return payment


@transaction.atomic
def refund(
    *,
    payment: Payment,
    amount: Decimal,
    method: str | None = None,
    reason: str,
    refunded_on: date | None = None,
    seen: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Refund:
    """Give unallocated money back, today and the way it came unless told otherwise.

    Raises:
        NotYourTransition, PaymentAnnulled, MovedMeanwhile.
        RefundBlocked: somebody else is giving it back.
        ReasonMissing: ``reason`` is empty.
        WrongAmount: it is no amount of money.
        RefundMoreThanUnallocated: less is free.
        NotYetReceived, BeforeReceived: at ``refunded_on``.
    """
    moving.need_desk(by)
    reason = reason_of(reason)
    payment = moving.lock_standing(payment, seen=seen)
    need_refundable(payment)
    ledger.check_amount(amount)
    if amount > payment.unallocated:
        words = RefundMoreThanUnallocated.default_message
        raise RefundMoreThanUnallocated(
            fields={"amount": words}, details={"unallocated": str(payment.unallocated)}
        )
    today = dates.local_day(at, zone=payment.shop.zone)
    day = refunded_on or today
    moving.need_past(day, field="refunded_on", today=today)
    if day < payment.received_on:
        raise BeforeReceived(fields={"refunded_on": BeforeReceived.default_message})
    ledger.note_refund(payment=payment, amount=amount)
    given_back = Refund.objects.create(
        shop=payment.shop,
        payment=payment,
        number=numbering.next_number(shop=payment.shop, series=REFUND_SERIES, year=today.year),
        amount=amount,
        method=method or payment.method,
        reason=reason,
        refunded_on=day,
        recorded_at=at,
        recorded_by=by.name,
    )
    trail.record_payment(
        action="payment.refunded",
        payment=payment,
        data={
            "refund": given_back.number,
            "amount": str(amount),
            "method": given_back.method,
            "reason": reason,
        },
        by=by,
        at=at,
    )
    emails.refund_made(given_back, at=at)
    return given_back


@transaction.atomic
def annul(*, payment: Payment, reason: str, by: Actor, at: datetime) -> Payment:
    """Say that money never came: it was typed by mistake, or the cheque bounced.

    It is taken off every invoice first.

    Raises:
        NotYourTransition: not for this role.
        ReasonMissing: ``reason`` is empty.
        PaymentAnnulled: it was annulled before.
        AnnulRefused: money of it was given back, or taken back by the bank.
        AnnulBlocked: the bank asks about it, or is about to take it back.
        InvoiceNotPayable: an invoice it stands on is not issued any more.
        MovedMeanwhile: it was put on another invoice at the same moment.
    """
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    reason = reason_of(reason)
    invoices = lock_invoices(Invoice.objects.filter(pk__in=dividing.ever_on(payment)))
    payment = moving.lock_standing(payment)
    need_annullable(payment)
    if payment.refunded > 0 or payment.charged_back > 0:
        raise AnnulRefused
    if not dividing.ever_on(payment) <= {invoice.pk for invoice in invoices}:
        raise moving.MovedMeanwhile
    for invoice in invoices:
        amount = ledger.on_invoice(payment=payment, invoice=invoice)
        if amount > 0:
            moving.take_off(
                payment=payment, invoice=invoice, amount=amount, reason=reason, by=by, at=at
            )
    payment.annulled_at, payment.annulled_by, payment.annul_reason = at, by.name, reason
    payment.save(update_fields=["annulled_at", "annulled_by", "annul_reason"])
    trail.record_payment(
        action="payment.annulled",
        payment=payment,
        data={"amount": str(payment.amount), "reason": reason},
        by=by,
        at=at,
    )
    return payment


@transaction.atomic
def renew_receipt(*, payment: Payment, by_email: bool = True, by: Actor, at: datetime) -> Payment:
    """Make the receipt anew, as the money stands now, and mail it when there is an address.

    Raises:
        NotYourTransition, PaymentAnnulled.
    """
    moving.need_desk(by)
    payment = moving.lock_standing(payment)
    _make_receipt(payment, by_email=by_email, at=at)
    return payment


def _make_receipt(payment: Payment, *, by_email: bool, at: datetime) -> None:
    payment.receipt = documents.receipt(payment, at=at)
    if by_email and payment.customer.email:
        payment.receipt_sent_to = payment.customer.email
        emails.receipt(payment, at=at)
    payment.save(update_fields=["receipt", "receipt_sent_to"])


def _earlier(shop: Shop, key: UUID | None, facts: Mapping[str, object]) -> Payment | None:
    if key is None:
        return None
    payments = Payment.objects.for_shop(shop).with_everything()
    earlier = payments.filter(idempotency_key=key).first()
    if earlier and any(getattr(earlier, name) != value for name, value in facts.items()):
        raise AlreadyRecorded(details={"number": earlier.number})
    return earlier


def _check_deposit(
    repair_order: RepairOrder, customer: Customer, allocations: Sequence[Allocation]
) -> None:
    if repair_order.customer_id != customer.pk:
        raise NotTheirVisit(fields={"repair_order": NotTheirVisit.default_message})
    if repair_order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen
    if allocations:
        raise DepositIsApplied(fields={"allocations": DepositIsApplied.default_message})


def _one_visit(invoices: Sequence[Invoice]) -> UUID | None:
    visits = {invoice.repair_order_id for invoice in invoices}
    return visits.pop() if len(visits) == 1 else None
