"""What tests of the staff's pages about invoices share."""

from typing import Any

from invoices.models import Invoice
from shopdisputes.shops.models import Shop
from tests.factories import CustomerFactory, InvoiceFactory, RepairOrderFactory, VehicleFactory


def url_of(invoice: Invoice, verb: str = "") -> str:
    """Where the pages of an issued invoice lie."""
    return f"/invoices/{invoice.number}/{verb}"


def invoice_for(shop: Shop, name: str, **life: Any) -> Invoice:
    """An invoice of a customer of this name."""
    customer = CustomerFactory(shop=shop, name=name)
    visit = RepairOrderFactory(
        shop=shop, customer=customer, vehicle=VehicleFactory(customer=customer)
    )
    return InvoiceFactory(repair_order=visit, shop=shop, **life)
