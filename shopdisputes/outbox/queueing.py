"""Asking for an e-mail: worded now, in the caller's transaction; delivered later, once."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template import Context, Engine
from django.utils import timezone, translation

from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox import ringing
from shopdisputes.outbox.headers import one_line
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets it, and in which language it is worded."""

    email: str
    name: str
    language: str


def link_mark(link_id: UUID) -> str:
    """Return what stands in a stored text where the personal link will be filled in."""
    return f"[[link:{link_id}]]"


def code_mark(code_id: UUID) -> str:
    """Return what stands in a stored text where the one-time code will be filled in."""
    return f"[[code:{code_id}]]"


@transaction.atomic
def enqueue(
    *,
    shop: Shop,
    kind: str,
    key: str,
    to: Recipient,
    context: Mapping[str, Any],
    at: datetime,
    not_before: datetime | None = None,
    customer: Customer | None = None,
    repair_order_id: UUID | None = None,
    target_id: UUID | None = None,
    link: AccessLink | None = None,
    attachments: Iterable[Document] = (),
) -> OutgoingEmail:
    """Word an e-mail from ``templates/emails/<kind>.{subject.txt,txt,html}`` and queue it.

    The same ``key`` in the same shop again returns the e-mail that is there. The templates get
    ``shop``, ``to`` and, with a link, ``link_mark``; ``context`` adds the rest. An attachment
    that is not typeset yet holds the e-mail back until it is.
    """
    if earlier := OutgoingEmail.objects.for_shop(shop).filter(key=key).first():
        return earlier
    words = {"shop": shop, "to": to, **context}
    if link is not None:
        words["link_mark"] = link_mark(link.pk)
    with translation.override(to.language), timezone.override(shop.zone):
        subject = _worded(f"emails/{kind}.subject.txt", words)
        text = _worded(f"emails/{kind}.txt", words)
        html = _worded(f"emails/{kind}.html", words)
    email_id = uuid.uuid4()
    email = OutgoingEmail(
        id=email_id,
        shop=shop,
        kind=kind,
        key=key,
        recipient=to.email,
        recipient_name=to.name,
        reply_to=shop.email,
        sender_name=shop.name,
        subject=one_line(subject)[:200],
        text=text.strip() + "\n",
        html=html,
        language=to.language,
        customer=customer,
        repair_order_id=repair_order_id,
        target_id=target_id,
        link=link,
        # Fixed here, so that the same e-mail handed over twice can be told apart from two.
        message_id=f"<{email_id}@{urlsplit(settings.PUBLIC_URL).hostname}>",
        created_at=at,
        next_try_at=not_before or at,
    )
    OutgoingEmail.objects.bulk_create([email], ignore_conflicts=True)
    if not OutgoingEmail.objects.filter(pk=email_id).exists():
        return OutgoingEmail.objects.for_shop(shop).get(key=key)
    email.attachments.set(attachments)
    transaction.on_commit(ringing.ring)
    return email


def _worded(template: str, words: Mapping[str, Any]) -> str:
    # Plain text is not HTML: an apostrophe must stay one.
    context = Context(dict(words), autoescape=template.endswith(".html"))
    return Engine.get_default().get_template(template).render(context)


@transaction.atomic
def withdraw(*, shop: Shop, target_id: UUID, kinds: Iterable[str]) -> int:
    """Stop what is not yet being handed over about a target; return how many were stopped.

    Runs in the transaction that made the e-mails untrue: a sender marks an e-mail by a
    conditional UPDATE of the same row, so after this commit none of them leaves.
    """
    return (
        OutgoingEmail.objects.for_shop(shop)
        .filter(
            target_id=target_id,
            kind__in=list(kinds),
            status__in=[EmailStatus.QUEUED, EmailStatus.CLAIMED],
        )
        .update(status=EmailStatus.WITHDRAWN)
    )
