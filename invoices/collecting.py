"""What of invoices may be asked for on a day, and what holds the rest."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from invoices import ageing, holding
from invoices.holding import Figures, HeldAmount
from invoices.models import DunningPosition, Hold, Instalment, Invoice, LedgerEntry
from invoices.states import CHARGES, HoldKind, InvoiceStatus, PlanStatus, Settlement
from shopdisputes.dates import local_day
from shopdisputes.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An invoice at a moment: the figures, the holds in force, and the derived states."""

    figures: Figures
    holds: tuple[Hold, ...]
    settlement: Settlement
    overdue: bool

    @property
    def disputed(self) -> bool:
        """Whether a part of it is contested."""
        return self.figures.disputed > 0

    @property
    def contested_in(self) -> list[str]:
        """The numbers of the cases and chargebacks that hold a part of it."""
        asked = (HoldKind.DISPUTE, HoldKind.CHARGEBACK)
        return [hold.subject for hold in self.holds if hold.kind in asked and hold.subject]


def of(invoices: Sequence[Invoice], *, at: datetime) -> dict[UUID, Standing]:
    """Return the standing of each invoice by its key, in a few queries however many there are.

    Where less is owed than was billed something is paid; else charges for being late say whether.
    """
    zones = {invoice.shop.timezone for invoice in invoices}
    days = {zone: local_day(at, zone=ZoneInfo(zone)) for zone in zones}
    holds: dict[UUID, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(invoice__in=[invoice.pk for invoice in invoices]).active(at=at):
        holds[hold.invoice_id].append(hold)
    planned = _not_yet_due(
        {
            invoice.pk: days[invoice.shop.timezone]
            for invoice in invoices
            if any(hold.kind == HoldKind.PLAN for hold in holds[invoice.pk])
        }
    )
    charged = charged_of([invoice for invoice in invoices if invoice.balance >= invoice.total])
    return {
        invoice.pk: _standing(
            invoice,
            holds[invoice.pk],
            planned.get(invoice.pk, ZERO),
            charged.get(invoice.pk, ZERO),
            today=days[invoice.shop.timezone],
        )
        for invoice in invoices
    }


def standing(invoice: Invoice, *, at: datetime) -> Standing:
    """Return the standing of one invoice."""
    return of([invoice], at=at)[invoice.pk]


def due_days_of(invoices: Sequence[Invoice]) -> dict[UUID, date]:
    """Return the days by which invoices are to be paid: a later one that was agreed on counts."""
    days = {invoice.pk: invoice.due_on for invoice in invoices}
    for found in DunningPosition.objects.filter(invoice__in=days):
        agreed_on = ageing.agreed_day(
            days[found.invoice_id], base_on=found.base_on, begun_on=found.begun_on
        )
        days[found.invoice_id] = agreed_on or days[found.invoice_id]
    return days


def due_day_of(invoice: Invoice) -> date:
    """Return the day by which one invoice is to be paid."""
    return due_days_of([invoice])[invoice.pk]


def charged_of(invoices: Sequence[Invoice]) -> dict[UUID, Decimal]:
    """Return what was charged for being late, less what was waived, of those that have any."""
    if not invoices:
        return {}
    return dict(
        LedgerEntry.objects.filter(
            invoice__in=[invoice.pk for invoice in invoices], kind__in=CHARGES
        )
        .values_list("invoice")
        .annotate(sum=Sum("amount"))
        .order_by()
    )


def settlement_of(invoice: Invoice, *, charged: Decimal = ZERO) -> Settlement:
    """Say how much of an invoice is paid; credit notes and written-off ones ask for nothing.

    ``charged`` is what it bears for being late, beside its total.
    """
    if invoice.balance == 0:
        return Settlement.UNPAID if invoice.status == InvoiceStatus.DRAFT else Settlement.PAID
    return Settlement.UNPAID if invoice.balance >= invoice.total + charged else Settlement.PART_PAID


def _standing(
    invoice: Invoice,
    holds: Sequence[Hold],
    not_yet_due: Decimal,
    charged: Decimal,
    *,
    today: date,
) -> Standing:
    return Standing(
        figures=holding.figures(
            balance=invoice.balance,
            holds=[HeldAmount(kind=hold.kind, amount=hold.amount) for hold in holds],
            not_yet_due=not_yet_due,
        ),
        holds=tuple(holds),
        settlement=settlement_of(invoice, charged=charged),
        overdue=invoice.balance > 0 and invoice.due_on < today,
    )


def _not_yet_due(days: dict[UUID, date]) -> dict[UUID, Decimal]:
    """Return, for invoices under a running plan, the sum of the instalments after their day."""
    sums: dict[UUID, Decimal] = {}
    for today in set(days.values()):
        rows = (
            Instalment.objects.filter(
                plan__invoice__in=[pk for pk, day in days.items() if day == today],
                plan__status=PlanStatus.ACTIVE,
                due_on__gt=today,
            )
            .values_list("plan__invoice")
            .annotate(sum=Sum("amount"))
            .order_by()
        )
        sums.update(rows)
    return sums
