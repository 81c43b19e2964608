"""A fresh link for who comes back with an old one."""

from datetime import datetime, timedelta

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web.contributions import Renewal, contributions

#: Fresh links for one old link in any hour.
MOST_IN_AN_HOUR = 3
EMAIL_KIND = "fresh_link"


@transaction.atomic
def renew(*, link: AccessLink, by: Actor, at: datetime) -> OutgoingEmail | None:
    """Mail a fresh link to the address on file, which need not be the old link's; None for none.

    There is none for a link that was never mailed, for what its app no longer shows to anybody
    (a withdrawn estimate), where no address is on file, and after three within the hour. The
    caller answers alike in all cases.
    """
    # The lock makes "how many were there?" and "one more" one step.
    AccessLink.objects.select_for_update().filter(pk=link.pk).values("pk").first()
    renewal = _renewal(link)
    if not link.recipient or renewal is None or not renewal.customer.email:
        return None
    customer = renewal.customer
    keys = f"{EMAIL_KIND}:{link.pk}:"
    earlier = OutgoingEmail.objects.for_shop(link.shop).filter(key__startswith=keys)
    if earlier.filter(created_at__gt=at - timedelta(hours=1)).count() >= MOST_IN_AN_HOUR:
        return None
    fresh = links.give(
        shop=link.shop,
        purpose=LinkPurpose(link.purpose),
        target_id=renewal.target_id,
        recipient=customer.email,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=link.repair_order_id,
        by=by,
        at=at,
    )
    audit.record(
        shop=link.shop,
        action="link.renewed",
        target=link,
        repair_order_id=link.repair_order_id,
        by=by,
        at=at,
        data={"recipient": customer.email},
    )
    return queueing.enqueue(
        shop=link.shop,
        kind=EMAIL_KIND,
        key=f"{keys}{fresh.pk}",
        to=queueing.Recipient(email=customer.email, name=customer.name, language=customer.language),
        context={},
        at=at,
        customer=customer,
        repair_order_id=link.repair_order_id,
        target_id=renewal.target_id,
        link=fresh,
    )


def _renewal(link: AccessLink) -> Renewal | None:
    """Ask the app whose link it was; nothing is renewed that no app answers for."""
    for part in contributions():
        if ask := part.renewals.get(link.purpose):
            return ask(link)
    return None
