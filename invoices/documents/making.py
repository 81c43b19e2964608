"""What all documents of this app have in common: head, file name, queue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone, translation

from invoices import certificate, references
from invoices.certificate import Signed
from invoices.models import settings_of
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.documents import queueing, rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature

_SHORT_HASH = 16


def enqueue(
    *,
    shop: Shop,
    kind: DocumentKind,
    template: str,
    title: str,
    filename: str,
    language: str,
    context: Mapping[str, Any],
    target_id: UUID,
    customer: Customer,
    repair_order: RepairOrder | None = None,
    number: str = "",
    sha256: str = "",
    facts: str = "",
    seal: bool = False,
    at: datetime,
) -> Document:
    """Word ``documents/<template>`` in ``language`` and queue it as ``<filename>.pdf``.

    ``title`` must be in that language already. ``facts`` is the canonical JSON that is put into
    the PDF as an attachment.
    """
    words = {
        "shop": shop,
        "customer": customer,
        "repair_order": repair_order,
        "vehicle": repair_order.vehicle if repair_order else None,
        "repair_order_number": repair_order.number if repair_order else "",
        "document_number": number,
        "document_title": title,
        "short_hash": sha256[:_SHORT_HASH],
        "currency": shop.currency,
        **context,
    }
    with worded(language, shop):
        html = rendering.render(f"documents/{template}", words, language)
    return queueing.enqueue(
        shop=shop,
        kind=kind,
        title=title,
        filename=f"{filename}.pdf",
        language=language,
        html=html,
        target_id=target_id,
        repair_order_id=repair_order.pk if repair_order else None,
        attachment_name=f"{filename}.json" if facts else "",
        attachment=facts,
        seal=seal,
        at=at,
    )


def signed_part(signature: Signature, *, signed: Signed, event: AuditEvent) -> dict[str, Any]:
    """Return what ``_signed.html`` and the certificate page show.

    Must be called with the signer's language and the shop's zone in force; see ``worded``.
    """
    return {
        "signature": signature,
        "picture": rendering.data_uri(bytes(signature.image)) if signature.image else "",
        "certificate": certificate.of(signature, signed=signed, event=event),
    }


@contextmanager
def worded(language: str, shop: Shop) -> Iterator[None]:
    """Words are made in ``language``, moments in the shop's zone."""
    with translation.override(language), timezone.override(shop.zone):
        yield


def account_of(shop: Shop) -> dict[str, Any]:
    """Return where money for a shop goes, as ``_account.html`` shows it."""
    settings = settings_of(shop)
    return {
        "settings": settings,
        "account_holder": settings.account_holder or shop.legal_name or shop.name,
        "iban": in_groups(settings.iban),
    }


def in_groups(text: str) -> str:
    """Return an account number or a reference in groups of four, as banks print them."""
    compact = references.compact(text)
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))
