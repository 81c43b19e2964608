"""Money, agreements and work that can never be absurd: the database refuses."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from invoices.models import DunningPosition, Instalment
from tests.factories import (
    NOW,
    BankImportFactory,
    BankTransactionFactory,
    BillingSettingsFactory,
    ClaimFactory,
    ClaimFileFactory,
    HoldFactory,
    PaymentFactory,
    PaymentPlanFactory,
    PromiseFactory,
    RefundFactory,
    StopWorkFactory,
    StopWorkFileFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db

NOTHING, BELOW = Decimal("0.00"), Decimal("-1.00")


def refuses_another(name: str, row: models.Model, **facts: Any) -> None:
    """Check that a copy of a row with other facts is refused, by the constraint of that name."""
    row.pk = uuid.uuid4()
    for field, value in facts.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        type(row)._default_manager.bulk_create([row])


def part() -> Instalment:
    found = PaymentPlanFactory().instalments.first()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "make", "facts"),
    [
        ("payment_positive", PaymentFactory, {"amount": NOTHING, "unallocated": NOTHING}),
        ("payment_no_more_than_it_was", PaymentFactory, {"unallocated": Decimal("999999.00")}),
        (
            "payment_annulled_is_on_no_invoice",
            PaymentFactory,
            {"annulled_at": NOW, "unallocated": NOTHING},
        ),
        ("payment_deposit_names_its_visit", PaymentFactory, {"purpose": "deposit"}),
        ("refund_positive", RefundFactory, {"amount": NOTHING}),
        ("hold_amount_positive", HoldFactory, {"amount": NOTHING}),
        ("promise_positive", PromiseFactory, {"amount": NOTHING}),
        ("plan_positive", PaymentPlanFactory, {"total": NOTHING}),
        ("instalment_positive", part, {"amount": NOTHING}),
        ("work_item_quantity_sane", WorkItemFactory, {"done_quantity": BELOW}),
        ("work_item_hours_sane", WorkItemFactory, {"hours_spent": BELOW}),
        ("work_item_fee_not_negative", WorkItemFactory, {"restocking_fee": BELOW}),
        ("stop_work_choice_has_its_time", StopWorkFactory, {"chosen_at": NOW}),
        ("bank_transaction_positive", BankTransactionFactory, {"amount": NOTHING}),
        (
            "bank_transaction_booked_has_its_payment",
            BankTransactionFactory,
            {"status": "booked", "payment": None},
        ),
        ("billing_storage_not_negative", BillingSettingsFactory, {"storage_daily_rate": BELOW}),
    ],
)
def test_a_row_is_sane(name: str, make: Callable[[], Any], facts: dict[str, Any]) -> None:
    refuses_another(name, make(), **facts)


def test_the_days_of_grace_follow_the_promised_day() -> None:
    promise = PromiseFactory()
    before = promise.promised_on - timedelta(days=1)
    refuses_another("promise_grace_follows", promise, grace_until=before)


@pytest.mark.parametrize(
    ("name", "make", "facts"),
    [
        ("payment_number_unique", PaymentFactory, {}),
        ("refund_number_unique", RefundFactory, {}),
        ("plan_number_unique", PaymentPlanFactory, {"status": "declined"}),
        ("plan_one_in_force_per_invoice", PaymentPlanFactory, {"number": "PLAN-2026-9999"}),
        ("instalment_in_order", part, {}),
        ("claim_file_once", ClaimFileFactory, {}),
        ("work_item_once_a_line", WorkItemFactory, {}),
        ("stop_work_one_in_force_per_order", StopWorkFactory, {}),
        ("stop_work_file_once", StopWorkFileFactory, {}),
        ("bank_import_once", BankImportFactory, {}),
        ("bank_transaction_once", BankTransactionFactory, {}),
        ("billing_settings_once_a_shop", BillingSettingsFactory, {}),
    ],
)
def test_there_is_one(name: str, make: Callable[[], Any], facts: dict[str, Any]) -> None:
    refuses_another(name, make(), **facts)


def test_a_key_stands_for_one_payment_and_a_source_for_one_hold() -> None:
    payment = PaymentFactory(idempotency_key=uuid.uuid4())
    refuses_another("payment_once_a_key", payment, number="PAY-2026-9999")
    refuses_another("hold_once_a_source", HoldFactory(source_id=uuid.uuid4()))


def test_an_invoice_has_one_open_promise_and_one_open_claim_of_a_kind() -> None:
    promise, claim = PromiseFactory(), ClaimFactory()
    other = {"hold": HoldFactory(invoice=promise.invoice)}
    refuses_another("promise_one_open_per_invoice", promise, **other)
    refuses_another("claim_one_open_of_a_kind", claim, **other)


def test_every_constraint_of_money_is_tested_beside_this() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")
    )
    named = {
        constraint.name
        for model in apps.get_app_config("invoices").get_models()
        # Beside dunning, whose words it speaks.
        if model is not DunningPosition
        for constraint in model._meta.constraints
    }
    assert {name for name in named if name not in sources} == set()
