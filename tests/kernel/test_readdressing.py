"""A customer with another e-mail address: what was mailed to the old one."""

from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails
from shopdisputes.links import readdressing
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.shops.models import Membership, Shop
from tests.factories import NOW, AccessLinkFactory, CustomerFactory

pytestmark = pytest.mark.django_db

OLD = "old@mail.example"


@pytest.fixture
def customer(shop: Shop) -> Customer:
    made: Customer = CustomerFactory(shop=shop, name="Camille Durand", email=OLD)
    return made


def link(customer: Customer, **facts: Any) -> AccessLink:
    given = {"recipient": customer.email, "recipient_name": customer.name, "revoked_at": None}
    made: AccessLink = AccessLinkFactory(shop=customer.shop, **given | facts)
    return made


def change(customer: Customer, by: Actor, end_links: bool = True, **news: str) -> int:
    known = {name: getattr(customer, name) for name in asdict(CustomerDetails(name=""))}
    details = CustomerDetails(**known | news)
    _changed, ended = readdressing.change_customer(
        customer=customer, details=details, end_links=end_links, by=by, at=NOW
    )
    return ended


def live() -> set[Any]:
    return set(AccessLink.objects.live(at=NOW).values_list("pk", flat=True))


def test_ends_what_opens_from_the_old_inbox_and_nothing_else(customer: Customer, by: Actor) -> None:
    theirs = [link(customer), link(customer, recipient="Old@Mail.example")]
    others = [
        link(customer, recipient="new@mail.example"),
        link(customer, purpose=LinkPurpose.RESOLVER),
        AccessLinkFactory(recipient=OLD),
    ]

    assert change(customer, by, email="new@mail.example") == 2

    assert live() == {each.pk for each in others}
    told = AuditEvent.objects.filter(action="link.revoked").values_list("target_id", flat=True)
    assert set(told) == {each.pk for each in theirs}


def test_leaves_links_alone_while_the_address_stays_or_nobody_wants_it(
    customer: Customer, by: Actor
) -> None:
    kept = link(customer)

    assert change(customer, by, email=OLD.upper()) == 0
    assert change(customer, by, name="Camille Martin") == 0
    assert change(customer, by, end_links=False, email="new@mail.example") == 0

    assert live() == {kept.pk}


def test_a_shared_inbox_keeps_what_the_other_customer_got(customer: Customer, by: Actor) -> None:
    other = CustomerFactory(shop=customer.shop, name="Paul Durand", email=OLD)
    link(customer)
    kept = link(other)

    assert change(customer, by, email="new@mail.example") == 1

    assert live() == {kept.pk}


def test_the_page_offers_it_ticked_and_says_how_many_ended(
    customer: Customer, owner: Membership, client: Client
) -> None:
    client.force_login(owner.user)
    link(customer)
    url = reverse("customer-edit", args=[customer.pk])
    form = client.get(url).context["form"]
    assert form["end_links"].value() is True

    typed = {"name": customer.name, "kind": "person", "language": "en", "email": "n@mail.example"}
    page = client.post(url, typed | {"end_links": "on"}, follow=True).content.decode()

    assert f"1 link sent to {OLD} does not open anything any more." in page
    assert live() == set()
    Customer.objects.update(email="")
    assert "end_links" not in client.get(url).context["form"].fields
