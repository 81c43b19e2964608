"""Issuing: only what is covered, once, frozen, billed and sent."""

from decimal import Decimal

import pytest

from invoices.services import drafting, issuing
from tests.factories import ADVISOR, NOW, authorized_order

pytestmark = pytest.mark.django_db


def test_bills_what_was_authorized() -> None:
    order = authorized_order()
    draft = drafting.draft(repair_order=order, by=ADVISOR, at=NOW)

    invoice = issuing.issue(invoice=draft, by=ADVISOR, at=NOW)

    assert (invoice.number, invoice.total, invoice.balance) == (
        "INV-2026-0001",
        Decimal("242.28"),
        Decimal("242.28"),
    )
