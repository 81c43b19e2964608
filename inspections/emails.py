"""The e-mails about inspections: one function each, worded and queued in the act's transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from inspections.models import Acknowledgement, Inspection
from inspections.states import Result
from inspections.wordings import placed, said
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail

ASKING_FOR_AN_ANSWER = ("inspection_shared",)
#: The second tells the shop that there is none.
UNTRUE_ONCE_ANSWERED = (*ASKING_FOR_AN_ANSWER, "inspection_unanswered")


def inspection_shared(inspection: Inspection, *, link: AccessLink, at: datetime) -> OutgoingEmail:
    """Put the inspection before the customer, for the first time or again."""
    to = queueing.Recipient(email=link.recipient, name=link.recipient_name, language=link.language)
    return _to_customer(
        inspection,
        "inspection_shared",
        key=link.pk,
        to=to,
        link=link,
        context={"counts": counts_of(inspection)},
        at=at,
    )


def wording_of_inspection_shared(
    inspection: Inspection, *, message: str, answer_by: date
) -> tuple[str, str]:
    """Return the subject and text that ``inspection_shared`` would have now; nothing is queued."""
    customer = inspection.repair_order.customer
    to = queueing.Recipient(email=customer.email, name=customer.name, language=customer.language)
    with translation.override(to.language), timezone.override(inspection.shop.zone):
        words = _facts(inspection, to.language) | {
            "shop": inspection.shop,
            "to": to,
            "link_mark": "…",
            "counts": counts_of(inspection),
            "message": message,
            "answer_by": answer_by,
        }
        subject = render_to_string("emails/inspection_shared.subject.txt", words)
        text = render_to_string("emails/inspection_shared.txt", words)
    return " ".join(subject.split()), text.strip()


def inspection_acknowledged(
    acknowledgement: Acknowledgement, *, at: datetime
) -> OutgoingEmail | None:
    """Mail the signer his copy; it waits until the PDF is sealed. None: there is no address."""
    inspection, signature = acknowledgement.inspection, acknowledgement.signature
    assert signature is not None
    assert acknowledgement.document is not None
    customer = inspection.repair_order.customer
    email = signature.signer_email or customer.email
    if not email:
        return None
    return _to_customer(
        inspection,
        "inspection_acknowledged",
        key=acknowledgement.pk,
        to=queueing.Recipient(
            email=email, name=acknowledgement.person, language=signature.language
        ),
        context={"acknowledgement": acknowledgement},
        attachments=[acknowledgement.document],
        at=at,
    )


def inspection_answered(acknowledgement: Acknowledgement, *, at: datetime) -> None:
    """Tell the shop what the customer said."""
    language = acknowledgement.shop.language
    remarks = acknowledgement.item_remarks.select_related("item").order_by("item__position")
    _to_shop(
        acknowledgement.inspection,
        "inspection_answered",
        key=str(acknowledgement.pk),
        context={
            "acknowledgement": acknowledgement,
            "remarks": [
                (placed(remark.item.section, remark.item.name, language), remark.text)
                for remark in remarks
            ],
            "files": acknowledgement.files.count(),
        },
        at=at,
    )


def inspection_unanswered(inspection: Inspection, *, mail_left: bool, at: datetime) -> None:
    """Tell the shop that the last day to answer passed, and whether our question had left."""
    _to_shop(
        inspection,
        "inspection_unanswered",
        key=f"{inspection.pk}:{inspection.answer_by}",
        context={"mail_left": mail_left},
        at=at,
    )


def counts_of(inspection: Inspection) -> dict[str, int]:
    """Return how many items have each result; ``checked`` counts those that were looked at."""
    results = list(inspection.items.values_list("result", flat=True))
    counts = {result.value: results.count(result) for result in Result}
    return counts | {"checked": len(results) - counts[Result.NOT_INSPECTED]}


def _to_customer(
    inspection: Inspection,
    kind: str,
    *,
    key: UUID,
    to: queueing.Recipient,
    context: Mapping[str, Any],
    at: datetime,
    link: AccessLink | None = None,
    attachments: Iterable[Document] = (),
) -> OutgoingEmail:
    order = inspection.repair_order
    return queueing.enqueue(
        shop=inspection.shop,
        kind=kind,
        key=f"{kind}:{key}",
        to=to,
        context=_facts(inspection, to.language) | dict(context),
        customer=order.customer,
        repair_order_id=order.pk,
        target_id=inspection.pk,
        link=link,
        attachments=attachments,
        at=at,
    )


def _to_shop(
    inspection: Inspection,
    kind: str,
    *,
    key: str,
    context: Mapping[str, Any],
    at: datetime,
) -> None:
    shop = inspection.shop
    if not shop.email:
        return
    queueing.enqueue(
        shop=shop,
        kind=kind,
        key=f"{kind}:{key}",
        to=queueing.Recipient(email=shop.email, name=shop.name, language=shop.language),
        context=_facts(inspection, shop.language) | dict(context),
        repair_order_id=inspection.repair_order_id,
        target_id=inspection.pk,
        at=at,
    )


def _facts(inspection: Inspection, language: str) -> dict[str, Any]:
    order = inspection.repair_order
    return {
        "inspection": inspection,
        "title": said(inspection.title, language),
        "repair_order": order,
        "vehicle": order.vehicle,
        "customer": order.customer,
        "message": inspection.message,
        "answer_by": inspection.answer_by,
    }
