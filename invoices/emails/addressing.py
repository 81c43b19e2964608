"""To whom a mail about money goes, and what all of them say of an invoice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from invoices import collecting
from invoices.models import Invoice, settings_of
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop


def about_invoice(
    invoice: Invoice,
    kind: str,
    *,
    key: UUID,
    at: datetime,
    link: AccessLink | None = None,
    context: Mapping[str, Any] | None = None,
    attachments: Iterable[Document | None] = (),
    target_id: UUID | None = None,
) -> OutgoingEmail | None:
    """Mail an invoice's customer; None: there is no address."""
    return to_customer(
        invoice.customer,
        kind,
        key=key,
        context=_facts(invoice, at) | dict(context or {}),
        repair_order_id=invoice.repair_order_id,
        target_id=target_id or invoice.pk,
        link=link,
        attachments=attachments,
        at=at,
    )


def about_invoice_to_shop(
    invoice: Invoice,
    kind: str,
    *,
    key: UUID,
    context: Mapping[str, Any],
    target_id: UUID | None = None,
    at: datetime,
) -> None:
    """Mail the shop about an invoice, when it has an address."""
    to_shop(
        invoice.shop,
        kind,
        key=key,
        context=_facts(invoice, at) | dict(context),
        repair_order_id=invoice.repair_order_id,
        target_id=target_id or invoice.pk,
        at=at,
    )


def to_customer(
    customer: Customer,
    kind: str,
    *,
    key: UUID,
    context: Mapping[str, Any],
    at: datetime,
    target_id: UUID,
    repair_order_id: UUID | None = None,
    link: AccessLink | None = None,
    attachments: Iterable[Document | None] = (),
) -> OutgoingEmail | None:
    """Mail a customer, at the link's address when there is a link; None: there is none."""
    recipient = queueing.Recipient(
        email=link.recipient if link else customer.email,
        name=link.recipient_name if link else customer.name,
        language=link.language if link else customer.language,
    )
    if not recipient.email:
        return None
    attached = [document for document in attachments if document is not None]
    with timezone.override(customer.shop.zone):
        return queueing.enqueue(
            shop=customer.shop,
            kind=kind,
            key=f"{kind}:{key}",
            to=recipient,
            context={"attached": bool(attached), **context},
            customer=customer,
            repair_order_id=repair_order_id,
            target_id=target_id,
            link=link,
            attachments=attached,
            at=at,
        )


def to_shop(
    shop: Shop,
    kind: str,
    *,
    key: UUID,
    context: Mapping[str, Any],
    at: datetime,
    target_id: UUID,
    repair_order_id: UUID,
) -> None:
    """Mail the shop, when it has an address."""
    if not shop.email:
        return
    queueing.enqueue(
        shop=shop,
        kind=kind,
        key=f"{kind}:{key}",
        to=queueing.Recipient(email=shop.email, name=shop.name, language=shop.language),
        context=context,
        repair_order_id=repair_order_id,
        target_id=target_id,
        at=at,
    )


def _facts(invoice: Invoice, at: datetime) -> dict[str, Any]:
    order = invoice.repair_order
    billing = settings_of(invoice.shop)
    return {
        "invoice": invoice,
        "repair_order": order,
        "vehicle": order.vehicle,
        "customer": invoice.customer,
        "currency": invoice.currency,
        "figures": collecting.standing(invoice, at=at).figures,
        "billing": billing,
        "holder": billing.account_holder or invoice.shop.legal_name or invoice.shop.name,
        "iban": " ".join(_fours(billing.iban)),
    }


def _fours(iban: str) -> list[str]:
    return [iban[start : start + 4] for start in range(0, len(iban), 4)]
