"""One mail per payer and day: reminders planned for a customer share the mail that waits for them.

The mail has no words yet: it is worded when a sender has claimed it.
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from shopdisputes.bulk import among, insert_rows
from shopdisputes.customers.models import Customer
from shopdisputes.outbox import ringing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop

KIND = "reminder"
_WAITING = (EmailStatus.QUEUED, EmailStatus.WITHDRAWN)
_NEW = ("id", "key", "recipient", "recipient_name", "language", "customer_id", "message_id")


def key_of(customer: UUID, day: date) -> str:
    """Return what makes a reminder mail the customer's only one of the shop's ``day``."""
    return f"{KIND}:{customer}:{day}"


@transaction.atomic
def join(*, shop: Shop, customers: Collection[UUID], day: date, at: datetime) -> dict[UUID, UUID]:
    """Return the mail of each customer that reminders planned for ``day`` go into.

    A mail that still waits is taken, locked and addressed to where the customer's mail goes now;
    else one is queued that leaves at the next open slot. A customer to whom a mail has left that
    day, or is leaving, is left out: there is another day.
    """
    here = OutgoingEmail.objects.for_shop(shop).filter(among("customer_id", customers), kind=KIND)
    known = here.filter(
        Q(status__in=[EmailStatus.QUEUED, EmailStatus.CLAIMED]) | Q(key__endswith=f":{day}")
    ).values_list("pk", "customer_id", "status")
    taken, waiting = set(), []
    for pk, customer, status in known:
        taken.add(customer)
        if status in _WAITING:
            waiting.append(pk)
    found: dict[UUID, UUID] = {}
    if waiting:
        # What a sender holds is leaving at this moment.
        locked = (
            here.filter(pk__in=waiting, status__in=_WAITING)
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("-status", "-created_at")
        )
        found = _taken_up(list(locked.only("pk", "customer_id", "status", "next_try_at")), at=at)
    new = [customer for customer in customers if customer not in taken]
    found |= _queued(shop, new, day=day, at=at)
    if found:
        transaction.on_commit(ringing.ring)
    return found


def _taken_up(mails: list[OutgoingEmail], *, at: datetime) -> dict[UUID, UUID]:
    chosen = {mail.customer_id: mail for mail in mails if mail.customer_id is not None}
    addresses = _addresses(chosen)
    for customer, mail in chosen.items():
        recipient, name, language = addresses[customer]
        OutgoingEmail.objects.filter(pk=mail.pk).update(
            status=EmailStatus.QUEUED,
            recipient=recipient,
            recipient_name=name,
            language=language,
            next_try_at=at if mail.status == EmailStatus.WITHDRAWN else mail.next_try_at,
        )
    return {customer: mail.pk for customer, mail in chosen.items()}


def _queued(
    shop: Shop, customers: Collection[UUID], *, day: date, at: datetime
) -> dict[UUID, UUID]:
    host = urlsplit(settings.PUBLIC_URL).hostname
    made, rows = {}, []
    for customer, (recipient, name, language) in _addresses(customers).items():
        pk = uuid.uuid4()
        made[customer] = pk
        rows.append(
            (pk, key_of(customer, day), recipient, name, language, customer, f"<{pk}@{host}>")
        )
    same = {
        "shop_id": shop.pk,
        "kind": KIND,
        "reply_to": shop.email,
        "sender_name": shop.name,
        "subject": "",
        "text": "",
        "html": "",
        "status": EmailStatus.QUEUED.value,
        "created_at": at,
        "next_try_at": shop.send_window.next_slot(at),
        "attempts": 0,
        "reply": "",
    }
    insert_rows(OutgoingEmail, _NEW, rows, same=same)
    return made


def _addresses(customers: Collection[UUID]) -> dict[UUID, tuple[str, str, str]]:
    if not customers:
        return {}
    rows = Customer.objects.filter(among("pk", customers))
    return {
        pk: (email, name, language)
        for pk, email, name, language in rows.values_list("pk", "email", "name", "language")
    }
