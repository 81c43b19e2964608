"""Invoices in every stage of their life, led there by the services themselves."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from invoices import coverage
from invoices.models import Invoice, InvoiceLine
from invoices.services import drafting, ending, issuing
from invoices.services import lines as line_checks
from invoices.services.lines import InvoiceLineInput
from shopdisputes.errors import DomainError
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import NOW, authorized_order
from tests.invoices.money import BOSS, DESK, everything

#: The greater of 10.00 and 10 percent, at most 50.00: as in Florida.
TOLERANT = {"rule": "greater_of", "amount": "10.00", "percent": "10", "cap": "50.00"}


def tolerant_order(**options: Any) -> RepairOrder:
    """A visit whose frozen rules let bills go a little above what was authorized."""
    order = authorized_order(**options)
    order.profile |= {"tolerance": TOLERANT}
    order.save(update_fields=["profile"])
    return order


def drafted(order: RepairOrder | None = None, **options: Any) -> Invoice:
    """A draft of everything that was authorized."""
    told = {"by": DESK, "at": NOW} | options
    return drafting.draft(repair_order=order or authorized_order(), **told)


def issued(order: RepairOrder | None = None, **options: Any) -> Invoice:
    """An invoice of everything that was authorized, mailed."""
    return issue(drafted(order), **options)


def issue(invoice: Invoice, **options: Any) -> Invoice:
    """Issue a draft."""
    return issuing.issue(invoice=invoice, **{"by": DESK, "at": NOW} | options)


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """The lines as they stand on it."""
    return list(invoice.lines.in_order())


def typed(invoice: Invoice, *changes: dict[str, Any]) -> list[InvoiceLineInput]:
    """The lines of a draft as somebody types them anew, each with its changes."""
    rows = [line_checks.as_input(line) for line in lines_of(invoice)]
    told = [*changes, *[{}] * (len(rows) - len(changes))]
    return [replace(row, **change) for row, change in zip(rows, told, strict=True)]


def change(invoice: Invoice, lines: Sequence[InvoiceLineInput] | None, **options: Any) -> Invoice:
    """Rewrite a draft."""
    return drafting.change(invoice=invoice, lines=lines, **{"by": DESK, "at": NOW} | options)


def another(**facts: Any) -> InvoiceLineInput:
    """A line that nobody authorized: 20.00 before tax."""
    return InvoiceLineInput(
        **{
            "kind": "fee",
            "description": "Cleaning",
            "quantity": Decimal("1"),
            "unit_price": Decimal("20.00"),
            "tax_rate": Decimal("20.00"),
        }
        | facts
    )


def void(invoice: Invoice, **options: Any) -> Invoice:
    """Declare an invoice void."""
    return ending.void(
        invoice=invoice, **{"reason": "Wrong visit.", "by": BOSS, "at": NOW} | options
    )


def gaps_of(invoice: Invoice) -> list[list[str]]:
    """What each line lacks, in their order."""
    found = coverage.check(invoice)
    return [[str(gap) for gap in found.gaps.get(line.pk, [])] for line in lines_of(invoice)]


def refuses(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """Check that the business says no and nothing has changed; return how it said so."""
    before = everything()
    with pytest.raises(error) as refused:
        act()
    assert everything() == before
    return refused.value
