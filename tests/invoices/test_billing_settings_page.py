"""How the shop bills: the page of its settings."""

from decimal import Decimal

import pytest
from django.test import Client

from invoices.models import settings_of
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from tests.estimates.staff import text_of, values_of

pytestmark = pytest.mark.django_db


SETTINGS = {
    "account_holder": "Garage SARL",
    "iban": "fr76 3000 6000 0112 3456 7890 189",
    "bic": "agrifrpp",
    "bank_details": "",
    "due_days": "30",
    "late_terms": "",
    "tax_note": "",
    "guarantee": "",
    "promise_grace_days": "3",
    "plan_answer_days": "7",
    "storage_daily_rate": "12,50",
    "storage_tax_rate": "20",
    "storage_free_days": "3",
}


def test_keeps_how_the_shop_bills(manager: Client, shop: Shop) -> None:
    assert manager.post("/settings/billing/", SETTINGS).status_code == 303
    saved = settings_of(shop)
    assert (saved.iban, saved.bic, saved.due_days, saved.storage_daily_rate) == (
        "FR7630006000011234567890189",
        "AGRIFRPP",
        30,
        Decimal("12.50"),
    )
    assert values_of(manager.get("/settings/billing/"), "iban") == [
        "FR76 3000 6000 0112 3456 7890 189"
    ]
    event = AuditEvent.objects.get(action="billing.changed")
    assert event.data["changes"]["due_days"] == {"old": 14, "new": 30}


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 188", "This is no IBAN"),
        ("bic", "AGRI", "This is no BIC"),
        ("due_days", "121", "less than or equal to 120"),
    ],
)
def test_refuses_an_account_that_cannot_be(
    manager: Client, shop: Shop, name: str, typed: str, words: str
) -> None:
    response = manager.post("/settings/billing/", SETTINGS | {name: typed})
    assert response.status_code == 422
    assert words in text_of(response)
    assert values_of(response, name) == [typed]
    assert settings_of(shop).pk is None or settings_of(shop).iban == ""
