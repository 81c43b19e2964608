"""Changing a customer whose old inbox must not open anything any more."""

from datetime import datetime

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.customers import services as customers
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails
from shopdisputes.links import services as links


@transaction.atomic
def change_customer(
    *, customer: Customer, details: CustomerDetails, end_links: bool, by: Actor, at: datetime
) -> tuple[Customer, int]:
    """Replace what is known of a customer; with another e-mail address, end the old one's links.

    Return him and how many links ended. A page that asks for a fresh link mails it to the new
    address. An inbox that another customer of the shop shares keeps that one's links: there only
    those end that were given in this customer's name.

    Raises:
        NotAPhoneNumber: the phone cannot be dialled.
    """
    before = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    changed = customers.change(customer=customer, details=details, by=by, at=at)
    if not end_links or not before.email or before.email.lower() == changed.email.lower():
        return changed, 0
    of_shop = Customer.objects.for_shop(changed.shop)
    shared = of_shop.filter(email__iexact=before.email).exclude(pk=changed.pk).exists()
    ended = links.revoke_for_inbox(
        shop=changed.shop,
        recipient=before.email,
        named=before.name if shared else None,
        by=by,
        at=at,
    )
    return changed, ended
