"""Receipts of payments."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from invoices.documents import making
from invoices.models import Invoice, LedgerEntry, Payment
from shopdisputes.documents.models import Document, DocumentKind


def receipt(payment: Payment, *, at: datetime) -> Document:
    """Queue the receipt of a payment in the customer's language, as it is divided at ``at``."""
    language = payment.customer.language
    with override(language):
        title = _("Receipt %(number)s") % {"number": payment.number}
    return making.enqueue(
        shop=payment.shop,
        kind=DocumentKind.RECEIPT,
        template="receipt.html",
        title=title,
        filename=payment.number,
        language=language,
        context={
            "payment": payment,
            "currency": payment.currency,
            "shares": _shares(payment),
            "refunds": list(payment.refunds.order_by("refunded_on", "recorded_at", "pk")),
        },
        target_id=payment.pk,
        customer=payment.customer,
        repair_order=payment.repair_order,
        number=payment.number,
        at=at,
    )


def _shares(payment: Payment) -> list[dict[str, object]]:
    """Return what stands on each invoice and what is still owed on it."""
    sums = dict(
        LedgerEntry.objects.for_shop(payment.shop)
        .filter(payment=payment)
        .values_list("invoice")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    invoices = Invoice.objects.for_shop(payment.shop).filter(pk__in=sums).order_by("number")
    return [
        {"invoice": invoice, "amount": -sums[invoice.pk]}
        for invoice in invoices
        if sums[invoice.pk]
    ]
