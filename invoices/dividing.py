"""How payments are divided: what of each stands on which invoice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from invoices.models import Invoice, LedgerEntry, Payment
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop


@dataclass(frozen=True, kw_only=True)
class Share:
    """What of a payment stands on an invoice; above zero."""

    invoice: Invoice
    amount: Decimal


def shares_of(payment: Payment) -> list[Share]:
    """Return what of a payment stands on invoices, by their numbers; in two queries."""
    sums = dict(
        LedgerEntry.objects.for_shop(payment.shop)
        .filter(payment=payment)
        .values_list("invoice")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    standing = {pk: -amount for pk, amount in sums.items() if amount < 0}
    invoices = (
        Invoice.objects.for_shop(payment.shop)
        .filter(pk__in=standing)
        .select_related("repair_order")
        .order_by("number")
    )
    return [Share(invoice=each, amount=standing[each.pk]) for each in invoices]


def ever_on(payment: Payment) -> set[UUID]:
    """Return the keys of the invoices that a payment was ever put on."""
    entries = LedgerEntry.objects.for_shop(payment.shop).filter(payment=payment)
    return set(entries.values_list("invoice_id", flat=True).order_by())


def numbers_of(payments: Sequence[Payment], *, shop: Shop) -> dict[UUID, list[str]]:
    """Return the numbers of the invoices on which each payment stands, by its id; one query."""
    rows = (
        LedgerEntry.objects.for_shop(shop)
        .filter(payment__in=payments)
        .values_list("payment", "invoice__number")
        .annotate(sum=Sum("amount"))
        .filter(sum__lt=0)
        .order_by("invoice__number")
    )
    found: dict[UUID, list[str]] = {}
    for payment, number, _sum in rows:
        found.setdefault(payment, []).append(number)
    return found


def suggested(amount: Decimal, owed: Iterable[tuple[UUID, Decimal]]) -> dict[UUID, Decimal]:
    """Return how an amount is best put on invoices, by their ids: in the order in which they come.

    ``owed`` is each invoice with what may be put on it; the sum is never above ``amount``.
    """
    parts: dict[UUID, Decimal] = {}
    left = amount
    for invoice, most in owed:
        part = min(left, most)
        if part <= ZERO:
            continue
        parts[invoice] = part
        left -= part
    return parts
