"""The e-mails about estimates: one function each, worded and queued in the act's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from estimates.models import Authorization, EstimateRevision, LineAnswer
from estimates.states import Answer, AuthorizationMode
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.models import EmailCode

#: Untrue as soon as the revision is answered, replaced, withdrawn or expired.
ASKING_FOR_AN_ANSWER = ("estimate_sent", "expiry_reminder", "estimate_code")


def estimate_sent(revision: EstimateRevision, *, link: AccessLink, at: datetime) -> OutgoingEmail:
    """Put the estimate, or its next version, before the customer."""
    return _to_customer(revision, "estimate_sent", key=link.pk, link=link, at=at)


def wording_of_estimate_sent(revision: EstimateRevision) -> tuple[str, str]:
    """Return the subject and text that ``estimate_sent`` would have now; nothing is queued."""
    customer = revision.estimate.repair_order.customer
    words = _facts(revision) | {
        "shop": revision.shop,
        "to": queueing.Recipient(
            email=customer.email, name=customer.name, language=customer.language
        ),
        "link_mark": "…",
    }
    with translation.override(customer.language), timezone.override(revision.shop.zone):
        subject = render_to_string("emails/estimate_sent.subject.txt", words)
        text = render_to_string("emails/estimate_sent.txt", words)
    return " ".join(subject.split()), text.strip()


def expiry_reminder(revision: EstimateRevision, *, link: AccessLink, at: datetime) -> OutgoingEmail:
    """Say, once, that the estimate will soon not be valid any more."""
    return _to_customer(revision, "expiry_reminder", key=revision.pk, link=link, at=at)


def estimate_code(
    revision: EstimateRevision, *, link: AccessLink, code: EmailCode, at: datetime
) -> OutgoingEmail:
    """Mail the one-time code to the holder of a link."""
    return _to_customer(
        revision,
        "estimate_code",
        key=code.pk,
        link=link,
        context={"code_mark": queueing.code_mark(code.pk), "expires_at": code.expires_at},
        at=at,
    )


def after_answer(
    authorization: Authorization, *, answers: Sequence[LineAnswer], to: str, at: datetime
) -> None:
    """Mail the signer what was signed, or the person what we wrote down; tell the shop.

    ``to`` may be empty: then there is nobody to write to. The signed copy waits until its PDF
    is sealed. The shop is told of what customers did by themselves.
    """
    context = {
        "authorization": authorization,
        "lines": {
            answer.value: [given.line for given in answers if given.answer == answer]
            for answer in Answer
        },
    }
    by_themselves = authorization.signature is not None and (
        authorization.mode != AuthorizationMode.PAPER
    )
    if to and authorization.document is not None:
        _to_customer(
            authorization.revision,
            "signed_copy",
            key=authorization.pk,
            email=to,
            context=context,
            attachments=[authorization.document],
            at=at,
        )
    elif to:
        _to_customer(
            authorization.revision,
            "oral_confirmation",
            key=authorization.pk,
            email=to,
            context=context,
            at=at,
        )
    if by_themselves:
        _to_shop(
            authorization.revision,
            "customer_answered",
            key=authorization.pk,
            context=context,
            at=at,
        )


def call_requested(revision: EstimateRevision, *, at: datetime) -> None:
    """Tell the shop that the customer wants to be called."""
    _to_shop(
        revision,
        "call_requested",
        key=f"{revision.pk}:{at.isoformat()}",
        context={"note": revision.call_note},
        at=at,
    )


def paper_requested(revision: EstimateRevision, *, at: datetime) -> None:
    """Tell the shop that the customer wants to sign on paper."""
    _to_shop(revision, "paper_requested", key=revision.pk, context={}, at=at)


def _to_customer(
    revision: EstimateRevision,
    kind: str,
    *,
    key: UUID,
    at: datetime,
    link: AccessLink | None = None,
    email: str = "",
    context: Mapping[str, Any] | None = None,
    attachments: Iterable[Document] = (),
) -> OutgoingEmail:
    order = revision.estimate.repair_order
    recipient = queueing.Recipient(
        email=link.recipient if link else email,
        name=link.recipient_name if link else order.customer.name,
        language=link.language if link else order.customer.language,
    )
    # The moments in a mail are the shop's, like the deadlines they speak of.
    with timezone.override(revision.shop.zone):
        return queueing.enqueue(
            shop=revision.shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=recipient,
            context=_facts(revision) | dict(context or {}),
            customer=order.customer,
            repair_order_id=order.pk,
            target_id=revision.pk,
            link=link,
            attachments=attachments,
            at=at,
        )


def _to_shop(
    revision: EstimateRevision,
    kind: str,
    *,
    key: UUID | str,
    context: Mapping[str, Any],
    at: datetime,
) -> None:
    shop = revision.shop
    if not shop.email:
        return
    with timezone.override(shop.zone):
        queueing.enqueue(
            shop=shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=queueing.Recipient(email=shop.email, name=shop.name, language=shop.language),
            context=_facts(revision) | dict(context),
            repair_order_id=revision.estimate.repair_order_id,
            target_id=revision.pk,
            at=at,
        )


def _facts(revision: EstimateRevision) -> dict[str, Any]:
    order = revision.estimate.repair_order
    return {
        "revision": revision,
        "estimate": revision.estimate,
        "repair_order": order,
        "vehicle": order.vehicle,
        "customer": order.customer,
        "currency": revision.currency,
    }
