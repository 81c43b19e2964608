"""Writing what happened, and proving that it was not changed since."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F

from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent, AuditHead
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.shops.models import Shop

#: The ``previous_hash`` of a shop's first event.
GENESIS = "0" * 64


@transaction.atomic
def record(
    *,
    shop: Shop,
    action: str,
    target: models.Model,
    repair_order_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append one event to the shop's chain, in the caller's transaction.

    ``action`` is ``<thing>.<past tense>``, for example ``estimate.sent``; ``audit.sentences``
    words it. ``data`` is plain JSON and must hold no token, code or password. The end of the
    chain stays locked until the commit, so call this after all other locks.
    """
    heads = AuditHead.objects.for_shop(shop)
    # The UPDATE takes the row's lock before the end of the chain is read, on every database.
    if not heads.update(sequence=F("sequence") + 1):
        AuditHead.objects.bulk_create([AuditHead(shop=shop, hash=GENESIS)], ignore_conflicts=True)
        heads.update(sequence=F("sequence") + 1)
    head = heads.get()
    event = AuditEvent(
        shop=shop,
        sequence=head.sequence,
        at=at.astimezone(UTC),
        action=action,
        actor_role=by.role,
        actor_name=by.name,
        actor_user_id=by.user_id,
        ip_address=by.ip_address,
        user_agent=by.user_agent[:400],
        target_type=target._meta.label_lower,
        target_id=target.pk,
        repair_order_id=repair_order_id,
        data=dict(data or {}),
        salt=secrets.token_hex(16),
        previous_hash=head.hash,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    heads.update(hash=event.hash)
    return event


def hash_of(event: AuditEvent) -> str:
    """Compute an event's hash from its facts; equal to ``event.hash`` unless it was changed.

    ``data`` goes in as a salted digest, so it can be erased one day without breaking the chain.
    """
    payload = sha256_hex(event.salt + canonical_json(event.data))
    facts = [
        event.previous_hash,
        str(event.shop_id),
        event.sequence,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.action,
        event.actor_role,
        event.actor_name,
        str(event.actor_user_id or ""),
        event.ip_address,
        event.user_agent,
        event.target_type,
        str(event.target_id),
        str(event.repair_order_id or ""),
        payload,
    ]
    return sha256_hex(canonical_json(facts))


def broken_events(shop: Shop) -> Iterator[str]:
    """Yield a sentence for each place where a shop's chain does not verify; none when it does.

    A chain cut at its end is noticed through ``AuditHead``; somebody who can rewrite both can
    rewrite everything, which only a head kept elsewhere reveals.
    """
    previous, expected = GENESIS, 1
    for event in AuditEvent.objects.for_shop(shop).order_by("sequence").iterator():
        if event.sequence != expected:
            yield f"{shop.slug}: event {expected} is missing before {event.sequence}"
        if event.previous_hash != previous:
            yield f"{shop.slug}: event {event.sequence} does not follow the one before it"
        if hash_of(event) != event.hash:
            yield f"{shop.slug}: event {event.sequence} was changed"
        previous, expected = event.hash, event.sequence + 1
    head = AuditHead.objects.for_shop(shop).first()
    end = (head.sequence, head.hash) if head else (0, GENESIS)
    if end != (expected - 1, previous):
        yield f"{shop.slug}: the chain ends at {expected - 1}, its head says {end[0]}"
