"""Mails to whoever knows the matter: people with a mailbox and no account."""

from datetime import datetime

from disputes.emails.addressing import to_resolver
from disputes.models import DisputeCase
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.queueing import link_mark


def told(
    case: DisputeCase, *, subject: str, body: str, link: AccessLink, at: datetime
) -> OutgoingEmail:
    """Bring the resolver the words that the shop chose; ``body`` holds the link's mark."""
    mark = link_mark(link.pk)
    paragraphs = [part.strip("\n") for part in body.split("\n\n") if part.strip()]
    return to_resolver(
        case,
        "dispute_resolver",
        key=link.pk,
        link=link,
        context={
            "subject": subject,
            "body": body,
            "paragraphs": [(part, part.strip() == mark) for part in paragraphs],
        },
        at=at,
    )


def chased(case: DisputeCase, *, link: AccessLink, at: datetime) -> OutgoingEmail:
    """Ask the resolver again."""
    return to_resolver(case, "dispute_resolver_chased", key=link.pk, link=link, at=at)
