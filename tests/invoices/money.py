"""Money in every stage of its life, moved by the services themselves."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from invoices.models import Invoice, LedgerEntry, Payment, Refund
from invoices.services import payments
from invoices.states import PaymentMethod
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Counter
from tests.factories import NOW

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor")
BOSS = Actor(role=Role.MANAGER, name="Max Manager")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
TODAY = date(2026, 3, 16)


def euros(amount: str) -> Decimal:
    """An amount."""
    return Decimal(amount)


def pay(
    customer: Customer,
    amount: str,
    *on: tuple[Invoice, str],
    by: Actor = DESK,
    at: datetime = NOW,
    **other: Any,
) -> Payment:
    """Money of a customer in cash, today, put on invoices."""
    given: dict[str, Any] = {
        "method": PaymentMethod.CASH,
        "received_on": TODAY,
        "allocations": [(invoice, Decimal(part)) for invoice, part in on],
    }
    return payments.record(customer=customer, amount=Decimal(amount), by=by, at=at, **given | other)


def fresh(row: Any) -> Any:
    """The row as a process of its own reads it."""
    return type(row)._default_manager.get(pk=row.pk)


def balance_of(invoice: Invoice) -> Decimal:
    """What is owed on it now."""
    return Invoice.objects.get(pk=invoice.pk).balance


def parts_of(payment: Payment) -> tuple[Decimal, Decimal, Decimal]:
    """What of a payment is unallocated, on invoices and refunded, each from its own rows."""
    now = Payment.objects.get(pk=payment.pk)
    on_invoices = LedgerEntry.objects.filter(payment=now).aggregate(sum=Sum("amount"))["sum"]
    refunded = Refund.objects.filter(payment=now).aggregate(sum=Sum("amount"))["sum"]
    assert now.refunded == (refunded or 0)
    return now.unallocated, -(on_invoices or Decimal("0.00")), now.refunded


def events(target: Any) -> list[str]:
    """What the audit trail tells of a row, the oldest first."""
    found = AuditEvent.objects.filter(target_id=target.pk).order_by("sequence")
    return list(found.values_list("action", flat=True))


def everything() -> list[Any]:
    """What must not change when something is refused: rows, numbers, papers, mails, trail."""
    return [
        list(Invoice.objects.order_by("pk").values()),
        list(Payment.objects.order_by("pk").values()),
        list(Refund.objects.order_by("pk").values()),
        list(LedgerEntry.objects.order_by("pk").values()),
        list(Counter.objects.order_by("pk").values()),
        list(Document.objects.order_by("pk").values("pk")),
        list(OutgoingEmail.objects.order_by("pk").values("pk")),
        list(AuditEvent.objects.order_by("pk").values("pk")),
    ]
