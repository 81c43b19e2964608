"""Offers to settle a dispute, and the agreement that came of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.models import DisputeItem, Offer
from invoices.certificate import Signed
from invoices.documents import making
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.signing.models import Signature

#: What the certificate's timeline tells of a dispute.
_EVENTS: Mapping[str, str | Promise] = {
    "dispute.opened": gettext_lazy("Dispute opened"),
    "dispute.offer_made": gettext_lazy("Offer made"),
    "dispute.offer_refused": gettext_lazy("Offer refused"),
    "dispute.offer_taken_back": gettext_lazy("Offer taken back"),
    "dispute.offer_expired": gettext_lazy("Offer run out"),
    "dispute.offer_accepted": gettext_lazy("Offer accepted and signed by the customer"),
}


def offer(offer: Offer, *, items: Sequence[DisputeItem], at: datetime) -> Document:
    """Queue an offer about contested ``items`` as it was made, in the customer's language."""
    with making.worded(offer.case.customer.language, offer.shop):
        title = _("Offer %(position)s in dispute %(number)s") % _names(offer)
    context = {"items": items}
    return _enqueue(offer, title=title, filename=_filename(offer), context=context, at=at)


def settlement(
    offer: Offer,
    *,
    items: Sequence[DisputeItem],
    visit: RepairOrder,
    signature: Signature | None,
    event: AuditEvent,
    at: datetime,
) -> Document:
    """Queue what both sides agreed to; signed, it is sealed and carries the certificate.

    ``event`` is the act of accepting in the audit trail, ``visit`` what the certificate names.
    """
    with making.worded(offer.case.customer.language, offer.shop):
        title = _("Settlement of dispute %(number)s, offer %(position)s") % _names(offer)
        context: dict[str, Any] = {"items": items, "agreed": True}
        if signature is not None:
            signed = Signed(
                document=title,
                repair_order=visit,
                targets=[offer.pk, offer.case_id],
                events=_EVENTS,
            )
            context |= making.signed_part(signature, signed=signed, event=event)
            title = _("%(document)s, signed") % {"document": title}
    return _enqueue(
        offer,
        title=title,
        filename=f"{_filename(offer)}-{'signed' if signature else 'agreed'}",
        context=context,
        seal=signature is not None,
        at=at,
    )


def _enqueue(
    offer: Offer,
    *,
    title: str,
    filename: str,
    context: Mapping[str, Any],
    seal: bool = False,
    at: datetime,
) -> Document:
    case = offer.case
    return making.enqueue(
        shop=offer.shop,
        kind=DocumentKind.SETTLEMENT,
        template="settlement.html",
        title=title,
        filename=filename,
        language=case.customer.language,
        context={
            "offer": offer,
            "case": case,
            "contested": sum(item.amount for item in context["items"]),
            **context,
        },
        target_id=case.pk,
        customer=case.customer,
        repair_order=case.repair_order,
        number=case.number,
        sha256=offer.sha256,
        facts=offer.canonical_json,
        seal=seal,
        at=at,
    )


def _filename(offer: Offer) -> str:
    return f"{offer.case.number}-offer-{offer.position}"


def _names(offer: Offer) -> dict[str, object]:
    return {"number": offer.case.number, "position": offer.position}
