"""Reading in bulk what decides about invoices: where they stand, what holds them, who pays.

The same read feeds the planner, the sender behind its locks, pages and the forecast.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from dunning import laddering
from dunning.eligibility import Facts
from dunning.laddering import InForce, Ladders
from dunning.models import DunningSettings, Reminder
from dunning.schedule import Standing
from dunning.states import CallOutcome, Channel, ReminderStatus
from invoices import ageing, holding
from invoices.holding import HeldAmount
from invoices.models import DunningPosition, Hold, Instalment, Payment, Promise
from invoices.states import HoldKind, InvoiceStatus, PaymentPurpose, PlanStatus, PromiseStatus
from shopdisputes.bulk import among
from shopdisputes.dates import format_day, local_day
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Shop

#: No gap between two contacts is longer.
LONGEST_GAP = timedelta(days=61)
_CONTACTED = (EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT)
_ISSUED = str(InvoiceStatus.ISSUED)
_PLAN = str(HoldKind.PLAN)
_DISPUTE = str(HoldKind.DISPUTE)
_OF_HOLDS = ("invoice_id", "kind", "amount", "reason", "subject", "review_on", "expires_at")


class Row(NamedTuple):
    """A position with its invoice and its payer, as it is read."""

    position: UUID
    invoice: UUID
    shop: UUID
    customer: UUID
    cycle: int
    base_on: date
    begun_on: date
    reached_key: int | None
    reached_offset: int | None
    pay_by: date | None
    look_on: date | None
    next_key: int | None
    ended_at: datetime | None
    stopped_at: datetime | None
    status: str
    balance: Decimal
    currency: str
    email: str
    line1: str
    phone: str
    own: UUID | None
    own_ladder: UUID | None
    due_on: date

    @property
    def agreed_on(self) -> date | None:
        """The later day to pay that was agreed on; None: the invoice's own counts."""
        return ageing.agreed_day(self.due_on, base_on=self.base_on, begun_on=self.begun_on)


_COLUMNS = (
    *("pk", "invoice_id", "shop_id", "customer_id", "cycle", "base_on", "begun_on"),
    *("reached_key", "reached_offset", "pay_by", "look_on", "next_key", "ended_at", "stopped_at"),
    *("invoice__status", "invoice__balance", "invoice__currency", "customer__email"),
    *("customer__line1", "customer__phone", "customer__customer_ladder__pk"),
    *("customer__customer_ladder__ladder_id", "invoice__due_on"),
)


@dataclass(slots=True)
class Case:
    """An invoice as dunning sees it at a moment."""

    row: Row
    #: The version that holds for the payer; None: there is no ladder.
    ladder: InForce | None
    facts: Facts
    standing: Standing
    #: A running plan moved the day from which steps count: they begin anew.
    moved: bool = False
    #: The due day of a running plan's oldest part that is still open, what is asked for by now;
    #: without a plan a later day to pay that was agreed on.
    later_due_on: date | None = None

    @property
    def cycle(self) -> int:
        """The cycle of what is planned next."""
        return self.row.cycle + 1 if self.moved else self.row.cycle


def of(
    invoices: Iterable[UUID],
    *,
    at: datetime,
    ladders: Ladders | None = None,
    language: str | None = None,
) -> dict[UUID, Case]:
    """Return what is known of invoices by their keys, in a few queries however many there are.

    What has no position (a draft, a credit note) is left out. ``ladders`` are those of the
    shops, when they are known already. With a ``language`` details are in that one instead of the
    shop's.
    """
    rows = rows_of(DunningPosition.objects.filter(among("invoice_id", invoices)))
    shops = Shop.objects.in_bulk({row.shop for row in rows})
    if ladders is None:
        ladders = laddering.in_force(shops)
    paused = set(
        DunningSettings.objects.filter(shop__in=shops, paused_at__isnull=False).values_list(
            "shop_id", flat=True
        )
    )
    found: dict[UUID, Case] = {}
    by_shop: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        by_shop[row.shop].append(row)
    for pk, shop_rows in by_shop.items():
        found |= gather(
            shops[pk],
            shop_rows,
            ladders=ladders,
            paused=pk in paused,
            language=language,
            at=at,
        )
    return found


def rows_of(positions: QuerySet[DunningPosition]) -> list[Row]:
    """Read positions with their invoices and payers."""
    return [Row(*values) for values in positions.values_list(*_COLUMNS)]


