"""The customer signs that an invoice was received, where the shop asks for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import documents
from invoices.models import Invoice, settings_of
from invoices.services import signatures, trail
from invoices.services.locking import lock_invoice
from invoices.states import InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict
from shopdisputes.links.models import AccessLink
from shopdisputes.money import format_money
from shopdisputes.signing.models import TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

ACT = "invoice_receipt"


class ReceiptNotAsked(Conflict):
    """The shop asks for no signature, the invoice has ended, or somebody signed already."""

    code = "receipt-not-asked"
    default_message = _("No signature is asked for on this invoice.")


class InvoiceChanged(Conflict):
    """The customer looked at something else than what there is."""

    code = "invoice-changed"
    default_message = _("This invoice is another one than you looked at.")


def is_asked(invoice: Invoice) -> bool:
    """Say whether the customer's signature of receipt is waited for."""
    return (
        invoice.status == InvoiceStatus.ISSUED
        and invoice.signature_id is None
        and settings_of(invoice.shop).ask_signature
    )


def sentence_for(invoice: Invoice, *, language: str) -> Sentence:
    """Return the sentence that is signed: the receipt, and nothing else."""
    return signatures.sentence(
        invoice.shop,
        TextCode.INVOICE_RECEIVED,
        language=language,
        number=invoice.number,
        amount=format_money(invoice.total, currency=invoice.currency, language=language),
    )


def sign(
    *,
    link: AccessLink,
    invoice_sha256: str,
    signer_name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    signer_timezone: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Take the signature of receipt of the invoice that ``link`` opens; again it is the same.

    Raises:
        ReceiptNotAsked: it is not asked for, or somebody else signed.
        InvoiceChanged: the page showed something else.
        NotSignable, SignatureImageRefused: as ``signatures.check``.
    """
    invoice = Invoice.objects.for_link(link).select_related("shop", "signature").get()
    if _signed_before(invoice, link, signer_name):
        return invoice
    if not is_asked(invoice):
        raise ReceiptNotAsked
    if invoice_sha256 != invoice.sha256:
        raise InvoiceChanged
    signatures.check(signer_name=signer_name, drawn=drawn, consent=consent)
    return _sign(
        invoice,
        link=link,
        signer_name=signer_name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language or link.language,
        by=by,
        at=at,
    )


@transaction.atomic
def _sign(
    invoice: Invoice,
    *,
    link: AccessLink,
    signer_name: str,
    drawn: DrawnSignature | None,
    signer_timezone: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Invoice:
    invoice = lock_invoice(invoice)
    # What was checked before the lock may have changed meanwhile; this time it cannot.
    if _signed_before(invoice, link, signer_name):
        return invoice
    if not is_asked(invoice):
        raise ReceiptNotAsked
    signature = signatures.write(
        link=link,
        act=ACT,
        target_id=invoice.pk,
        repair_order=invoice.repair_order,
        sentence=sentence_for(invoice, language=language),
        subject_sha256=invoice.sha256,
        shown=invoice.document,
        signer_name=signer_name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language,
        by=by,
        at=at,
    )
    # Where locks do nothing (SQLite), this UPDATE decides which of two signatures is the first.
    if not Invoice.objects.filter(pk=invoice.pk, signature=None).update(signature=signature):
        raise ReceiptNotAsked
    invoice.signature = signature
    event = trail.record(
        action="invoice.signed",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "person": signature.signer_name,
            "evidence_level": str(signature.evidence_level),
            "sha256": invoice.sha256,
        },
    )
    invoice.signed_document = documents.signed_invoice(
        invoice, signature=signature, event=event, at=at
    )
    Invoice.objects.filter(pk=invoice.pk).update(signed_document=invoice.signed_document)
    return invoice


def _signed_before(invoice: Invoice, link: AccessLink, signer_name: str) -> bool:
    """Say whether the same post signed it before: a double click or a reload signs once."""
    signature = invoice.signature
    return (
        signature is not None
        and signature.link_id == link.pk
        and signature.signer_name == signatures.tidy(signer_name)
    )
