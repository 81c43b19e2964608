"""Writing what was decided: reminders, the mails they share, and where invoices stand now."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dunning.deciding import Decision, put_off
from dunning.earlier import Earlier, Known
from dunning.eligibility import Verdict
from dunning.facts import Case
from dunning.models import Reminder, Step
from dunning.services import fees, mails
from dunning.states import Channel, Reason, ReminderStatus
from invoices.models import DunningPosition
from shopdisputes.actors import SYSTEM
from shopdisputes.bulk import insert_rows, update_rows
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop

_EMAIL = str(Channel.EMAIL)
_HELD = str(ReminderStatus.HELD)
_QUEUED = str(ReminderStatus.QUEUED)
_AWAITING = str(ReminderStatus.AWAITING_APPROVAL)
_SKIPPED = str(ReminderStatus.SKIPPED)


def write(
    *, shop: Shop, decisions: Sequence[Decision], earlier: Earlier, at: datetime
) -> Counter[str]:
    """Write decisions about positions that the caller has locked; return counts.

    A step by e-mail whose customer has had the day's mail is put off until tomorrow.

    Raises:
        IntegrityError: a step was taken before after all; nothing is written then.
    """
    today = local_day(at, zone=shop.zone)
    _put_off_handled(decisions, earlier, today=today)
    mailed = [decision for decision in decisions if _by_mail(decision)]
    customers = {decision.case.row.customer for decision in mailed}
    joined = mails.join(shop=shop, customers=customers, day=today, at=at) if customers else {}
    for decision in mailed:
        if decision.case.row.customer not in joined:
            put_off(decision, Verdict(Reason.GAP), today=today)
    batch = _Batch(shop=shop, today=today, at=at, joined=joined)
    for decision in decisions:
        if (step := decision.takes) is not None:
            batch.take(decision, step, earlier)
        batch.move(decision)
    return batch.flush()


def _by_mail(decision: Decision) -> bool:
    """Whether the decision has a reminder go into a mail now."""
    step = decision.takes
    return step is not None and step.channel == _EMAIL and not decision.asks


def _put_off_handled(decisions: Iterable[Decision], earlier: Earlier, *, today: date) -> None:
    """Put off held reminders that a person is dealing with, or has dealt with meanwhile."""
    held = {
        known.pk: decision
        for decision in decisions
        if (step := decision.takes) and (known := earlier.at_step(decision.case, step))
    }
    if not held:
        return
    free = _lock(held, [_HELD])
    for pk, decision in held.items():
        if pk not in free:
            put_off(decision, Verdict(Reason.HELD), today=today)


def _lock(pks: Iterable[UUID], statuses: Sequence[str]) -> set[UUID]:
    """Lock reminders that still have one of the statuses; what a person has in hand is left."""
    rows = Reminder.objects.filter(pk__in=list(pks), status__in=statuses)
    return set(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))


@dataclass
class _Batch:
    """The rows of a chunk until they are written."""

    shop: Shop
    today: date
    at: datetime
    joined: Mapping[UUID, UUID]
    new: list[tuple[Any, ...]] = field(default_factory=list)
    again: list[tuple[Any, ...]] = field(default_factory=list)
    passed: list[UUID] = field(default_factory=list)
    moves: list[tuple[Any, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, decision: Decision, step: Step, earlier: Earlier) -> None:
        """Note the reminder of a step, and that earlier ones which have not left are needless."""
        case, row = decision.case, decision.case.row
        status = _AWAITING if decision.asks else _QUEUED
        email = None
        if step.channel == _EMAIL and not decision.asks:
            email = self.joined[row.customer]
        self.counts["awaiting" if decision.asks else "planned"] += 1
        known = earlier.at_step(case, step)
        amount, pay_by = case.facts.collectible, decision.standing.pay_by
        before = (case.standing.reached_key, case.standing.reached_offset)
        if known is not None:
            self.again.append(
                (
                    *(known.pk, status, "", "", amount, self.today, pay_by, email, *before),
                    # Neither ended nor, if somebody is to say yes, said yes to.
                    *(None, "", None, ""),
                )
            )
        else:
            self._add(case, step, status, "", amount, pay_by, email, before)
        for missed in decision.missed:
            one = earlier.at_step(case, missed)
            if one is None:
                self.counts["skipped"] += 1
                reason = Reason.SUPERSEDED.value
                self._add(case, missed, _SKIPPED, reason, amount, None, None, before)
        for one in earlier.by_invoice.get(row.invoice, ()):
            if one is not known and self._is_unfinished(one, row.customer):
                self.passed.append(one.pk)
                self.counts["skipped"] += 1

    def _add(
        self,
        case: Case,
        step: Step,
        status: str,
        reason: str,
        amount: Any,
        pay_by: date | None,
        email: UUID | None,
        before: tuple[int | None, int | None],
    ) -> None:
        row = case.row
        ended = (self.at, SYSTEM.name) if status == _SKIPPED else (None, "")
        self.new.append(
            (
                *(uuid.uuid4(), row.invoice, row.customer, step.version_id, step.pk, step.key),
                *(case.cycle, step.channel, status, reason, amount, pay_by, email),
                *before,
                *ended,
            )
        )

    def _is_unfinished(self, one: Known, customer: UUID) -> bool:
        """Whether a reminder neither left nor is leaving; of mails only the one held by us."""
        if one.status == _QUEUED and one.channel == _EMAIL:
            return one.email is not None and one.email == self.joined.get(customer)
        return one.status in {_AWAITING, _HELD, _QUEUED}

    def move(self, decision: Decision) -> None:
        """Note where an invoice stands from now on."""
        standing = decision.standing
        self.moves.append(
            (
                *(decision.case.row.position, decision.case.cycle),
                *(standing.base_on, standing.begun_on),
                *(standing.reached_key, standing.reached_offset, standing.pay_by),
                *(decision.look_on, decision.next_key, self.at if decision.ended else None),
            )
        )

    def flush(self) -> Counter[str]:
        """Write everything."""
        same = {
            "shop_id": self.shop.pk,
            "planned_on": self.today,
            "created_at": self.at,
            "detail": "",
            "approved_by": "",
            "outcome": "",
            "note": "",
        }
        insert_rows(Reminder, _NEW, self.new, same=same)
        update_rows(Reminder, _AGAIN, self.again)
        if self.passed:
            free = _lock(self.passed, [_AWAITING, _HELD, _QUEUED])
            fees.withdraw(reminders=free)
            Reminder.objects.filter(pk__in=free).update(
                status=ReminderStatus.SKIPPED,
                reason=Reason.SUPERSEDED,
                ended_at=self.at,
                ended_by=SYSTEM.name,
            )
        update_rows(DunningPosition, _MOVES, self.moves)
        self.counts["mails"] += len(self.joined)
        return self.counts


_NEW = (
    *("id", "invoice_id", "customer_id", "version_id", "step_id", "step_key", "cycle"),
    *("channel", "status", "reason", "amount", "pay_by", "email_id", "before_key"),
    *("before_offset", "ended_at", "ended_by"),
)
_AGAIN = (
    *("status", "reason", "detail", "amount", "planned_on", "pay_by", "email_id"),
    *("before_key", "before_offset", "ended_at", "ended_by", "approved_at", "approved_by"),
)
_MOVES = (
    *("cycle", "base_on", "begun_on", "reached_key", "reached_offset", "pay_by"),
    *("look_on", "next_key", "ended_at"),
)
