"""Deposits: money given before there was an invoice, put on it once, when it is issued."""

from datetime import datetime
from decimal import Decimal

from invoices.models import Invoice, Payment
from invoices.services import ledger, trail
from shopdisputes.actors import Actor
from shopdisputes.money import ZERO


def apply(*, invoice: Invoice, by: Actor, at: datetime) -> Decimal:
    """Put the deposits of the repair order on its locked, issued invoice; return how much it was.

    The oldest come first. Never more than is owed: what is left of a deposit stays unallocated
    and visible. Call it in the transaction that issues, after what was billed was posted.
    """
    if invoice.is_credit_note:
        return ZERO
    deposits = Payment.objects.for_shop(invoice.shop).deposits_of(invoice.repair_order)
    waiting = list(deposits.values_list("pk", flat=True))
    Payment.objects.lock_all(waiting)
    applied = ZERO
    # Read behind the locks: meanwhile a deposit may have been refunded or put elsewhere.
    for deposit in deposits.filter(pk__in=waiting):
        amount = min(deposit.unallocated, invoice.balance)
        if amount <= 0:
            break
        ledger.put_on(payment=deposit, invoice=invoice, amount=amount, by=by, at=at)
        trail.record_payment(
            action="payment.allocated",
            payment=deposit,
            repair_order_id=invoice.repair_order_id,
            data={"invoice": invoice.number, "amount": str(amount)},
            by=by,
            at=at,
        )
        applied += amount
    return applied
