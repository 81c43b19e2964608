"""What banks ask, take and give back, made short."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from disputes import invariants
from disputes.models import Chargeback, ChargebackNotice, ChargebackPart
from disputes.services import bank_answers, charging_back
from disputes.states import BankOutcome
from invoices import invariants as money_invariants
from invoices.models import Hold, Invoice, LedgerEntry, Payment
from invoices.states import HoldKind
from shopdisputes.actors import Actor
from tests.disputes.cases import DESK, everything
from tests.factories import NOW, InvoiceFactory
from tests.invoices.money import pay

#: Monday, 30 March 2026, 17:00 in Paris, where the clocks were put forward the night before.
DUE = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
#: No shop's clock can tell these.
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def paid(total: str = "120.00", amount: str | None = None) -> tuple[Invoice, Payment]:
    """An issued invoice, and the payment that is on it."""
    invoice = InvoiceFactory(issued=True, total=Decimal(total))
    return invoice, pay(invoice.customer, amount or total, (invoice, amount or total))


def asked(payment: Payment, amount: str | None = None, **facts: Any) -> Chargeback:
    """A chargeback of a payment: all of it, unless an amount is given."""
    told: dict[str, Any] = {
        "kind": "chargeback",
        "amount": Decimal(amount) if amount else payment.amount,
        "reference": "ARN-7",
        "network_reason": "13.1 Services not received",
        "evidence_due_by": DUE,
        "by": DESK,
        "at": NOW,
    }
    return charging_back.record(payment=payment, **told | facts)


def withdraw(chargeback: Chargeback) -> Chargeback:
    """The bank takes the money."""
    return charging_back.withdraw_funds(chargeback=chargeback, by=DESK, at=NOW)


def reinstate(chargeback: Chargeback) -> Chargeback:
    """The bank gives it back."""
    return charging_back.reinstate(chargeback=chargeback, by=DESK, at=NOW)


def close(chargeback: Chargeback, outcome: BankOutcome, by: Actor = DESK) -> Chargeback:
    """The bank decides."""
    return bank_answers.close(chargeback=chargeback, outcome=outcome, by=by, at=NOW)


def standing(payment: Payment) -> tuple[str, str, str]:
    """What of a payment is on invoices, on none, and with the bank."""
    now = Payment.objects.get(pk=payment.pk)
    return str(now.allocated), str(now.unallocated), str(now.charged_back)


def parts(chargeback: Chargeback) -> dict[str, str]:
    """What of it falls on each invoice, by its number."""
    found = ChargebackPart.objects.filter(chargeback=chargeback).order_by("invoice__number")
    return {part.invoice.number: str(part.amount) for part in found}


def holding(invoice: Invoice) -> list[str]:
    """The amounts that chargebacks hold on an invoice."""
    found = Hold.objects.filter(invoice=invoice, kind=HoldKind.CHARGEBACK, released_at=None)
    return [str(hold.amount) for hold in found.order_by("placed_at", "pk")]


def all_of_it() -> list[Any]:
    """What must not change when something is refused."""
    models: tuple[Any, ...] = (
        *(Invoice, Payment, LedgerEntry, Chargeback, ChargebackPart, ChargebackNotice),
    )
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [*everything(), *rows]


def nothing_is_broken() -> None:
    """What banks took and gave back adds up, in the cases and in the ledgers."""
    assert [*invariants.broken()] == []
    ledgers = [*money_invariants._ledgers(), *money_invariants._payments()]
    assert ledgers == []
    assert [*money_invariants._held_for_nothing()] == []
