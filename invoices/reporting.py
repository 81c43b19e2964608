"""What a shop's figures come to: a fixed number of queries, whatever the number of invoices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, LedgerEntry, Payment, Refund
from invoices.states import CHARGES, InvoiceKind, InvoiceStatus
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop

#: How late an open invoice is: name, words, first and last day after the day due.
BUCKETS: Sequence[tuple[str, str | Promise, int | None, int | None]] = (
    ("current", _("Not due yet"), None, 0),
    ("late_30", _("1 to 30 days late"), 1, 30),
    ("late_60", _("31 to 60 days late"), 31, 60),
    ("late_90", _("61 to 90 days late"), 61, 90),
    ("later", _("More than 90 days late"), 91, None),
)
MONTHS = 12
_MOST_DEBTORS = 10


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """What is owed on invoices of one age. ``held`` of it is disputed, promised or held."""

    name: str
    label: str | Promise
    count: int
    balance: Decimal
    held: Decimal

    @property
    def collectible(self) -> Decimal:
        """What of it may be asked for."""
        return self.balance - self.held


@dataclass(frozen=True, kw_only=True)
class Month:
    """A calendar month of the shop; all amounts include tax.

    ``invoiced`` is by the day of issue, without what was voided; ``charged`` for being late by the
    day claimed, less what was waived; ``collected`` by the day received, without what a bank has
    taken of it, less what was given back in that month.
    """

    first_day: date
    invoiced: Decimal
    credited: Decimal
    charged: Decimal
    collected: Decimal


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """A customer who owes, or whose money waits."""

    customer: UUID
    name: str
    amount: Decimal
    count: int
    oldest: date


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Money that stands on no invoice: all of it, and whose it is."""

    amount: Decimal
    count: int
    customers: tuple[Debtor, ...]


def ageing(
    shop: Shop, *, today: date, held: Iterable[tuple[date, Decimal]] = ()
) -> tuple[Bucket, ...]:
    """Return what is owed by how late it is, in one query.

    ``held`` are the amounts of open invoices that nobody may ask for, each with its day due.
    """
    sums = (
        Invoice.objects.for_shop(shop)
        .open_items()
        .aggregate(
            **{
                f"{name}_sum": Sum("balance", filter=_within(today, first, last))
                for name, _label, first, last in BUCKETS
            },
            **{
                f"{name}_count": Count("pk", filter=_within(today, first, last))
                for name, _label, first, last in BUCKETS
            },
        )
    )
    kept = dict.fromkeys((name for name, *_rest in BUCKETS), ZERO)
    for due_on, amount in held:
        kept[bucket_of(due_on, today=today)] += amount
    return tuple(
        Bucket(
            name=name,
            label=label,
            count=sums[f"{name}_count"],
            balance=sums[f"{name}_sum"] or ZERO,
            held=kept[name],
        )
        for name, label, _first, _last in BUCKETS
    )


def bucket_of(due_on: date, *, today: date) -> str:
    """Return the name of the bucket in which an open invoice is."""
    late = (today - due_on).days
    for name, _label, _first, last in BUCKETS:
        if last is not None and late <= last:
            return name
    return BUCKETS[-1][0]


def months(shop: Shop, *, today: date) -> tuple[Month, ...]:
    """Return the last twelve months, the present one last, in four queries."""
    days = _first_days(today)
    invoices = (
        Invoice.objects.for_shop(shop)
        .filter(issued_on__gte=days[0])
        .exclude(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
        .order_by()
        .annotate(month=TruncMonth("issued_on"))
        .values("month")
        .annotate(
            invoiced=Sum("total", filter=~Q(kind=InvoiceKind.CREDIT_NOTE)),
            credited=Sum("total", filter=Q(kind=InvoiceKind.CREDIT_NOTE)),
        )
    )
    billed = {row["month"]: row for row in invoices}
    charged = dict(
        LedgerEntry.objects.for_shop(shop)
        .filter(on__gte=days[0], kind__in=CHARGES)
        .order_by()
        .annotate(month=TruncMonth("on"))
        .values_list("month")
        .annotate(sum=Sum("amount"))
    )
    received = dict(
        Payment.objects.for_shop(shop)
        .standing()
        .filter(received_on__gte=days[0])
        .order_by()
        .annotate(month=TruncMonth("received_on"))
        .values_list("month")
        .annotate(sum=Sum(F("amount") - F("charged_back")))
    )
    given_back = dict(
        Refund.objects.for_shop(shop)
        .filter(refunded_on__gte=days[0])
        .order_by()
        .annotate(month=TruncMonth("refunded_on"))
        .values_list("month")
        .annotate(sum=Sum("amount"))
    )
    return tuple(
        Month(
            first_day=day,
            invoiced=(billed.get(day) or {}).get("invoiced") or ZERO,
            credited=(billed.get(day) or {}).get("credited") or ZERO,
            charged=charged.get(day, ZERO),
            collected=received.get(day, ZERO) - given_back.get(day, ZERO),
        )
        for day in days
    )


def debtors(shop: Shop) -> tuple[Debtor, ...]:
    """Return the customers who owe most, the largest debt first, in one query."""
    rows = (
        Invoice.objects.for_shop(shop)
        .open_items()
        .order_by()
        .values_list("customer_id", "customer__name")
        .annotate(sum=Sum("balance"), count=Count("pk"), oldest=Min("due_on"))
        .order_by("-sum", "customer__name", "customer_id")[:_MOST_DEBTORS]
    )
    return tuple(_debtors(rows))


def unallocated(shop: Shop) -> Waiting:
    """Return the money that stands on no invoice, in two queries."""
    found = Payment.objects.for_shop(shop).unallocated()
    sums = found.aggregate(sum=Sum("unallocated"), count=Count("pk"))
    rows = (
        found.order_by()
        .values_list("customer_id", "customer__name")
        .annotate(sum=Sum("unallocated"), count=Count("pk"), oldest=Min("received_on"))
        .order_by("-sum", "customer__name", "customer_id")[:_MOST_DEBTORS]
    )
    return Waiting(amount=sums["sum"] or ZERO, count=sums["count"], customers=tuple(_debtors(rows)))


def _debtors(rows: Iterable[tuple[UUID, str, Decimal, int, date]]) -> Iterable[Debtor]:
    for customer, name, amount, count, oldest in rows:
        yield Debtor(customer=customer, name=name, amount=amount, count=count, oldest=oldest)


def _within(today: date, first: int | None, last: int | None) -> Q:
    """Return the condition that a day due is between so many days ago."""
    condition = Q()
    if first is not None:
        condition &= Q(due_on__lte=today - timedelta(days=first))
    if last is not None:
        condition &= Q(due_on__gte=today - timedelta(days=last))
    return condition


def _first_days(today: date) -> list[date]:
    """Return the first days of the last twelve months, the oldest first."""
    count = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(count - MONTHS + 1, count + 1)]
