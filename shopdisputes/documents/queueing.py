"""Asking for a PDF: the text is frozen now, in the caller's transaction; typeset later."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shopdisputes.documents import ringing
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.shops.models import Shop


@transaction.atomic
def enqueue(
    *,
    shop: Shop,
    kind: DocumentKind,
    title: str,
    filename: str,
    language: str,
    html: str,
    target_id: UUID,
    repair_order_id: UUID | None,
    at: datetime,
    seal: bool = False,
    attachment_name: str = "",
    attachment: str = "",
) -> Document:
    """Freeze ``html`` and queue its typesetting; the row itself is the queue.

    ``html`` must be complete: pictures as ``data:`` URIs, styles in the document's own sheet.
    """
    document = Document.objects.create(
        shop=shop,
        kind=kind,
        title=title,
        filename=filename,
        language=language,
        html=html,
        target_id=target_id,
        repair_order_id=repair_order_id,
        seal_wanted=seal,
        attachment_name=attachment_name,
        attachment=attachment,
        created_at=at,
        next_try_at=at,
    )
    transaction.on_commit(ringing.ring)
    return document