def gather(
    shop: Shop,
    rows: Sequence[Row],
    *,
    ladders: Ladders,
    paused: bool,
    language: str | None = None,
    at: datetime,
) -> dict[UUID, Case]:
    """Put together what is known of a shop's invoices."""
    invoices = [row.invoice for row in rows]
    holds = _holds(invoices, at=at)
    zone, language = shop.zone, language or shop.language
    today = local_day(at, zone=zone)
    payers = {row.customer for row in rows}
    plans = _plans([pk for pk, own in holds.items() if any(h.kind == _PLAN for h in own)])
    unallocated = _unallocated(payers)
    contacted = contacts(payers, zone=zone, today=today)
    broken = _broken(payers)
    none: tuple[Hold, ...] = ()
    cases = {}
    with translation.override(language):
        for row in rows:
            ladder = ladders.of(row.shop, row.own_ladder)
            own = holds.get(row.invoice, none)
            collectible, base_on, part_on = row.balance, row.base_on, None
            open_part: date | None = None
            if own:
                parts = plans.get(row.invoice, ())
                figures = holding.figures(
                    balance=row.balance,
                    holds=[HeldAmount(kind=hold.kind, amount=hold.amount) for hold in own],
                    not_yet_due=sum((amount for day, amount in parts if day > today), ZERO),
                )
                collectible = figures.collectible
                open_part = _oldest_open(parts, left=figures.planned + collectible)
                if open_part is not None:
                    base_on = open_part
                    if figures.planned == row.balance:
                        part_on = open_part
            moved = base_on != row.base_on
            cases[row.invoice] = Case(
                row,
                ladder,
                Facts(
                    row.status == _ISSUED and row.balance > 0,
                    row.balance,
                    collectible,
                    row.currency,
                    language,
                    held_by(own, zone=zone, language=language) if own else "",
                    part_on,
                    ladder.version.min_amount if ladder else ZERO,
                    ladder.version.min_gap_days if ladder else 1,
                    paused,
                    row.stopped_at is not None,
                    row.own is not None and row.own_ladder is None,
                    unallocated.get(row.customer, ZERO),
                    bool(row.email),
                    bool(row.line1),
                    bool(row.phone),
                    contacted.get(row.customer),
                    broken.get(row.customer, 0),
                ),
                Standing(base_on=base_on, begun_on=today)
                if moved
                else Standing(
                    base_on=base_on,
                    begun_on=row.begun_on,
                    reached_key=row.reached_key,
                    reached_offset=row.reached_offset,
                    pay_by=row.pay_by,
                ),
                moved,
                open_part or row.agreed_on,
            )
    return cases


def held_by(holds: Iterable[Hold], *, zone: ZoneInfo, language: str) -> str:
    """Name holds in the active language, a dispute with why and when somebody looks at it again."""
    return ", ".join(_held_by(hold, zone=zone, language=language) for hold in holds)


def _held_by(hold: Hold, *, zone: ZoneInfo, language: str) -> str:
    # In brackets: "Customer says it is paid until …" would be what the customer says.
    if hold.last_moment is not None:
        day = format_day(local_day(hold.last_moment, zone=zone), language=language)
        return _("%(hold)s (until %(day)s)") % {"hold": hold.told, "day": day}
    if hold.kind != _DISPUTE or not hold.subject:
        return hold.told
    more = [hold.reason] if hold.reason else []
    if hold.review_on is not None:
        day = format_day(hold.review_on, language=language)
        more.append(_("to be looked at on %(day)s") % {"day": day})
    return f"{hold.told} ({', '.join(more)})" if more else hold.told


def contacts(customers: Collection[UUID], *, zone: ZoneInfo, today: date) -> dict[UUID, date]:
    """Return the shop's day of the last contact about money with each customer, if lately.

    A mail that may have arrived is a contact, a call that nobody answered is none.
    """
    since = today - LONGEST_GAP
    mailed = (
        OutgoingEmail.objects.filter(
            among("customer_id", customers),
            kind="reminder",
            status__in=_CONTACTED,
            handed_at__date__gte=since,
        )
        .values_list("customer_id")
        .annotate(last=Max("handed_at"))
        .order_by()
    )
    others = (
        Reminder.objects.filter(
            Q(channel=Channel.LETTER)
            | Q(channel=Channel.CALL, outcome__in=[CallOutcome.REACHED, CallOutcome.MESSAGE]),
            among("customer_id", customers),
            status=ReminderStatus.SENT,
            ended_at__date__gte=since,
        )
        .values_list("customer_id")
        .annotate(last=Max("ended_at"))
        .order_by()
    )
    found: dict[UUID, date] = {}
    for customer, moment in (*mailed, *others):
        day = local_day(moment, zone=zone)
        found[customer] = max(found.get(customer, day), day)
    return found


def _holds(invoices: Sequence[UUID], *, at: datetime) -> Mapping[UUID, Sequence[Hold]]:
    found: dict[UUID, list[Hold]] = defaultdict(list)
    rows = Hold.objects.filter(among("invoice_id", invoices)).active(at=at)
    for hold in rows.only(*_OF_HOLDS):
        found[hold.invoice_id].append(hold)
    return found


def _plans(invoices: Sequence[UUID]) -> Mapping[UUID, Sequence[tuple[date, Decimal]]]:
    if not invoices:
        return {}
    parts: dict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
    for invoice, day, amount in (
        Instalment.objects.filter(plan__invoice__in=invoices, plan__status=PlanStatus.ACTIVE)
        .order_by("position")
        .values_list("plan__invoice_id", "due_on", "amount")
    ):
        parts[invoice].append((day, amount))
    return parts


def _oldest_open(parts: Sequence[tuple[date, Decimal]], *, left: Decimal) -> date | None:
    """Return the day of the oldest part that is not paid, when ``left`` is unpaid of them all.

    Payments cover the earliest parts first.
    """
    day = None
    for due_on, amount in reversed(parts):
        if left <= 0:
            break
        day, left = due_on, left - amount
    return day


def _unallocated(customers: Collection[UUID]) -> dict[UUID, Decimal]:
    """Return what of customers' money is on no invoice; deposits on open visits do not count."""
    kept = Q(purpose=PaymentPurpose.DEPOSIT, repair_order__status=RepairOrderStatus.OPEN)
    return dict(
        Payment.objects.filter(among("customer_id", customers))
        .unallocated()
        .exclude(kept)
        .values_list("customer_id")
        .annotate(sum=Sum("unallocated"))
        .order_by()
    )


def _broken(customers: Collection[UUID]) -> dict[UUID, int]:
    return dict(
        Promise.objects.filter(
            among("invoice__customer_id", customers), status=PromiseStatus.BROKEN
        )
        .values_list("invoice__customer_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
