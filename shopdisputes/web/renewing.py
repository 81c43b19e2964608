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
    (a withdrawn estimate), and as ``mail_link`` has none. The caller answers alike in all cases.
    """
    renewal = _renewal(link)
    if not link.recipient or renewal is None:
        return None
    return mail_link(behind=link, purpose=LinkPurpose(link.purpose), opens=renewal, by=by, at=at)


@transaction.atomic
def mail_link(
    *, behind: AccessLink, purpose: LinkPurpose, opens: Renewal, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Mail the customer a link to what ``opens`` says, asked for by whoever holds ``behind``.

    None where no address is on file, and after three within the hour.
    """
    # The lock makes "how many were there?" and "one more" one step.
    AccessLink.objects.select_for_update().filter(pk=behind.pk).values("pk").first()
    customer = opens.customer
    if not customer.email:
        return None
    keys = f"{EMAIL_KIND}:{behind.pk}:"
    earlier = OutgoingEmail.objects.for_shop(behind.shop).filter(key__startswith=keys)
    if earlier.filter(created_at__gt=at - timedelta(hours=1)).count() >= MOST_IN_AN_HOUR:
        return None
    fresh = links.give(
        shop=behind.shop,
        purpose=purpose,
        target_id=opens.target_id,
        recipient=customer.email,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=behind.repair_order_id,
        by=by,
        at=at,
    )
    audit.record(
        shop=behind.shop,
        action="link.renewed",
        target=behind,
        repair_order_id=behind.repair_order_id,
        by=by,
        at=at,
        data={"recipient": customer.email},
    )
    return queueing.enqueue(
        shop=behind.shop,
        kind=EMAIL_KIND,
        key=f"{keys}{fresh.pk}",
        to=queueing.Recipient(email=customer.email, name=customer.name, language=customer.language),
        context={},
        at=at,
        customer=customer,
        repair_order_id=behind.repair_order_id,
        target_id=opens.target_id,
        link=fresh,
    )


def _renewal(link: AccessLink) -> Renewal | None:
    """Ask the app whose link it was; nothing is renewed that no app answers for."""
    for part in contributions():
        if ask := part.renewals.get(link.purpose):
            return ask(link)
    return None
