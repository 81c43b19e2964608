"""What a search reads of an invoice, in small letters."""

from invoices.models import Invoice


def search_text_of(invoice: Invoice) -> str:
    """Return number, repair order, customer, plate and payment reference of an invoice.

    In small letters made here: SQLite knows those of ASCII only. The plate stands there as it is
    written and without marks, so that both are found.
    """
    order = invoice.repair_order
    words = [
        invoice.number,
        order.number,
        invoice.customer.name,
        order.vehicle.plate,
        order.vehicle.plate_key,
        invoice.reference,
    ]
    longest = invoice._meta.get_field("search_text").max_length
    return " ".join(word.casefold() for word in words if word)[:longest]
