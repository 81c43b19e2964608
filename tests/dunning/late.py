"""Invoices that are late, their reminders, and what these charge, made short."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dunning.models import Fee, Reminder
from dunning.services import fees
from dunning.states import FeeRule
from invoices.models import Invoice
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    CustomerFactory,
    InvoiceFactory,
    LadderFactory,
    ReminderFactory,
    RepairOrderFactory,
)

INTEREST = {"fee_rule": FeeRule.INTEREST}
FIXED = {"fee_rule": FeeRule.FIXED, "fee_amount": Decimal("60.00")}
RATES = {"interest_business": Decimal("12.00"), "interest_person": Decimal("3.65")}
#: 30 days late at ``NOW``.
DUE_ON = date(2026, 2, 14)


def bill(
    shop: Shop, *, kind: str = "business", place: str = "FR", total: str = "1000.00"
) -> Invoice:
    """What became due on ``DUE_ON``, billed to a business or a person in this country."""
    order = RepairOrderFactory(
        shop=shop,
        vehicle__customer=CustomerFactory(shop=shop, kind=kind),
        profile=profiles.freeze(place),
    )
    return InvoiceFactory(
        repair_order=order,
        issued=True,
        total=Decimal(total),
        created_at=NOW - timedelta(days=45),
        due_on=DUE_ON,
    )


def remind(invoice: Invoice, step: dict[str, Any], *, later: int = 0, **kwargs: Any) -> Reminder:
    """A reminder of a ladder that has this step alone, ``later`` days after ``NOW``."""
    ladder = LadderFactory(shop=invoice.shop, steps=[step], limits=RATES)
    rung = ladder.versions.get().steps.get()
    reminder = ReminderFactory(invoice=invoice, step=rung, step_key=10 + later, **kwargs)
    return Reminder.objects.with_everything().get(pk=reminder.pk)


def propose(invoice: Invoice, step: dict[str, Any], *, later: int = 0) -> list[Fee]:
    """What this step proposes when its reminder leaves."""
    at = NOW + timedelta(days=later)
    sent = remind(invoice, step, later=later, status="sent", ended_at=at)
    return fees.propose(reminders=[sent], at=at)


def entries(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """The invoice's ledger: kinds with their amounts, oldest first."""
    return list(invoice.entries.in_order().values_list("kind", "amount"))
