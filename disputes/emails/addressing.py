"""To whom a mail about a dispute goes, and what all of them say of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from disputes.models import DisputeCase, DisputeItem
from disputes.states import ItemState
from invoices import collecting
from invoices.models import Invoice
from shopdisputes.actors import Actor
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import ZERO
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail


@dataclass(frozen=True)
class Rest:
    """What stays payable of an invoice, tax included."""

    number: str
    amount: Decimal
    due_on: date


def to_customer(
    case: DisputeCase,
    kind: str,
    *,
    key: object,
    context: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> OutgoingEmail | None:
    """Mail the customer, with a link of its own to the case; None: there is no address."""
    customer = case.customer
    if not customer.email:
        return None
    link = links.give(
        shop=case.shop,
        purpose=LinkPurpose.DISPUTE,
        target_id=case.pk,
        recipient=customer.email,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=case.repair_order_id,
        by=by,
        at=at,
    )
    to = queueing.Recipient(email=customer.email, name=customer.name, language=customer.language)
    return enqueue(case, kind, key=key, to=to, link=link, context=context, at=at)


def page_of(name: str, number: str) -> str:
    """Return the full address of a staff's page, for mails to the shop."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=[number])}"


def to_shop(
    case: DisputeCase,
    kind: str,
    *,
    key: object,
    context: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Mail the shop, when it has an address."""
    shop = case.shop
    if shop.email:
        to = queueing.Recipient(email=shop.email, name=shop.name, language=shop.language)
        words = {"staff_page": page_of("dispute", case.number)} | dict(context or {})
        enqueue(case, kind, key=key, to=to, context=words, at=at)


def to_resolver(
    case: DisputeCase,
    kind: str,
    *,
    key: object,
    link: AccessLink,
    context: Mapping[str, Any] | None = None,
    at: datetime,
) -> OutgoingEmail:
    """Mail whoever the link to the resolver's page was given to."""
    to = queueing.Recipient(email=link.recipient, name=link.recipient_name, language=link.language)
    return enqueue(case, kind, key=key, to=to, link=link, context=context, at=at)


def enqueue(
    case: DisputeCase,
    kind: str,
    *,
    key: object,
    to: queueing.Recipient,
    link: AccessLink | None = None,
    context: Mapping[str, Any] | None = None,
    at: datetime,
) -> OutgoingEmail:
    """Word and queue a mail about a case; its ``key`` makes it one of its kind."""
    is_theirs = link is not None and link.purpose == LinkPurpose.DISPUTE
    with timezone.override(case.shop.zone):
        return queueing.enqueue(
            shop=case.shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=to,
            context=facts_of(case, at=at) | dict(context or {}),
            customer=case.customer if is_theirs else None,
            repair_order_id=case.repair_order_id,
            target_id=case.pk,
            link=link,
            at=at,
        )


def facts_of(case: DisputeCase, *, at: datetime) -> dict[str, Any]:
    """Return what all mails know: the case, what it contests, and what stays payable."""
    items = contested_in(case)
    return {
        "case": case,
        "customer": case.customer,
        "items": items,
        "contested": sum((item.amount for item in items), ZERO),
        "currency": items[0].invoice.currency if items else case.shop.currency,
        "rests": _rests(items, at=at),
    }


def contested_in(case: DisputeCase) -> list[DisputeItem]:
    """Return what is contested at present, or was until the case ended."""
    items = DisputeItem.objects.filter(case=case).select_related("invoice__shop", "line")
    if case.has_ended:
        items = items.filter(state=ItemState.SETTLED, ended_at=case.closed_at)
    else:
        items = items.filter(state=ItemState.OPEN)
    return list(items.order_by("added_at", "pk"))


def _rests(items: list[DisputeItem], *, at: datetime) -> list[Rest]:
    invoices = {item.invoice_id: item.invoice for item in items}
    fresh = list(Invoice.objects.with_everything().filter(pk__in=invoices).order_by("due_on", "pk"))
    standings, due_days = collecting.of(fresh, at=at), collecting.due_days_of(fresh)
    return [
        Rest(invoice.number, standings[invoice.pk].figures.collectible, due_days[invoice.pk])
        for invoice in fresh
        if standings[invoice.pk].figures.collectible > 0
    ]
