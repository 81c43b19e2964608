"""Leading whoever asked for something to its page, behind a link of its own."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

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
    """Send the holder of ``link`` to the page ``name`` of something that he just made.

    The language that he has chosen behind ``link`` goes along: it is remembered for each link.
    """
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
    query = {"thanks": thanks}
    if (language := get_language()) and language != own.language:
        query["lang"] = language
    return see_other(f"{reverse(name, args=[token_of(own)])}?{urlencode(query)}")
