"""What the search finds of money."""

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, Payment
from invoices.services.payments import SERIES
from invoices.states import InvoiceStatus
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.web.addresses import Addresses
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
        .for_lines()
        .order_by("-created_at", "id")
    )
    wanted, addresses = words.strip().casefold(), Addresses("invoice")
    return [
        Hit(
            title=invoice.number,
            subtitle=f"{invoice.customer} · {invoice.repair_order.vehicle}",
            url=addresses.of(invoice.number),
            kind=invoice.get_kind_display(),
            exact=wanted in (invoice.number.casefold(), invoice.reference.casefold()),
        )
        for invoice in shown
    ]


def _payments(shop: Shop, words: str) -> list[Hit]:
    if not numbering.may_be_in(words, series=SERIES):
        return []
    found = Payment.objects.for_shop(shop).for_lines()
    for word in words.split():
        found = found.filter(number__icontains=word)
    payments = Addresses("payment")
    return [
        Hit(
            title=payment.number,
            subtitle=str(payment.customer),
            url=payments.of(payment.number),
            kind=_("Payment"),
            exact=payment.number.casefold() == words.strip().casefold(),
        )
        for payment in found.order_by("-received_on", "-recorded_at", "id")[:_MOST_HITS]
    ]
