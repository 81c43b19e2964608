"""Mails about invoices, credit notes, money received and given back."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from invoices import collecting
from invoices.emails.addressing import about_invoice, to_customer
from invoices.models import Invoice, LedgerEntry, Payment, Refund
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail

#: Untrue as soon as the invoice is void or written off; their target is the invoice.
ASKING_FOR_MONEY = ("invoice_sent",)


def invoice_sent(invoice: Invoice, *, link: AccessLink, at: datetime) -> OutgoingEmail | None:
    """Put the invoice before the customer; it waits until the PDF is typeset."""
    charged = collecting.charged_of([invoice]).get(invoice.pk, ZERO)
    return about_invoice(
        invoice,
        "invoice_sent",
        key=link.pk,
        link=link,
        context={"paid": invoice.total + charged - invoice.balance, "charged": charged},
        attachments=[invoice.document],
        at=at,
    )


def invoice_voided(
    invoice: Invoice, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Say that nothing is owed on it any more."""
    return about_invoice(invoice, "invoice_voided", key=invoice.pk, link=link, at=at)


def credit_note_sent(
    note: Invoice, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Send a credit note; ``link`` opens the invoice that it corrects."""
    assert note.original is not None
    return about_invoice(
        note.original,
        "credit_note_sent",
        key=note.pk,
        link=link,
        context={"note": note},
        attachments=[note.document],
        target_id=note.pk,
        at=at,
    )


def receipt(
    payment: Payment, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Say what was received and which invoices it is on; it waits until the PDF is typeset."""
    sums = (
        LedgerEntry.objects.filter(payment=payment)
        .values("invoice")
        .annotate(sum=Sum("amount"))
        .order_by()
        .values_list("invoice", "sum")
    )
    on_invoices = {invoice: -total for invoice, total in sums if total}
    invoices = Invoice.objects.for_shop(payment.shop).filter(pk__in=on_invoices)
    return to_customer(
        payment.customer,
        "receipt",
        # A receipt that is made anew is mailed anew.
        key=payment.receipt_id or payment.pk,
        context={
            "payment": payment,
            "currency": payment.currency,
            "allocations": [(each, on_invoices[each.pk]) for each in invoices.order_by("number")],
        },
        repair_order_id=payment.repair_order_id,
        target_id=payment.pk,
        link=link,
        attachments=[payment.receipt],
        at=at,
    )


def refund_made(refund: Refund, *, at: datetime) -> OutgoingEmail | None:
    """Say that money was given back."""
    payment = refund.payment
    return to_customer(
        payment.customer,
        "refund_made",
        key=refund.pk,
        context={"refund": refund, "payment": payment, "currency": payment.currency},
        repair_order_id=payment.repair_order_id,
        target_id=refund.pk,
        at=at,
    )


def statement_sent(
    customer: Customer,
    *,
    document: Document,
    day: date,
    balance: Decimal,
    collectible: Decimal,
    disputed: Decimal,
    unallocated: Decimal,
    at: datetime,
) -> OutgoingEmail | None:
    """Send the list of open invoices as of ``day``; it waits until the PDF is typeset."""
    return to_customer(
        customer,
        "statement_sent",
        key=document.pk,
        context={
            "day": day,
            "balance": balance,
            "collectible": collectible,
            "disputed": disputed,
            "unallocated": unallocated,
            "currency": customer.shop.currency,
        },
        target_id=customer.pk,
        attachments=[document],
        at=at,
    )
