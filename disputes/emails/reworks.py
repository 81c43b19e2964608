"""Mails about requests to do work again: to the customer, and to the shop's own address."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from disputes.emails.addressing import page_of
from disputes.models import ReworkRequest
from disputes.states import ReworkStatus
from invoices import collecting
from invoices.models import Invoice
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day
from shopdisputes.links import services as links
from shopdisputes.links.models import LinkPurpose
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus


def rework_asked(rework: ReworkRequest, *, by: Actor, at: datetime) -> OutgoingEmail | None:
    """Acknowledge a request with its number, and say until when the shop answers."""
    return _to_customer(rework, "rework_asked", key=rework.pk, by=by, at=at)


def rework_asked_desk(rework: ReworkRequest, *, at: datetime) -> None:
    """Tell the shop what a customer wants done again, and until when to answer."""
    context = {"file_count": rework.files.count()}
    _to_shop(rework, "rework_asked_desk", key=rework.pk, context=context, at=at)


def rework_due_desk(rework: ReworkRequest, *, at: datetime) -> None:
    """Remind the shop, once a deadline, that its time to answer is nearly over."""
    _to_shop(rework, "rework_due_desk", key=f"{rework.pk}:{rework.tries}", at=at)


def rework_accepted(rework: ReworkRequest, *, by: Actor, at: datetime) -> OutgoingEmail | None:
    """Tell the customer that it is done again, and when to come."""
    return _to_customer(rework, "rework_accepted", key=f"{rework.pk}:{at}", by=by, at=at)


def rework_refused(
    rework: ReworkRequest, *, again: bool = False, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Tell the customer why not, and what he can do until when; ``again``: remind him once."""
    key = f"{rework.pk}:again" if again else rework.pk
    return _to_customer(rework, "rework_refused", key=key, context={"again": again}, by=by, at=at)


def rework_delivered(
    rework: ReworkRequest, *, again: bool = False, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Ask the customer to check what was done; ``again``: remind him, once a try."""
    key = f"{rework.pk}:{rework.tries}" + (":again" if again else "")
    return _to_customer(rework, "rework_delivered", key=key, context={"again": again}, by=by, at=at)


def rework_ended(
    rework: ReworkRequest, *, note: str, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Tell the customer that nothing of it is held any more, and that his rights stay.

    Who was told to come on a day ahead reads that he need not.
    """
    context: dict[str, Any] = {}
    if rework.status == ReworkStatus.CANCELLED:
        today = local_day(at, zone=rework.shop.zone)
        context = {"note": note, "appointment_off": rework.told_to_come(today=today)}
    return _to_customer(rework, "rework_ended", key=rework.pk, context=context, by=by, at=at)


def rework_said_desk(rework: ReworkRequest, *, at: datetime) -> None:
    """Tell the shop what the customer said on the page of a request."""
    _to_shop(rework, "rework_said_desk", key=f"{rework.pk}:{rework.status}:{at}", at=at)


def was_told(rework: ReworkRequest) -> bool:
    """Say whether a mail that asks to check the last try was delivered and did not come back."""
    came_back = AuditEvent.objects.filter(target_id=OuterRef("pk"), action="email.bounced")
    return (
        OutgoingEmail.objects.for_shop(rework.shop)
        .filter(
            ~Exists(came_back),
            target_id=rework.pk,
            kind="rework_delivered",
            status=EmailStatus.SENT,
            created_at__gte=rework.delivered_at,
        )
        .exists()
    )


def _to_customer(
    rework: ReworkRequest,
    kind: str,
    *,
    key: object,
    context: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> OutgoingEmail | None:
    """Mail the customer, with a link of its own to the request; None: there is no address."""
    invoice = rework.invoice
    customer = invoice.customer
    if not customer.email:
        return None
    link = links.give(
        shop=rework.shop,
        purpose=LinkPurpose.REWORK,
        target_id=rework.pk,
        recipient=customer.email,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=invoice.repair_order_id,
        by=by,
        at=at,
    )
    with timezone.override(rework.shop.zone):
        return queueing.enqueue(
            shop=rework.shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=queueing.Recipient(
                email=customer.email, name=customer.name, language=customer.language
            ),
            context=_facts(rework, at=at) | dict(context or {}),
            customer=customer,
            repair_order_id=invoice.repair_order_id,
            target_id=rework.pk,
            link=link,
            at=at,
        )


def _to_shop(
    rework: ReworkRequest,
    kind: str,
    *,
    key: object,
    context: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Mail the shop, when it has an address."""
    shop = rework.shop
    if not shop.email:
        return
    with timezone.override(shop.zone):
        queueing.enqueue(
            shop=shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=queueing.Recipient(email=shop.email, name=shop.name, language=shop.language),
            context=_facts(rework, at=at)
            | {"staff_page": page_of("rework", rework.number)}
            | dict(context or {}),
            repair_order_id=rework.invoice.repair_order_id,
            target_id=rework.pk,
            at=at,
        )


def _facts(rework: ReworkRequest, *, at: datetime) -> dict[str, Any]:
    """Return what all mails know: the request, its lines, and what of the invoice is payable."""
    invoice = Invoice.objects.with_everything().get(pk=rework.invoice_id)
    return {
        "rework": rework,
        "customer": invoice.customer,
        "invoice": invoice,
        "vehicle": invoice.repair_order.vehicle,
        "lines": list(rework.lines.in_order()),
        "currency": invoice.currency,
        "rest": collecting.standing(invoice, at=at).figures.collectible,
    }
