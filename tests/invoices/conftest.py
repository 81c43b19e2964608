"""Who works at the desk of ``shop``, and the way from its visit to its invoice."""

import pytest
from django.test import Client

from invoices.models import Invoice
from invoices.services import drafting, issuing
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.estimates.staff import browser_of
from tests.factories import ADVISOR, NOW, authorized_order


@pytest.fixture
def desk(shop: Shop) -> Client:
    """The browser of an advisor."""
    return browser_of(shop)


@pytest.fixture
def manager(shop: Shop) -> Client:
    """The browser of a manager."""
    return browser_of(shop, Role.MANAGER)


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    """A visit of which the customer authorized everything."""
    return authorized_order(shop)


@pytest.fixture
def draft(order: RepairOrder) -> Invoice:
    """A draft of everything that was authorized."""
    return drafting.draft(repair_order=order, by=ADVISOR, at=NOW)


@pytest.fixture
def issued(draft: Invoice) -> Invoice:
    """The invoice that became of the draft."""
    return issuing.issue(invoice=draft, by=ADVISOR, at=NOW)
