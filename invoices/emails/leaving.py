"""Mails about stopped repairs, storage and the hand-over."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from invoices.emails.addressing import to_customer, to_shop
from invoices.models import HandOver, StopWork, StorageNotice
from invoices.states import StopOption
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import to_cents
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail

#: Untrue as soon as the customer has chosen or the stop is lifted; their target is the stop.
ASKING_TO_CHOOSE = ("stop_options",)


def stop_options(stop: StopWork, *, link: AccessLink, at: datetime) -> OutgoingEmail | None:
    """Put the priced ways in which a stopped repair can go on before the customer."""
    options = [
        (StopOption(option).label, Decimal(price)) for option, price in stop.option_prices.items()
    ]
    return _about_stop(stop, "stop_options", key=link.pk, link=link, options=options, at=at)


def stop_chosen(stop: StopWork, *, at: datetime) -> OutgoingEmail | None:
    """Mail the customer the choice, and tell the shop of one that was made by link."""
    if stop.signature is not None:
        to_shop(
            stop.shop,
            "stop_choice_made",
            key=stop.pk,
            context=_stop(stop),
            repair_order_id=stop.repair_order_id,
            target_id=stop.pk,
            at=at,
        )
    return _about_stop(stop, "stop_chosen", key=stop.pk, attachments=[stop.signed_document], at=at)


def storage_notice(
    notice: StorageNotice, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Say that the vehicle is ready, what a day costs and from when on."""
    return to_customer(
        notice.repair_order.customer,
        "storage_notice",
        key=notice.pk,
        context=_storage(notice),
        repair_order_id=notice.repair_order_id,
        target_id=notice.pk,
        link=link,
        attachments=[notice.document],
        at=at,
    )


def wording_of_storage_notice(notice: StorageNotice) -> tuple[str, str]:
    """Return the subject and text that ``storage_notice`` would have now; nothing is queued."""
    customer = notice.repair_order.customer
    words = {
        "shop": notice.shop,
        "to": queueing.Recipient(
            email=customer.email, name=customer.name, language=customer.language
        ),
        "attached": True,
    }
    with translation.override(customer.language), timezone.override(notice.shop.zone):
        context = _storage(notice) | words
        subject = render_to_string("emails/storage_notice.subject.txt", context)
        text = render_to_string("emails/storage_notice.txt", context)
    return " ".join(subject.split()), text.strip()


def hand_over_copy(hand_over: HandOver, *, at: datetime) -> OutgoingEmail | None:
    """Send the record of the hand-over; it waits until the PDF is typeset."""
    order = hand_over.repair_order
    return to_customer(
        order.customer,
        "hand_over_copy",
        key=hand_over.pk,
        context={
            "hand_over": hand_over,
            "repair_order": order,
            "vehicle": order.vehicle,
            "currency": hand_over.currency,
        },
        repair_order_id=order.pk,
        target_id=hand_over.pk,
        attachments=[hand_over.document],
        at=at,
    )


def _storage(notice: StorageNotice) -> dict[str, Any]:
    order = notice.repair_order
    return {
        "notice": notice,
        "repair_order": order,
        "vehicle": order.vehicle,
        "currency": notice.shop.currency,
        "daily_gross": to_cents(notice.daily_rate * (1 + notice.tax_rate / 100)),
    }


def _about_stop(
    stop: StopWork,
    kind: str,
    *,
    key: UUID,
    at: datetime,
    link: AccessLink | None = None,
    attachments: Iterable[Document | None] = (),
    **context: Any,
) -> OutgoingEmail | None:
    return to_customer(
        stop.repair_order.customer,
        kind,
        key=key,
        context=_stop(stop) | context,
        repair_order_id=stop.repair_order_id,
        target_id=stop.pk,
        link=link,
        attachments=attachments,
        at=at,
    )


def _stop(stop: StopWork) -> dict[str, Any]:
    order = stop.repair_order
    price = stop.option_prices.get(stop.option)
    return {
        "stop": stop,
        "repair_order": order,
        "vehicle": order.vehicle,
        "customer": order.customer,
        "currency": stop.shop.currency,
        "price": None if price is None else Decimal(price),
    }
