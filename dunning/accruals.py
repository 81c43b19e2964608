"""What interest invoices have run up, read from their ledgers, holds and earlier charges."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dunning import interest
from dunning.interest import Contested, Movement, Span
from dunning.models import Fee, LadderVersion, Reminder
from dunning.states import FeeRule, FeeStatus, ReminderStatus, Template
from invoices.holding import DISPUTED
from invoices.models import DunningPosition, Hold, Invoice, LedgerEntry
from invoices.states import CHARGES, EntryKind, HoldKind
from shopdisputes.customers.models import CustomerKind
from shopdisputes.dates import local_day
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO
from shopdisputes.outbox.states import EmailStatus

_ONE_DAY = timedelta(days=1)
_AN_INSTANT = timedelta(microseconds=1)
#: What runs by agreement on days of its own is not late; what is contested is not either.
_NOT_LATE = (*DISPUTED, HoldKind.PLAN)


@dataclass(frozen=True, kw_only=True)
class Accrual:
    """The interest of an invoice since it was last charged, up to and including ``last_day``."""

    rate: Decimal
    last_day: date
    #: What bears interest on that day.
    base: Decimal
    spans: tuple[Span, ...]

    @property
    def amount(self) -> Decimal:
        """What it comes to."""
        return interest.total(self.spans)

    @property
    def a_day(self) -> Decimal:
        """What one more day costs at present."""
        return interest.a_day(self.base, rate=self.rate)

    @property
    def explanation(self) -> dict[str, Any]:
        """The computation as plain JSON, amounts as exact strings."""
        return {
            "rate": f"{self.rate:.2f}",
            "spans": [
                {
                    "from": span.first_day.isoformat(),
                    "until": span.last_day.isoformat(),
                    "days": span.days,
                    "base": f"{span.base:.2f}",
                    "amount": f"{span.amount:.2f}",
                }
                for span in self.spans
            ],
        }


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What is read at once for all invoices that were asked about."""

    movements: Mapping[UUID, Sequence[Movement]]
    contested: Mapping[UUID, Sequence[Contested]]
    agreed_days: Mapping[UUID, date]
    charged_until: Mapping[UUID, date]
    demanded_on: Mapping[UUID, date]


def rate_of(version: LadderVersion, invoice: Invoice) -> Decimal:
    """Return the interest a year that a version asks of the payer of an invoice, in percent."""
    business = invoice.customer.kind == CustomerKind.BUSINESS
    return version.interest_business if business else version.interest_person


def of(
    invoices: Sequence[Invoice],
    *,
    rates: Mapping[UUID, Decimal],
    charged_by: Collection[str] = FeeStatus.values,
    at: datetime,
) -> dict[UUID, Accrual]:
    """Return what issued invoices have run up since the last charge, in six queries at most.

    Days that a charge covers count no more if it stands as ``charged_by`` says: of a proposal
    that is waived they are never charged again.

    It runs from the day after the due day, or after a later day that was agreed; of a consumer
    where the place asks for a formal demand first, from the day after that was sent. Nothing
    runs on what is contested or in instalments; what a credit note took back never bore any.
    """
    facts = _facts(invoices, charged_by=charged_by)
    return {
        invoice.pk: _accrual(
            invoice,
            facts,
            rate=rates[invoice.pk],
            today=local_day(at, zone=invoice.shop.zone),
        )
        for invoice in invoices
    }


def _accrual(invoice: Invoice, facts: _Facts, *, rate: Decimal, today: date) -> Accrual:
    movements = facts.movements.get(invoice.pk, ())
    contested = facts.contested.get(invoice.pk, ())
    first_day = _first_day(invoice, facts)
    return Accrual(
        rate=rate,
        last_day=today,
        base=interest.base_on(today, movements=movements, contested=contested)
        if first_day is not None and rate > 0
        else ZERO,
        spans=()
        if first_day is None
        else interest.spans(
            movements=movements,
            contested=contested,
            first_day=first_day,
            last_day=today,
            rate=rate,
        ),
    )


