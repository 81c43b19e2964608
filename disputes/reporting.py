"""What a shop's disputes come to: a fixed number of queries, whatever the number of cases."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disputes.comebacks import (
    BOTH,
    CUSTOMER,
    DECIDED,
    SHOP,
    Comebacks,
    Ending,
    chargebacks,
    comebacks,
)
from disputes.models import DisputeCase, DisputeItem, DisputeReason
from disputes.states import (
    ENDED,
    Cause,
    ChargebackStatus,
    ClosingCode,
    ItemState,
)
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.money import ZERO, to_cents
from shopdisputes.shops.models import Shop

#: How long a case has run: words, first and last day after that on which it was opened.
AGES: Sequence[tuple[str | Promise, int, int | None]] = (
    (_("Up to a week"), 0, 7),
    (_("8 to 30 days"), 8, 30),
    (_("31 to 60 days"), 31, 60),
    (_("61 to 90 days"), 61, 90),
    (_("More than 90 days"), 91, None),
)
#: Between these a case is small or large, in the shop's currency.
SIZES = tuple(to_cents(Decimal(edge)) for edge in (100, 300, 1000, 3000, 10_000, 30_000, 100_000))
#: What stands in an address for "nobody", "nothing was said".
NONE = "-"
_VERDICTS = {
    ClosingCode.SHOP_RIGHT: SHOP,
    ClosingCode.WITHDRAWN: SHOP,
    ClosingCode.DUPLICATE: SHOP,
    ClosingCode.UNREACHABLE: SHOP,
    ClosingCode.SHARED: BOTH,
    ClosingCode.GOODWILL: BOTH,
    ClosingCode.SHOP_WRONG: CUSTOMER,
}


@dataclass(frozen=True, kw_only=True)
class Age:
    """Running cases that were opened so many days ago, and what they contest now."""

    label: str | Promise
    opened_from: date | None
    opened_until: date
    count: int
    contested: Decimal


@dataclass(frozen=True, kw_only=True)
class Size:
    """Cases opened in the period that contested at first ``low`` or more, and less than ``high``.

    None: however much.
    """

    low: Decimal
    high: Decimal | None
    count: int
    contested: Decimal


@dataclass(frozen=True, kw_only=True)
class Share:
    """The cases of one reason, or of one resolver.

    ``opened`` and ``ended`` happened in the period; what the former contested at first is
    ``contested``. ``running`` are those of today, whenever they were opened. Half of those that
    ended took at most ``median`` days, nine of ten at most ``ninetieth``; None when none ended.
    """

    key: str
    label: str
    opened: int
    contested: Decimal
    running: int
    contested_now: Decimal
    ended: int
    median: int | None
    ninetieth: int | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """All figures of one period; ``whole`` are all cases as one share."""

    whole: Share
    ages: tuple[Age, ...]
    sizes: tuple[Size, ...]
    reasons: tuple[Share, ...]
    resolvers: tuple[Share, ...]
    endings: tuple[Ending, ...]
    causes: tuple[Ending, ...]
    chargebacks: tuple[Ending, ...]
    waiting_chargebacks: Ending
    comebacks: Comebacks


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A case with the days of its life in the shop, what it contested, and what it does."""

    opened_on: date
    closed_on: date | None
    reason: UUID
    resolver: str
    resolver_name: str
    closing_code: str
    cause: str
    first: Decimal
    now: Decimal
    was_opened: bool
    has_ended: bool
    runs: bool


def report(shop: Shop, *, since: date, today: date) -> Report:
    """Return a shop's figures from ``since`` to today, days of the shop, in seven queries.

    Amounts are in the shop's currency; what was billed in another one is counted, not added.
    """
    rows = _rows(shop, since=since, today=today)
    ended = [row for row in rows if row.has_ended]
    taken_back = chargebacks(shop, since=since, today=today)
    return Report(
        whole=_share("", "", rows),
        ages=tuple(_ages(rows, today=today)),
        sizes=tuple(_sizes(rows)),
        reasons=tuple(_reasons(shop, rows)),
        resolvers=tuple(_resolvers(rows)),
        endings=tuple(
            _ending(code, code.label, _VERDICTS[code], [r for r in ended if r.closing_code == code])
            for code in ClosingCode
        ),
        causes=tuple(_causes(ended)),
        chargebacks=tuple(taken_back[status] for status in DECIDED),
        waiting_chargebacks=taken_back[ChargebackStatus.NEEDS_RESPONSE],
        comebacks=comebacks(shop, since=since, today=today),
    )


def _rows(shop: Shop, *, since: date, today: date) -> list[_Row]:
    """Return every case that runs, or was opened or ended in the period, in two queries."""
    cases = DisputeCase.objects.for_shop(shop)
    begins = start_of_day(since, zone=shop.zone)
    cases = cases.filter(
        ~Q(status__in=sorted(ENDED)) | Q(opened_at__gte=begins) | Q(closed_at__gte=begins)
    )
    first, now = _amounts(shop, cases)
    return [
        _row(case, first[case.pk], now[case.pk], since=since, today=today)
        for case in cases.select_related("shop").order_by("opened_at", "pk")
    ]


