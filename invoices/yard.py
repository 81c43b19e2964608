"""A vehicle's days in the yard as they stand at a moment: reckoned anew each time, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from invoices import storing
from invoices.holding import DISPUTED
from invoices.models import Hold, Invoice, StorageNotice, StorageSuspension
from invoices.states import ClaimKind, HoldKind, InvoiceKind, InvoiceStatus, StorageDayState
from invoices.storing import Day, Span, Stretch
from shopdisputes.dates import local_day
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import to_cents
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.contributions import contributions


@dataclass(frozen=True, kw_only=True)
class Account:
    """What one notice comes to. Amounts named ``net`` are before tax, ``total`` is with tax.

    ``today`` is the last day reckoned: the shop's day, or the one on which the clock stopped or
    the visit ended.
    ``suspension`` is the one in force then, ``disputed`` says that a dispute alone suspends it.
    """

    notice: StorageNotice
    today: date
    days: tuple[Day, ...]
    suspension: StorageSuspension | None
    disputed: bool

    @property
    def stretches(self) -> list[Stretch]:
        """Days in a row of which all is the same."""
        return storing.stretches(self.days)

    @property
    def counted(self) -> int:
        """How many days count."""
        return len(storing.counted(self.days))

    @property
    def net(self) -> Decimal:
        """What the counted days cost, before tax."""
        return storing.amount_of(self.days)

    @property
    def total(self) -> Decimal:
        """What the counted days cost, with tax."""
        return with_tax(self.net, self.notice.tax_rate)

    @property
    def unbilled(self) -> list[Day]:
        """The counted days that stand on no invoice."""
        return storing.unbilled(self.days)

    @property
    def unbilled_total(self) -> Decimal:
        """What these cost, with tax."""
        return with_tax(storing.amount_of(self.unbilled), self.notice.tax_rate)

    @property
    def daily_total(self) -> Decimal:
        """What a day costs, with tax."""
        return with_tax(self.notice.daily_rate, self.notice.tax_rate)

    @property
    def state(self) -> StorageDayState | None:
        """What the last day is; None when the clock stopped before the vehicle was ready."""
        return self.days[-1].state if self.days else None


def with_tax(net: Decimal, rate: Decimal) -> Decimal:
    """Add tax to an amount; ``rate`` in percent."""
    return to_cents(net * (1 + rate / 100))


def notice_day(notice: StorageNotice) -> date:
    """Return the shop's day on which a notice went out."""
    return local_day(notice.sent_at, zone=notice.shop.zone)


def account(notice: StorageNotice, *, at: datetime) -> Account:
    """Reckon a notice's days up to the shop's day of ``at``, at most to where it was stopped.

    A visit that was closed without a hand-over ends it too: the vehicle is gone.
    """
    zone = notice.shop.zone
    today = local_day(at, zone=zone)
    if notice.stopped_on is not None:
        today = min(today, notice.stopped_on)
    if notice.repair_order.closed_at is not None:
        today = min(today, local_day(notice.repair_order.closed_at, zone=zone))
    suspensions = list(
        StorageSuspension.objects.filter(notice=notice).order_by("from_on", "recorded_at")
    )
    disputes = [] if _disputes_count(notice) else _disputes(notice)
    spans = [
        *(
            Span(first=each.from_on, last=each.until_on, why=each.get_reason_display())
            for each in suspensions
        ),
        *disputes,
    ]
    return Account(
        notice=notice,
        today=today,
        days=tuple(
            storing.days(
                ready_on=notice.ready_on,
                notice_on=notice_day(notice),
                first_day=notice.first_day,
                daily_rate=notice.daily_rate,
                suspensions=spans,
                until=today,
                billed_until=billed_until(notice.repair_order_id),
            )
        ),
        suspension=next((each for each in suspensions if each.until_on is None), None),
        disputed=any(span.holds(today) for span in disputes),
    )


def accounts(repair_order: RepairOrder, *, at: datetime) -> list[Account]:
    """Reckon every notice of a visit, the newest first."""
    notices = (
        StorageNotice.objects.filter(repair_order=repair_order)
        .select_related("shop", "repair_order__customer", "repair_order__vehicle", "document")
        .order_by("-sent_at", "pk")
    )
    return [account(notice, at=at) for notice in notices]


def billed_until(repair_order_id: UUID) -> date | None:
    """Return the last day that stands on an issued storage invoice of a visit."""
    standing = (InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF)
    found: date | None = Invoice.objects.filter(
        repair_order=repair_order_id, kind=InvoiceKind.STORAGE, status__in=standing
    ).aggregate(last=Max("performed_on"))["last"]
    return found


def _disputes_count(notice: StorageNotice) -> bool:
    return profiles.storage_of(notice.repair_order.profile).during_dispute


def _disputes(notice: StorageNotice) -> Sequence[Span]:
    """Return the days on which the visit's charges were contested: from the first hold on.

    A hold that belongs to a case does not count by itself: the case says whether storage pauses.
    """
    zone = notice.shop.zone
    contested = list(
        Hold.objects.filter(
            Q(kind__in=DISPUTED) | Q(claim__kind=ClaimKind.SOMETHING_WRONG),
            invoice__repair_order=notice.repair_order_id,
        )
        .exclude(kind=HoldKind.DISPUTE, source_id__isnull=False)
        .order_by("placed_at", "pk")
        .values_list("placed_at", "released_at")
    )
    for part in contributions():
        contested += part.storage_pauses(notice.repair_order_id)
    return [
        Span(
            first=local_day(placed_at, zone=zone),
            last=local_day(released_at, zone=zone) if released_at else None,
            why=_("Dispute about the repair"),
        )
        for placed_at, released_at in contested
    ]
