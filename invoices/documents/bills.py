"""Invoices and credit notes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from estimates.pricing import TaxAmount
from invoices import collecting, explaining, references
from invoices.certificate import Signed
from invoices.documents import making
from invoices.models import Invoice, InvoiceLine, LedgerEntry, settings_of
from invoices.states import Classification, EntryKind, InvoiceKind
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import CustomerKind
from shopdisputes.documents import rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.jurisdictions import mentions
from shopdisputes.signing.models import Signature

#: What these lines say is said on the explanation sheet of a partial repair.
_NOT_BILLED = (
    Classification.NOT_PERFORMED,
    Classification.PART_RETURNED,
    Classification.DECLINED,
)


def invoice(invoice: Invoice, *, at: datetime) -> Document:
    """Queue an issued invoice in the customer's language, as it stands at ``at``.

    How to pay asks for what is collectible then; what is disputed is not asked for.
    """
    with making.worded(invoice.language, invoice.shop):
        title, context = title_of(invoice), facts_of(invoice, at=at)
    return making.enqueue(
        shop=invoice.shop,
        kind=DocumentKind.INVOICE,
        template="invoice.html",
        title=title,
        filename=invoice.number,
        context=context,
        target_id=invoice.pk,
        at=at,
        **_common(invoice),
    )


def signed_invoice(
    invoice: Invoice, *, signature: Signature, event: AuditEvent, at: datetime
) -> Document:
    """Queue the sealed copy of an invoice whose receipt the customer signed, with certificate.

    ``event`` is the act of signing in the audit trail.
    """
    with making.worded(invoice.language, invoice.shop):
        name = title_of(invoice)
        signed = Signed(document=name, repair_order=invoice.repair_order, targets=[invoice.pk])
        context = facts_of(invoice, at=at) | making.signed_part(
            signature, signed=signed, event=event
        )
        title = _("%(document)s, signed") % {"document": name}
    return making.enqueue(
        shop=invoice.shop,
        kind=DocumentKind.SIGNED_INVOICE,
        template="signed_invoice.html",
        title=title,
        filename=f"{invoice.number}-signed",
        context=context,
        target_id=invoice.pk,
        seal=True,
        at=at,
        **_common(invoice),
    )


def credit_note(note: Invoice, *, at: datetime) -> Document:
    """Queue an issued credit note in the customer's language, with what is owed after it."""
    assert note.original_id is not None
    with making.worded(note.language, note.shop):
        title = title_of(note)
    return making.enqueue(
        shop=note.shop,
        kind=DocumentKind.CREDIT_NOTE,
        template="credit_note.html",
        title=title,
        filename=note.number,
        context={
            "invoice": note,
            "original": Invoice.objects.for_shop(note.shop).get(pk=note.original_id),
            "rows": _rows(list(note.lines.in_order())),
            "taxes": _taxes(note),
            "settings": settings_of(note.shop),
        },
        target_id=note.pk,
        at=at,
        **_common(note),
    )


def title_of(invoice: Invoice) -> str:
    """Return what an issued invoice or credit note is called, in the active language."""
    return _("%(kind)s %(number)s") % {
        "kind": invoice.get_kind_display(),
        "number": invoice.number,
    }


def facts_of(invoice: Invoice, *, at: datetime) -> dict[str, Any]:
    """Return what the templates of an invoice show."""
    lines = list(invoice.lines.in_order())
    partial = invoice.kind == InvoiceKind.PARTIAL_REPAIR
    figures = collecting.standing(invoice, at=at).figures
    account = making.account_of(invoice.shop)
    billed = [line for line in lines if not (partial and line.classification in _NOT_BILLED)]
    return {
        "invoice": invoice,
        "rows": _rows(billed),
        "taxes": _taxes(invoice),
        "moved": _moved(invoice),
        "explained": explaining.facts_of(invoice) if partial else {},
        "figures": figures,
        "reference": making.in_groups(invoice.reference),
        "payment_code": _payment_code(invoice, account, amount=figures.collectible),
        **account,
        "mentions": mentions.for_invoice(invoice.repair_order.profile),
        "business": invoice.customer.kind == CustomerKind.BUSINESS,
    }


def _common(invoice: Invoice) -> dict[str, Any]:
    return {
        "language": invoice.language,
        "customer": invoice.customer,
        "repair_order": invoice.repair_order,
        "number": invoice.number,
        "sha256": invoice.sha256,
        "facts": invoice.canonical_json,
    }


def _rows(lines: Sequence[InvoiceLine]) -> list[dict[str, Any]]:
    return [{"line": line, **_basis(line)} for line in lines]


def _basis(line: InvoiceLine) -> dict[str, Any]:
    """Return the parts of a frozen basis with their moments as such."""
    given = {name: dict(part) for name, part in line.basis.items() if part}
    for part in given.values():
        for name in ("at", "updated_at"):
            if isinstance(part.get(name), str):
                part[name] = parse_datetime(part[name])
    return given


def _taxes(invoice: Invoice) -> list[TaxAmount]:
    return [
        TaxAmount(**{name: Decimal(tax[name]) for name in ("rate", "base", "tax")})
        for tax in invoice.taxes
    ]


def _moved(invoice: Invoice) -> list[LedgerEntry]:
    """Return what changed the balance since it was billed, such as deposits."""
    return list(
        invoice.entries.exclude(kind=EntryKind.BILLED)
        .select_related("payment", "credit_note")
        .in_order()
    )


def _payment_code(invoice: Invoice, account: Mapping[str, Any], *, amount: Decimal) -> str:
    """Return the picture that a bank's program reads; empty where nothing is to be paid by it."""
    picture = references.epc_text_qr(
        holder=account["account_holder"],
        iban=account["settings"].iban,
        bic=account["settings"].bic,
        amount=amount,
        currency=invoice.currency,
        reference=invoice.reference,
    )
    return rendering.data_uri(picture) if picture else ""
