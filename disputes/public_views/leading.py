"""Leading whoever asked for something to its page, behind a link of its own."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponseRedirect
from django.urls import reverse

from shopdisputes.actors import Actor
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.web.responses import see_other


def lead_to(
    purpose: LinkPurpose,
    target_id: UUID,
    *,
    name: str,
    thanks: str,
    link: AccessLink,
    by: Actor,
    at: datetime,
) -> HttpResponseRedirect:
    """Send the holder of ``link`` to the page ``name`` of something that he just made."""
    own = (
        AccessLink.objects.for_shop(link.shop)
        .live(at=at)
        .filter(purpose=purpose, target_id=target_id, recipient=link.recipient)
        .order_by("created_at", "pk")
        .first()
    ) or links.give(
        shop=link.shop,
        purpose=purpose,
        target_id=target_id,
        recipient=link.recipient,
        recipient_name=link.recipient_name,
        language=link.language,
        repair_order_id=link.repair_order_id,
        by=by,
        at=at,
    )
    return see_other(f"{reverse(name, args=[token_of(own)])}?thanks={thanks}")
