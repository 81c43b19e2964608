"""Mails about disputes: to the customer, to the shop, and to resolvers."""

from disputes.emails.bank import evidence_due
from disputes.emails.customers import closed, escalated, opened, reopened, shop_wrote
from disputes.emails.desk import customer_wrote, opened_by_customer, resolver_answered
from disputes.emails.offers import (
    offer_accepted,
    offer_ended,
    offer_failed,
    offer_made,
    offer_moved_desk,
)
from disputes.emails.resolvers import chased, told
from disputes.emails.reworks import (
    rework_accepted,
    rework_asked,
    rework_asked_desk,
    rework_delivered,
    rework_due_desk,
    rework_ended,
    rework_refused,
    rework_said_desk,
    was_told,
)

__all__ = [
    "chased",
    "closed",
    "customer_wrote",
    "escalated",
    "evidence_due",
    "offer_accepted",
    "offer_ended",
    "offer_failed",
    "offer_made",
    "offer_moved_desk",
    "opened",
    "opened_by_customer",
    "reopened",
    "resolver_answered",
    "rework_accepted",
    "rework_asked",
    "rework_asked_desk",
    "rework_delivered",
    "rework_due_desk",
    "rework_ended",
    "rework_refused",
    "rework_said_desk",
    "shop_wrote",
    "told",
    "was_told",
]
