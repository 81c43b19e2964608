"""What the search finds of money."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, Payment
from invoices.states import InvoiceStatus
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Hit

#: Results of a search; who has more narrows it down.
_MOST_HITS = 8


def search(shop: Shop, words: str) -> list[Hit]:
    """Find invoices by number, payment reference, customer or plate, and payments by number."""
    return [*_invoices(shop, words), *_payments(shop, words)]


def _invoices(shop: Shop, words: str) -> list[Hit]:
    found = (
        Invoice.objects.for_shop(shop)
        .exclude(status=InvoiceStatus.DRAFT)
        .search(words)
        .order_by("-created_at", "id")
    )
    # The index holds what is searched: only the rows shown are read.
    shown = (
        Invoice.objects.for_shop(shop)
        .filter(pk__in=found.values("pk")[:_MOST_HITS])
        .select_related("customer", "repair_order__vehicle")
        .defer("canonical_json")
        .order_by("-created_at", "id")
    )
    wanted = words.strip().casefold()
    return [
        Hit(
            title=invoice.number,
            subtitle=f"{invoice.customer} · {invoice.repair_order.vehicle}",
            url=reverse("invoice", args=[invoice.number]),
            kind=invoice.get_kind_display(),
            exact=wanted in (invoice.number.casefold(), invoice.reference.casefold()),
        )
        for invoice in shown
    ]


def _payments(shop: Shop, words: str) -> list[Hit]:
    found = Payment.objects.for_shop(shop).select_related("customer")
    for word in words.split():
        found = found.filter(number__icontains=word)
    return [
        Hit(
            title=payment.number,
            subtitle=str(payment.customer),
            url=reverse("payment", args=[payment.number]),
            kind=_("Payment"),
            exact=payment.number.casefold() == words.strip().casefold(),
        )
        for payment in found.order_by("-received_on", "-recorded_at", "id")[:_MOST_HITS]
    ]
