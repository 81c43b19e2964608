"""What of invoices is in cases, or is to be done again, and cannot be contested beside that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from disputes.models import DisputeItem, ReworkRequest
from disputes.states import ItemState
from invoices.models import Invoice
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop


@dataclass(frozen=True, kw_only=True)
class Taken:
    """By keys of lines, and of invoices that are contested as a whole: where they are taken.

    ``amounts``: how much of each invoice is, tax included.
    """

    cases: Mapping[UUID, str]
    reworks: Mapping[UUID, str]
    amounts: Mapping[UUID, Decimal]


def taken_of(shop: Shop, invoices: Sequence[Invoice]) -> Taken:
    """Return what of a shop's invoices is taken, in three queries.

    An invoice of which nothing is left is named with the first of what took it.
    """
    cases: dict[UUID, str] = {}
    reworks: dict[UUID, str] = {}
    amounts: defaultdict[UUID, Decimal] = defaultdict(lambda: ZERO)
    first: dict[UUID, tuple[dict[UUID, str], str]] = {}
    items = DisputeItem.objects.for_shop(shop).filter(state=ItemState.OPEN, invoice__in=invoices)
    for item in items.select_related("case").order_by("added_at", "pk"):
        cases[item.line_id or item.invoice_id] = item.case.number
        amounts[item.invoice_id] += item.amount
        first.setdefault(item.invoice_id, (cases, item.case.number))
    running = ReworkRequest.objects.for_shop(shop).running().filter(invoice__in=invoices)
    for rework in running.prefetch_related("lines").order_by("asked_at", "pk"):
        reworks |= {line.pk: rework.number for line in rework.lines.all()}
        amounts[rework.invoice_id] += rework.amount
        first.setdefault(rework.invoice_id, (reworks, rework.number))
    for invoice in invoices:
        if invoice.pk in first and amounts[invoice.pk] >= invoice.total:
            where, number = first[invoice.pk]
            where.setdefault(invoice.pk, number)
    return Taken(cases=cases, reworks=reworks, amounts=amounts)
