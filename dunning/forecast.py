"""What will be asked for in the coming days, if nothing happens until then: nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Min, Q

from dunning import earlier, facts, laddering
from dunning.deciding import Decision, decide, one_contact
from dunning.earlier import Earlier
from dunning.eligibility import because, held_part
from dunning.facts import Case, Row
from dunning.laddering import InForce, Ladders
from dunning.models import Step, settings_of
from dunning.states import Channel
from invoices.models import DunningPosition, Invoice
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.shops.models import Shop

#: Customers who are looked at, those who come first.
MOST_CUSTOMERS = 500
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One invoice in a message; with a ``reason`` it stays out of it, ``reason`` says why.

    ``held`` says how much is not asked for, and why, where the rest is.
    """

    invoice: Invoice
    step: Step
    amount: Decimal
    reason: str | None = None
    held: str = ""
    #: It leaves only when somebody approves it.
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """One contact with a customer; nothing of it leaves when all its lines have a reason."""

    customer: Customer
    channel: Channel
    lines: tuple[Line, ...]

    @property
    def leaves(self) -> bool:
        """Whether anything is asked for."""
        return any(line.reason is None for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What leaves on a day; closed days are in the list too, without messages."""

    day: date
    is_open: bool
    messages: tuple[Message, ...] = ()


@dataclass
class _Run:
    """The simulation of a shop: where invoices stand, and when customers were last contacted."""

    shop: Shop
    ladders: Ladders
    rows: dict[UUID, Row]
    known: Earlier
    paused: bool
    language: str | None = None
    contacted: dict[UUID, date] = field(default_factory=dict)
    taken: dict[tuple[UUID, int], set[int]] = field(default_factory=dict)
    told: set[tuple[UUID, str]] = field(default_factory=set)

    def play(self, today: date, *, at: datetime) -> list[Decision]:
        """Decide about everything that is looked at on a day, and move it."""
        due = [row for row in self.rows.values() if row.look_on and row.look_on <= today]
        cases = facts.gather(
            self.shop,
            due,
            ladders=self.ladders,
            paused=self.paused,
            language=self.language,
            at=at,
        )
        decisions = []
        for case in cases.values():
            contacted = self.contacted.get(case.row.customer)
            if contacted is not None:
                case.facts = case.facts._replace(contacted_on=contacted)
            key = (case.row.invoice, case.cycle)
            taken = self.known.taken(case) | self.taken.get(key, set())
            decisions.append(decide(case, today=today, taken=taken))
        one_contact(decisions, today=today)
        for decision in decisions:
            self._move(decision, today=today)
        return [decision for decision in decisions if self._is_news(decision)]

    def _move(self, decision: Decision, *, today: date) -> None:
        case, standing = decision.case, decision.standing
        if (step := decision.takes) is not None:
            self.contacted[case.row.customer] = today
            self.taken.setdefault((case.row.invoice, case.cycle), set()).add(step.key)
        self.rows[case.row.invoice] = case.row._replace(
            cycle=case.cycle,
            base_on=standing.base_on,
            begun_on=standing.begun_on,
            reached_key=standing.reached_key,
            reached_offset=standing.reached_offset,
            pay_by=standing.pay_by,
            look_on=decision.look_on,
        )

    def _is_news(self, decision: Decision) -> bool:
        """Whether a day tells of it: what is kept back for days is told once."""
        if decision.step is None:
            return False
        if decision.verdict.reason is None:
            return True
        told = (decision.case.row.invoice, decision.verdict.reason.value)
        if told in self.told:
            return False
        self.told.add(told)
        return True


def days(
    shop: Shop,
    at: datetime,
    days: int = 14,
    versions: Mapping[UUID, InForce] | None = None,
    language: str | None = None,
) -> list[Day]:
    """Return what leaves on each of the coming days, today first, and what is kept back and why.

    ``versions`` are other ones for some ladders, by the ladder's key, as if they were in force
    from now on; ``language`` is another one than the shop's for why something is kept back.
    Looks at the ``MOST_CUSTOMERS`` customers who come first. What is planned already is not in it.
    """
    today = local_day(at, zone=shop.zone)
    ladders = laddering.in_force([shop.pk])
    rows = _rows(shop, until=today + timedelta(days=days), all_of_them=versions is not None)
    if versions:
        ladders = ladders.replaced(versions)
        # As when it is put in force: everything is looked at anew, also what stands at its end.
        rows = {pk: row._replace(look_on=today) for pk, row in rows.items()}
    run = _Run(
        shop=shop,
        ladders=ladders,
        rows=rows,
        known=earlier.of_invoices(rows),
        paused=settings_of(shop).paused_at is not None,
        language=language,
    )
    found: list[tuple[date, bool, list[Decision]]] = []
    for number in range(days):
        day = today + number * _ONE_DAY
        moment = _opens(shop, day, at=at)
        played = run.play(day, at=moment) if moment else []
        found.append((day, moment is not None, played))
    return _told(found)


def _rows(shop: Shop, *, until: date, all_of_them: bool) -> dict[UUID, Row]:
    """Return the positions of the customers who come first."""
    here = DunningPosition.objects.for_shop(shop).filter(stopped_at=None)
    wanted = (
        here.filter(Q(look_on__isnull=False) | Q(ended_at__isnull=False, invoice__balance__gt=0))
        if all_of_them
        else here.filter(ended_at=None, look_on__lt=until)
    )
    customers = (
        wanted.values("customer_id")
        .annotate(first=Min("look_on"))
        .order_by(F("first").asc(nulls_last=True), "customer_id")
        .values_list("customer_id", flat=True)[:MOST_CUSTOMERS]
    )
    rows = facts.rows_of(wanted.filter(customer__in=list(customers)))
    return {row.invoice: row for row in rows}


def _opens(shop: Shop, day: date, *, at: datetime) -> datetime | None:
    """Return the first moment of a day, not before ``at``, at which mail leaves; None: none."""
    moment = max(start_of_day(day, zone=shop.zone), at)
    try:
        slot = shop.send_window.next_slot(moment)
    except ValueError:
        return None
    return slot if local_day(slot, zone=shop.zone) == day else None


def _told(found: Sequence[tuple[date, bool, list[Decision]]]) -> list[Day]:
    decisions = [decision for _day, _open, played in found for decision in played]
    invoices = Invoice.objects.only("number", "currency", "due_on", "customer_id", "shop_id")
    invoices_by_key = invoices.in_bulk({decision.case.row.invoice for decision in decisions})
    customers = Customer.objects.in_bulk({decision.case.row.customer for decision in decisions})
    return [
        Day(
            day=day,
            is_open=is_open,
            messages=tuple(_messages(played, invoices_by_key, customers)),
        )
        for day, is_open, played in found
    ]


def _messages(
    played: Iterable[Decision],
    invoices: Mapping[UUID, Invoice],
    customers: Mapping[UUID, Customer],
) -> list[Message]:
    grouped: dict[tuple[UUID, str], list[Line]] = {}
    for decision in played:
        row = decision.case.row
        assert decision.step is not None
        grouped.setdefault((row.customer, decision.step.channel), []).append(
            _line(decision, decision.step, decision.case, invoices[row.invoice])
        )
    messages = [
        Message(customer=customers[pk], channel=Channel(channel), lines=tuple(lines))
        for (pk, channel), lines in grouped.items()
    ]
    return sorted(messages, key=lambda each: (each.customer.name, each.channel))


def _line(decision: Decision, step: Step, case: Case, invoice: Invoice) -> Line:
    verdict = decision.verdict
    refused = verdict.reason is not None
    return Line(
        invoice=invoice,
        step=step,
        amount=case.facts.balance if refused else case.facts.collectible,
        reason=because(verdict) or None,
        held="" if refused else held_part(case.facts),
        asks=decision.asks,
    )
