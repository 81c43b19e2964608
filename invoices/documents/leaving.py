"""The vehicle is ready, and the vehicle has left."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from invoices import collecting
from invoices.certificate import Signed
from invoices.documents import making
from invoices.models import HandOver, Invoice, StorageNotice
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.money import ZERO, to_cents


def storage_notice(notice: StorageNotice, *, at: datetime) -> Document:
    """Queue the notice that the vehicle is ready, what a day costs and from when on."""
    order = notice.repair_order
    invoices = list(
        Invoice.objects.for_shop(notice.shop)
        .filter(repair_order=order)
        .open_items()
        .with_everything()
        .order_by("issued_on", "number")
    )
    standings = collecting.of(invoices, at=at)
    due = sum((standing.figures.collectible for standing in standings.values()), ZERO)
    with making.worded(order.customer.language, notice.shop):
        title = _("Your vehicle is ready: notice of storage")
    return making.enqueue(
        shop=notice.shop,
        kind=DocumentKind.STORAGE_NOTICE,
        template="storage_notice.html",
        title=title,
        filename=f"{order.number}-storage-notice",
        language=order.customer.language,
        context={
            "notice": notice,
            "due": due,
            "daily_with_tax": to_cents(notice.daily_rate * (1 + notice.tax_rate / 100)),
            "storage_during_dispute": order.profile.get("storage_during_dispute", False),
        },
        target_id=notice.pk,
        customer=order.customer,
        repair_order=order,
        at=at,
    )


def hand_over(hand_over: HandOver, *, event: AuditEvent | None = None, at: datetime) -> Document:
    """Queue the record of a hand-over; sealed and with the certificate where it was signed.

    ``event`` is the act in the audit trail; a signed record needs it.
    """
    order, signature = hand_over.repair_order, hand_over.signature
    language = order.customer.language
    with making.worded(language, hand_over.shop):
        title = _("Hand-over of %(number)s") % {"number": order.number}
        context: dict[str, Any] = {"hand_over": hand_over, "currency": hand_over.currency}
        if signature is not None:
            assert event is not None
            signed = Signed(document=title, repair_order=order, targets=[hand_over.pk, order.pk])
            context |= making.signed_part(signature, signed=signed, event=event)
    return making.enqueue(
        shop=hand_over.shop,
        kind=DocumentKind.HAND_OVER,
        template="hand_over.html",
        title=title,
        filename=f"{order.number}-hand-over",
        language=language,
        context=context,
        target_id=hand_over.pk,
        customer=order.customer,
        repair_order=order,
        sha256=hand_over.sha256,
        facts=hand_over.canonical_json,
        seal=signature is not None,
        at=at,
    )
