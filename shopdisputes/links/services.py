"""Giving, revoking and renewing links."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.links.models import IN_PERSON, AccessLink, LinkPurpose
from shopdisputes.shops.models import Shop

#: A link on the shop's own tablet is for the customer who stands there now.
IN_PERSON_LIFE = timedelta(hours=1)


@transaction.atomic
def give(
    *,
    shop: Shop,
    purpose: LinkPurpose,
    target_id: UUID,
    recipient: str,
    recipient_name: str,
    language: str,
    repair_order_id: UUID | None,
    by: Actor,
    at: datetime,
) -> AccessLink:
    """Make a link that opens ``target_id`` for ``recipient`` for as long as the shop allows."""
    life = IN_PERSON_LIFE if purpose in IN_PERSON else timedelta(days=shop.link_life_days)
    link = AccessLink.objects.create(
        shop=shop,
        purpose=purpose,
        target_id=target_id,
        recipient=recipient,
        recipient_name=recipient_name,
        language=language,
        repair_order_id=repair_order_id,
        created_at=at,
        expires_at=at + life,
    )
    audit.record(
        shop=shop,
        action="link.given",
        target=link,
        repair_order_id=repair_order_id,
        by=by,
        at=at,
        data={"purpose": purpose, "recipient": recipient},
    )
    return link


@transaction.atomic
def revoke_for_target(
    *,
    shop: Shop,
    target_id: UUID,
    purpose: LinkPurpose | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Revoke every live link to a target, or those of one purpose; return how many there were."""
    found = AccessLink.objects.for_shop(shop).filter(target_id=target_id, revoked_at=None)
    return _revoke(found if purpose is None else found.filter(purpose=purpose), by=by, at=at)


@transaction.atomic
def revoke_for_inbox(
    *, shop: Shop, recipient: str, named: str | None, by: Actor, at: datetime
) -> int:
    """Revoke the live links that were mailed to a customer's address; return how many there were.

    ``named``: only those given to somebody of that name. Links of resolvers stay: they are asked
    for what they know, whatever else their address was.
    """
    found = (
        AccessLink.objects.for_shop(shop)
        .live(at=at)
        .filter(recipient__iexact=recipient)
        .exclude(purpose=LinkPurpose.RESOLVER)
    )
    return _revoke(found if named is None else found.filter(recipient_name=named), by=by, at=at)


def _revoke(found: QuerySet[AccessLink], *, by: Actor, at: datetime) -> int:
    links = list(found.select_related("shop").order_by("pk"))
    for link in links:
        shop = link.shop
        AccessLink.objects.for_shop(shop).filter(pk=link.pk).update(revoked_at=at)
        audit.record(
            shop=shop,
            action="link.revoked",
            target=link,
            repair_order_id=link.repair_order_id,
            by=by,
            at=at,
            data={"recipient": link.recipient},
        )
    return len(links)


@transaction.atomic
def note_displayed(*, link: AccessLink, by: Actor, at: datetime) -> bool:
    """Note once that the page was shown to a person (reported by the page's own script)."""
    first = AccessLink.objects.filter(pk=link.pk, displayed_at=None).update(displayed_at=at)
    if first:
        audit.record(
            shop=link.shop,
            action="link.displayed",
            target=link,
            repair_order_id=link.repair_order_id,
            by=by,
            at=at,
            data={"recipient": link.recipient},
        )
    return bool(first)