def _amounts(
    shop: Shop, cases: QuerySet[DisputeCase]
) -> tuple[defaultdict[UUID, Decimal], defaultdict[UUID, Decimal]]:
    """Return by case what it contested at first, and what it contests now."""
    items = (
        DisputeItem.objects.for_shop(shop)
        .filter(case__in=cases.order_by(), invoice__currency=shop.currency)
        .with_first()
        .order_by()
        .values_list("case", "amount", "state", "is_first")
    )
    first: defaultdict[UUID, Decimal] = defaultdict(lambda: ZERO)
    now: defaultdict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for case, amount, state, is_first in items:
        if is_first:
            first[case] += amount
        if state == ItemState.OPEN:
            now[case] += amount
    return first, now


def _row(case: DisputeCase, first: Decimal, now: Decimal, *, since: date, today: date) -> _Row:
    zone = case.shop.zone
    opened_on = local_day(case.opened_at, zone=zone)
    closed_on = local_day(case.closed_at, zone=zone) if case.closed_at else None
    return _Row(
        opened_on=opened_on,
        closed_on=closed_on,
        reason=case.reason_id,
        resolver=resolver_key(case),
        resolver_name=case.resolver_name,
        closing_code=case.closing_code,
        cause=case.cause,
        first=first,
        now=now,
        was_opened=since <= opened_on <= today,
        has_ended=closed_on is not None and since <= closed_on <= today,
        runs=not case.has_ended,
    )


def resolver_key(case: DisputeCase) -> str:
    """Return by what a resolver is one: the address, else the name, else ``NONE``."""
    return case.resolver_email.casefold() or case.resolver_name or NONE


def percentile(days: Iterable[int], part: Decimal) -> int | None:
    """Return the least of ``days`` that ``part`` of them do not exceed; None of none."""
    in_order = sorted(days)
    if not in_order:
        return None
    return in_order[ceil(part * len(in_order)) - 1]


def _share(key: str, label: str, rows: Iterable[_Row]) -> Share:
    rows = list(rows)
    opened = [row for row in rows if row.was_opened]
    running = [row for row in rows if row.runs]
    days = [
        (row.closed_on - row.opened_on).days
        for row in rows
        if row.has_ended and row.closed_on is not None
    ]
    return Share(
        key=key,
        label=label,
        opened=len(opened),
        contested=sum((row.first for row in opened), ZERO),
        running=len(running),
        contested_now=sum((row.now for row in running), ZERO),
        ended=len(days),
        median=percentile(days, Decimal("0.5")),
        ninetieth=percentile(days, Decimal("0.9")),
    )


def _ages(rows: Sequence[_Row], *, today: date) -> Iterable[Age]:
    running = [row for row in rows if row.runs]
    for label, first, last in AGES:
        opened_from = None if last is None else today - timedelta(days=last)
        opened_until = today - timedelta(days=first)
        found = [
            row for row in running if (opened_from or date.min) <= row.opened_on <= opened_until
        ]
        yield Age(
            label=label,
            opened_from=opened_from,
            opened_until=opened_until,
            count=len(found),
            contested=sum((row.now for row in found), ZERO),
        )


def _sizes(rows: Iterable[_Row]) -> Sequence[Size]:
    """Return how much was contested, from the smallest size that there is to the largest."""
    amounts = [row.first for row in rows if row.was_opened and row.first > 0]
    sizes = []
    for low, high in pairwise((ZERO, *SIZES, None)):
        assert low is not None
        found = [each for each in amounts if low <= each and (high is None or each < high)]
        sizes.append(Size(low=low, high=high, count=len(found), contested=sum(found, ZERO)))
    filled = [index for index, size in enumerate(sizes) if size.count]
    return sizes[filled[0] : filled[-1] + 1] if filled else []


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], Any]) -> dict[Any, list[_Row]]:
    found: dict[Any, list[_Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _reasons(shop: Shop, rows: Sequence[_Row]) -> Iterable[Share]:
    """Yield the reasons that were given, the most frequent first."""
    by_reason = _grouped(rows, lambda row: row.reason)
    reasons = DisputeReason.objects.for_shop(shop).filter(pk__in=by_reason)
    shares = [
        _share(reason.code, str(reason), by_reason[reason.pk])
        for reason in reasons.order_by("position", "code")
    ]
    return sorted(shares, key=_most_first)


def _resolvers(rows: Sequence[_Row]) -> Iterable[Share]:
    """Yield who was asked, who has most in hand first; by the name that was written last."""
    shares = [
        _share(
            key, next((row.resolver_name for row in reversed(own) if row.resolver_name), key), own
        )
        for key, own in _grouped(rows, lambda row: row.resolver).items()
    ]
    return sorted(
        shares, key=lambda share: (share.key == NONE, -share.running, *_most_first(share))
    )


def _most_first(share: Share) -> tuple[int, int]:
    return -share.opened, -share.running


def _ending(key: str, label: str | Promise, verdict: str, rows: Sequence[_Row]) -> Ending:
    amount = sum((row.first for row in rows), ZERO)
    return Ending(key=str(key), label=label, verdict=verdict, count=len(rows), amount=amount)


def _causes(ended: Sequence[_Row]) -> Iterable[Ending]:
    """Yield what ended cases came from, the most frequent first; what nobody said stands last."""
    by_cause = _grouped(ended, lambda row: row.cause)
    named = [
        _ending(cause, cause.label, "", by_cause[cause]) for cause in Cause if cause in by_cause
    ]
    yield from sorted(named, key=lambda each: -each.count)
    if unsaid := by_cause.get(""):
        yield _ending(NONE, _("Not said"), "", unsaid)
