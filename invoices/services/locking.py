"""The locks behind which everything about money happens, in their fixed order.

Repair order, estimate, invoices by key, payments by key, counter.
"""

from collections.abc import Iterable

from invoices.models import Invoice, Payment
from shopdisputes.repairorders.models import RepairOrder


def lock_repair_order(repair_order: RepairOrder) -> RepairOrder:
    """Lock a repair order and return it as it is now."""
    RepairOrder.objects.lock(repair_order.pk)
    return RepairOrder.objects.select_related("shop", "customer", "vehicle").get(pk=repair_order.pk)


def lock_invoice(invoice: Invoice) -> Invoice:
    """Lock an invoice and return it as it is now."""
    Invoice.objects.lock(invoice.pk)
    return Invoice.objects.with_everything().get(pk=invoice.pk)


def lock_draft(invoice: Invoice) -> Invoice:
    """Lock the repair order, then the invoice, and return the invoice as it is now."""
    RepairOrder.objects.lock(invoice.repair_order_id)
    return lock_invoice(invoice)


def lock_invoices(invoices: Iterable[Invoice]) -> list[Invoice]:
    """Lock invoices in the one order and return them as they are now, in that order."""
    pks = sorted({invoice.pk for invoice in invoices})
    Invoice.objects.lock_all(pks)
    return list(Invoice.objects.with_everything().filter(pk__in=pks).order_by("pk"))


def lock_payment(payment: Payment) -> Payment:
    """Lock a payment, after all invoices that matter, and return it as it is now."""
    Payment.objects.lock(payment.pk)
    return Payment.objects.select_related("shop", "customer", "repair_order").get(pk=payment.pk)
