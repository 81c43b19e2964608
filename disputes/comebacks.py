"""What banks took back and what was to be done again, counted for the reports."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise

from disputes.models import Chargeback, ReworkRequest
from disputes.states import ChargebackStatus, ReworkStatus
from invoices.models import Invoice
from invoices.services import cancelling
from invoices.services.cancelling import Completion
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.dates import end_of_day, start_of_day
from shopdisputes.money import ZERO, to_cents
from shopdisputes.shops.models import Shop

#: Who was right in the end.
SHOP, CUSTOMER, BOTH = "shop", "customer", "both"
#: How a bank decided, and who was right by that.
DECIDED = {
    ChargebackStatus.WON: SHOP,
    ChargebackStatus.CLOSED: BOTH,
    ChargebackStatus.LOST: CUSTOMER,
    ChargebackStatus.ACCEPTED: CUSTOMER,
}
_DONE_AGAIN = Q(delivered_at__isnull=False)
_DISPUTED = Q(status=ReworkStatus.DISPUTED)
_FIXED = Q(status__in=[ReworkStatus.CONFIRMED, ReworkStatus.AUTO_CONFIRMED])
_NOT_FIXED = Q(status=ReworkStatus.NOT_FIXED) | (_DISPUTED & _DONE_AGAIN)
#: What is refused runs: the customer has his days to answer, and the shop may still accept.
_WITHOUT = Q(status__in=[ReworkStatus.CLOSED_AS_IS, ReworkStatus.CANCELLED]) | (
    _DISPUTED & ~_DONE_AGAIN
)
#: What became of work that a customer wanted done again.
BECAME = {
    "fixed": _FIXED,
    "not_fixed": _NOT_FIXED,
    "without": _WITHOUT,
    "running": ~_FIXED & ~_NOT_FIXED & ~_WITHOUT,
}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Cases or chargebacks that ended one way in the period, with what they were about."""

    key: str
    label: str | Promise
    verdict: str
    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Comebacks:
    """Work that customers asked in the period to have done again.

    ``fixed`` was confirmed by the customer or by silence, ``not_fixed`` he complained of after it
    was done again, ``without`` ended without being done again, ``running`` has not ended.
    ``invoices`` were issued in the period, without credit notes and what was voided.
    """

    asked: int
    fixed: int
    not_fixed: int
    without: int
    running: int
    invoices: int
    visits: Completion

    @property
    def rate(self) -> Decimal | None:
        """Requests for every hundred invoices, two places; None when none was issued."""
        return to_cents(Decimal(100 * self.asked) / self.invoices) if self.invoices else None

    @property
    def rate_of_visits(self) -> Decimal | None:
        """Requests for every hundred visits that were completed; None when none was."""
        done = self.visits.completed
        return to_cents(Decimal(100 * self.asked) / done) if done else None


def chargebacks(shop: Shop, *, since: date, today: date) -> dict[str, Ending]:
    """Return by status what banks took back and decided in the period, in one query.

    Those for which evidence is due are counted whenever they came.
    """
    waiting = ChargebackStatus.NEEDS_RESPONSE
    in_period = _within("closed_at", shop, since=since, today=today)
    sums = {
        status: (count, amount or ZERO)
        for status, count, amount in Chargeback.objects.for_shop(shop)
        .filter(Q(status=waiting) | in_period)
        .order_by()
        .values_list("status")
        .annotate(
            count=Count("pk"),
            sum=Sum("amount", filter=Q(payment__currency=shop.currency)),
        )
    }
    return {
        status: Ending(
            key=str(status),
            label=status.label,
            verdict=DECIDED.get(status, ""),
            count=sums.get(status, (0, ZERO))[0],
            amount=sums.get(status, (0, ZERO))[1],
        )
        for status in (*DECIDED, waiting)
    }


def comebacks(shop: Shop, *, since: date, today: date) -> Comebacks:
    """Return what was to be done again, in three queries."""
    asked = ReworkRequest.objects.for_shop(shop).filter(
        _within("asked_at", shop, since=since, today=today)
    )
    counts = asked.aggregate(
        asked=Count("pk"),
        **{name: Count("pk", filter=condition) for name, condition in BECAME.items()},
    )
    invoices = Invoice.objects.for_shop(shop).exclude(
        Q(kind=InvoiceKind.CREDIT_NOTE) | Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
    )
    return Comebacks(
        **counts,
        invoices=invoices.filter(issued_on__range=(since, today)).count(),
        visits=cancelling.completion_rate(shop, since=since, until=today),
    )


def _within(field: str, shop: Shop, *, since: date, today: date) -> Q:
    """Return the condition that a moment lies on a day of the period."""
    return Q(
        **{
            f"{field}__gte": start_of_day(since, zone=shop.zone),
            f"{field}__lt": end_of_day(today, zone=shop.zone),
        }
    )
