"""Mails about disputes: to the customer, to the shop, and to resolvers."""

from disputes.emails.customers import closed, escalated, opened, reopened, shop_wrote
from disputes.emails.desk import customer_wrote, opened_by_customer, resolver_answered
from disputes.emails.resolvers import chased, told

__all__ = [
    "chased",
    "closed",
    "customer_wrote",
    "escalated",
    "opened",
    "opened_by_customer",
    "reopened",
    "resolver_answered",
    "shop_wrote",
    "told",
]
