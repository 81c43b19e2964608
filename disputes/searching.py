"""What a search finds a case by."""

from collections.abc import Iterable

from disputes.models import DisputeCase
from invoices.models import Invoice


def search_text_of(case: DisputeCase, invoices: Iterable[Invoice]) -> str:
    """Return number, customer, vehicles and invoices of a case in small letters."""
    parts = [case.number, case.customer.name]
    for invoice in invoices:
        vehicle = invoice.repair_order.vehicle
        parts += [invoice.number, invoice.repair_order.number, vehicle.plate, vehicle.plate_key]
    return " ".join(dict.fromkeys(part for part in parts if part)).casefold()[:500]
