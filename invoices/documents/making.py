"""What all documents of this app have in common: head, file name, queue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone, translation

from shopdisputes.customers.models import Customer
from shopdisputes.documents import queueing, rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop

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
    with translation.override(language), timezone.override(shop.zone):
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