def _first_day(invoice: Invoice, facts: _Facts) -> date | None:
    """Return the first day that may bear interest and is not charged yet; None: none may."""
    days = [invoice.due_on, facts.agreed_days.get(invoice.pk, invoice.due_on)]
    late = profiles.late_of(invoice.repair_order.profile)
    if invoice.customer.kind == CustomerKind.PERSON and late.person_interest_after_demand:
        demanded_on = facts.demanded_on.get(invoice.pk)
        if demanded_on is None:
            return None
        days.append(demanded_on)
    if charged := facts.charged_until.get(invoice.pk):
        days.append(charged)
    return max(days) + _ONE_DAY


def _facts(invoices: Sequence[Invoice], *, charged_by: Collection[str]) -> _Facts:
    keys = [invoice.pk for invoice in invoices]
    zones = {invoice.pk: invoice.shop.zone for invoice in invoices}
    return _Facts(
        movements=_movements(keys),
        contested=_contested(keys, zones),
        agreed_days=dict(
            DunningPosition.objects.filter(invoice__in=keys).values_list("invoice", "base_on")
        ),
        charged_until=_charged_until(keys, charged_by),
        demanded_on=_demanded_on(keys, zones),
    )


def _movements(keys: Sequence[UUID]) -> dict[UUID, list[Movement]]:
    entries = (
        # No interest bears interest.
        LedgerEntry.objects.filter(invoice__in=keys)
        .exclude(kind__in=CHARGES)
        .order_by("invoice", "sequence")
        .values_list("invoice", "kind", "amount", "on", "payment__received_on")
    )
    found: dict[UUID, list[Movement]] = defaultdict(list)
    for key, kind, amount, on, received_on in entries:
        if kind == EntryKind.CREDIT and found[key]:
            # What was taken back was never owed.
            on = min(on, found[key][0].on)
        elif kind == EntryKind.PAYMENT and received_on is not None:
            # The shop had the money, wherever it lay until it was put on the invoice.
            on = min(on, received_on)
        found[key].append(Movement(on=on, amount=amount))
    return found


def _contested(keys: Sequence[UUID], zones: Mapping[UUID, ZoneInfo]) -> dict[UUID, list[Contested]]:
    holds = Hold.objects.filter(invoice__in=keys, kind__in=_NOT_LATE).values_list(
        "invoice", "kind", "amount", "placed_at", "released_at", "expires_at"
    )
    found: dict[UUID, list[Contested]] = defaultdict(list)
    for key, kind, amount, placed_at, released_at, expires_at in holds:
        # It is over at the first moment of the day after its last one.
        lapsed = None if expires_at is None else expires_at - _AN_INSTANT
        ends = [moment for moment in (released_at, lapsed) if moment is not None]
        found[key].append(
            Contested(
                first_day=local_day(placed_at, zone=zones[key]),
                last_day=local_day(min(ends), zone=zones[key]) if ends else None,
                amount=None if kind == HoldKind.PLAN else amount,
            )
        )
    return found


def _charged_until(keys: Sequence[UUID], charged_by: Collection[str]) -> dict[UUID, date]:
    """Return the last day that a charge covers; of a reminder that has not left it covers none."""
    charges = (
        Fee.objects.filter(invoice__in=keys, rule=FeeRule.INTEREST, status__in=charged_by)
        .that_may_count()
        .values_list("invoice", "explanation")
    )
    found: dict[UUID, date] = {}
    for key, explanation in charges:
        for span in explanation.get("spans", ()):
            until = date.fromisoformat(span["until"])
            found[key] = max(found.get(key, until), until)
    return found


def _demanded_on(keys: Sequence[UUID], zones: Mapping[UUID, ZoneInfo]) -> dict[UUID, date]:
    """Return the day on which an invoice was first formally demanded."""
    demands = Reminder.objects.filter(
        invoice__in=keys, step__template=Template.FORMAL_DEMAND
    ).values_list("invoice", "status", "ended_at", "email__status", "email__sent_at")
    found: dict[UUID, date] = {}
    for key, status, ended_at, email, sent_at in demands:
        moment = sent_at if email == EmailStatus.SENT else ended_at
        has_left = email == EmailStatus.SENT or status == ReminderStatus.SENT
        if has_left and moment is not None:
            day = local_day(moment, zone=zones[key])
            found[key] = min(found.get(key, day), day)
    return found
