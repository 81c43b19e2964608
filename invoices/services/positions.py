"""Waking the dunning: whatever moves what may be asked for has an invoice looked at again."""

from datetime import datetime

from django.db.models import Q

from invoices.models import DunningPosition, Invoice
from invoices.models.dunning import DunningPositionQuerySet
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day


def begin(*, invoice: Invoice) -> None:
    """Give an invoice that is being issued its position, to be looked at on that day."""
    assert invoice.issued_on is not None
    DunningPosition.objects.create(
        shop=invoice.shop,
        invoice=invoice,
        customer=invoice.customer,
        base_on=invoice.due_on,
        begun_on=invoice.issued_on,
        look_on=invoice.issued_on,
    )


def wake(*, invoice: Invoice, at: datetime) -> None:
    """Have a locked invoice looked at today: more of it may be asked for than before.

    Also what is to be looked at today anyway: a planner that holds the row now has read what was
    before this, and writes a later day when it is done. This waits for it, and stands.
    """
    _asleep(Q(invoice=invoice)).update(look_on=local_day(at, zone=invoice.shop.zone))


def agree_anew(*, invoice: Invoice, at: datetime) -> None:
    """Have a locked invoice looked at today although all its steps are taken: it is paid in parts.

    Each part has its own day, from which the steps count.
    """
    DunningPosition.objects.filter(invoice=invoice, stopped_at=None).update(
        look_on=local_day(at, zone=invoice.shop.zone), ended_at=None
    )


def wake_customer(*, customer: Customer, at: datetime) -> None:
    """Have all of a customer's invoices looked at today: what held them all is over.

    Only for a transaction that holds no invoice's lock, else two of them could wait for one
    another.
    """
    found = DunningPosition.objects.in_order(_asleep(Q(customer=customer)))
    found.update(look_on=local_day(at, zone=customer.shop.zone))


def _asleep(which: Q) -> DunningPositionQuerySet:
    """Return what nobody stopped and what has not come to its end."""
    found: DunningPositionQuerySet = DunningPosition.objects.filter(
        which, stopped_at=None, ended_at=None
    )
    return found
