"""What a customer owes at a moment, invoice by invoice, and what of their money waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from invoices import ageing, collecting
from invoices.ageing import Bucket
from invoices.collecting import Standing
from invoices.models import Invoice, Payment
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day
from shopdisputes.money import ZERO


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """An issued invoice of which something is owed."""

    invoice: Invoice
    standing: Standing
    bucket: Bucket
    days_late: int

    @property
    def kept_back(self) -> Decimal:
        """What is owed and not asked for, for other reasons than a dispute."""
        figures = self.standing.figures
        return figures.promised + figures.planned + figures.held


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A customer's open items, the oldest due first, and the payments not all put on invoices.

    All amounts are in the shop's currency, tax included. ``ageing`` sums the balances.
    """

    customer: Customer
    on: date
    items: tuple[OpenItem, ...]
    payments: tuple[Payment, ...]
    ageing: Mapping[Bucket, Decimal]

    @cached_property
    def balance(self) -> Decimal:
        """What is owed altogether; money that waits is not taken off."""
        return sum((item.standing.figures.balance for item in self.items), ZERO)

    @cached_property
    def disputed(self) -> Decimal:
        """What of it is contested."""
        return sum((item.standing.figures.disputed for item in self.items), ZERO)

    @cached_property
    def kept_back(self) -> Decimal:
        """What of it is promised, planned for later or held."""
        return sum((item.kept_back for item in self.items), ZERO)

    @cached_property
    def collectible(self) -> Decimal:
        """What of it may be asked for now."""
        return sum((item.standing.figures.collectible for item in self.items), ZERO)

    @cached_property
    def overdue(self) -> Decimal:
        """What of it is late."""
        late = (item.standing.figures.balance for item in self.items if item.standing.overdue)
        return sum(late, ZERO)

    @cached_property
    def unallocated(self) -> Decimal:
        """What the customer paid and no invoice has yet."""
        return sum((payment.unallocated for payment in self.payments), ZERO)


def of(customer: Customer, *, at: datetime) -> Statement:
    """Return a customer's statement at a moment, in four queries however much there is."""
    today = local_day(at, zone=customer.shop.zone)
    invoices = list(
        Invoice.objects.for_shop(customer.shop)
        .filter(customer=customer)
        .open_items()
        .for_lines(with_customer=False)
        .order_by("due_on", "id")
    )
    for invoice in invoices:
        # Known already: a copy of each for every row would be most of the work.
        invoice.shop, invoice.customer = customer.shop, customer
    standings = collecting.of(invoices, at=at)
    items = tuple(
        OpenItem(
            invoice=invoice,
            standing=standings[invoice.pk],
            bucket=ageing.bucket_of(invoice.due_on, today=today),
            days_late=ageing.days_late(invoice.due_on, today=today),
        )
        for invoice in invoices
    )
    return Statement(
        customer=customer,
        on=today,
        items=items,
        payments=tuple(
            Payment.objects.for_shop(customer.shop)
            .filter(customer=customer)
            .unallocated()
            .select_related("repair_order")
            .order_by("received_on", "recorded_at", "pk")
        ),
        ageing=ageing.sums((item.bucket, item.standing.figures.balance) for item in items),
    )
