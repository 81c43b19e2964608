"""What an issued invoice says, as plain facts: what is hashed, shown, and proved years later."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoices import explaining
from invoices.models import BillingSettings, Invoice, InvoiceLine, settings_of
from shopdisputes.canonical import canonical_json
from shopdisputes.jurisdictions import mentions

#: Changes when a fact is added, removed or written otherwise.
SCHEMA = "shopdisputes.invoice/1"


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """Return everything that an invoice or credit note says, amounts as exact strings.

    Lines carry the basis, the gaps and the override with which they were frozen; shop, customer
    and vehicle are as they are now.
    """
    order = invoice.repair_order
    shop, customer, vehicle = invoice.shop, invoice.customer, order.vehicle
    billing = settings_of(shop)
    return {
        "schema": SCHEMA,
        "invoice": bill_of(invoice),
        "explanation": explaining.facts_of(invoice),
        "repair_order": {
            "number": order.number,
            "concern": order.concern,
            "odometer": order.odometer,
            "opened_at": _moment(order.opened_at),
        },
        "rules": {name: order.profile.get(name) for name in ("code", "version", "status")},
        "shop": {
            "name": shop.name,
            "legal_name": shop.legal_name,
            "registration_number": shop.registration_number,
            "tax_number": shop.tax_number,
            "mediator": shop.mediator,
            "address": shop.address_lines,
            "country": shop.country,
            "phone": shop.phone,
            "email": shop.email,
            "timezone": shop.timezone,
        },
        "customer": {
            "kind": customer.kind,
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "address": customer.address_lines,
            "country": customer.country,
            "language": customer.language,
        },
        "vehicle": {
            "vin": vehicle.vin,
            "plate": vehicle.plate,
            "make": vehicle.make,
            "model": vehicle.model,
            "year": vehicle.year,
        },
        "texts": {
            "late_terms": billing.late_terms,
            "tax_note": billing.tax_note,
            "guarantee": billing.guarantee,
            "mentions": mentions.for_invoice(order.profile),
        },
        "payment": _means_of_payment(invoice, billing),
    }


def text_of(invoice: Invoice) -> str:
    """Return the facts as canonical JSON: what ``sha256`` of an invoice is the hash of."""
    return canonical_json(facts_of(invoice))


def bill_of(invoice: Invoice) -> dict[str, Any]:
    """Return the facts that stand in the invoice's own frozen rows."""
    lines = invoice.lines.in_order().select_related("credited_line")
    return {
        "number": invoice.number,
        "kind": str(invoice.kind),
        "transaction": invoice.repair_order.number,
        "original": invoice.original.number if invoice.original else None,
        "currency": invoice.currency,
        "language": invoice.language,
        "issued_on": _day(invoice.issued_on),
        "performed_on": _day(invoice.performed_on),
        "due_on": _day(invoice.due_on),
        "explanation": invoice.explanation,
        "lines": [_line(line) for line in lines],
        "subtotal": _amount(invoice.subtotal),
        "taxes": invoice.taxes,
        "tax": _amount(invoice.tax),
        "total": _amount(invoice.total),
    }


def _line(line: InvoiceLine) -> dict[str, Any]:
    facts = {
        "id": str(line.pk),
        "position": line.position,
        "kind": str(line.kind),
        "description": line.description,
        "quantity": f"{line.quantity:.3f}",
        "unit_price": _amount(line.unit_price),
        "tax_rate": _amount(line.tax_rate),
        "part_condition": str(line.part_condition),
        "net": _amount(line.net),
        "classification": str(line.classification),
        "note": line.note,
        "basis": line.basis,
        "gaps": line.gaps,
    }
    if line.override_reason:
        facts["override"] = {
            "reason": line.override_reason,
            "by": line.override_by,
            "at": _moment(line.override_at),
        }
    if line.credited_line:
        facts["credited_line"] = str(line.credited_line.pk)
    return facts


def _means_of_payment(invoice: Invoice, billing: BillingSettings) -> dict[str, str] | None:
    if invoice.is_credit_note:
        return None
    return {
        "reference": invoice.reference,
        "account_holder": billing.account_holder or invoice.shop.legal_name or invoice.shop.name,
        "iban": billing.iban,
        "bic": billing.bic,
        "bank_details": billing.bank_details,
    }


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None
