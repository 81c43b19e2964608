"""Looking after reminder mails on their way: words of the last moment, and the leave to go.

A batch is read, judged and worded at once, so that a mail costs a share of a few queries. What
was read is read again behind the locks of each mail before it is marked: only when nothing at all
has changed does it leave as it was worded.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from dunning import eligibility, facts, schedule
from dunning.facts import Case
from dunning.models import Reminder
from dunning.services import bouncing, fees, giving_back, marking, wording
from dunning.services.giving_back import Refusal
from dunning.services.marking import Line
from dunning.services.wording import Memory
from dunning.states import Channel, FeeRule, Reason
from invoices.models import DunningPosition
from shopdisputes.dates import end_of_day, local_day, start_of_day
from shopdisputes.outbox.late import NotAtAll, NotNow, Worded
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop

_ONE_DAY = timedelta(days=1)
#: While words are found, more may become held: so often it is looked at once more.
_ROUNDS = 3


class ReminderKeeper:
    """See ``shopdisputes.outbox.late.Keeper``."""

    def word(
        self, mails: Sequence[OutgoingEmail], *, at: datetime
    ) -> Mapping[UUID, Worded | NotNow | NotAtAll]:
        """Word claimed mails from the figures of now; what may not leave is given back."""
        found: dict[UUID, Worded | NotNow | NotAtAll] = {}
        left = list(mails)
        for _round in range(_ROUNDS):
            read = marking.read(left)
            cases = facts.of({line.invoice for own in read.values() for line in own}, at=at)
            refusals: list[Refusal] = []
            going: list[OutgoingEmail] = []
            again: list[OutgoingEmail] = []
            for mail in left:
                lines = read[mail.pk]
                if not lines:
                    found[mail.pk] = NotAtAll(why=_("There is nothing left to remind of."))
                elif wait := _wait(mail.shop, lines, cases, at=at):
                    found[mail.pk] = wait
                elif against := _against(mail.shop, lines, cases, at=at):
                    refusals += against
                    again.append(mail)
                else:
                    going.append(mail)
            found |= wording.worded(going, read, cases, at=at)
            if not refusals:
                break
            giving_back.give_back(refusals=refusals)
            left = again
        else:
            found |= {
                mail.pk: NotNow(until=at, why=_("What it says changed meanwhile.")) for mail in left
            }
        return found

    def allow(
        self, email: OutgoingEmail, worded: Worded, *, at: datetime
    ) -> NotNow | NotAtAll | None:
        """Say, behind the locks of everything the mail speaks of, whether it still holds true."""
        memory = worded.state
        assert isinstance(memory, Memory)
        if at >= memory.closes:
            return NotNow(
                until=_next_slot(email.shop, at), why=_("It leaves when the shop's hours allow.")
            )
        lines = memory.lines
        now = marking.read_behind_locks(
            email,
            invoices=sorted({line.invoice for line in lines}),
            moved=sorted({line.invoice for line in lines if _moves(line, memory)}),
            customer=lines[0].customer,
        )
        if now != lines:
            return NotNow(until=at, why=_("What it says changed meanwhile."))
        _keep(lines, memory, at=at)
        return None

    def refused(self, email: OutgoingEmail, *, reply: str, at: datetime) -> None:
        """Hold the invoices of a mail whose address takes nothing, and return its steps."""
        bouncing.hold_invoices_of(email=email, reason=reply, at=at)


keeper = ReminderKeeper()


def _wait(
    shop: Shop, lines: Sequence[Line], cases: Mapping[UUID, Case], *, at: datetime
) -> NotNow | None:
    """Say until when a mail waits, whatever it says."""
    slot = _next_slot(shop, at)
    if slot > at:
        return NotNow(until=slot, why=_("It leaves when the shop's hours allow."))
    today = local_day(at, zone=shop.zone)
    handed_at = lines[0].handed_at
    if handed_at is not None and handed_at >= start_of_day(today, zone=shop.zone):
        tomorrow = _next_slot(shop, end_of_day(today, zone=shop.zone))
        return NotNow(until=tomorrow, why=_("Another reminder left today."))
    for line in lines:
        verdict = _verdict(cases[line.invoice], today=today)
        if verdict.reason == Reason.GAP and verdict.until is not None:
            free = _next_slot(shop, start_of_day(verdict.until, zone=shop.zone))
            return NotNow(until=free, why=str(Reason.GAP.label))
    return None


def _next_slot(shop: Shop, moment: datetime) -> datetime:
    try:
        return shop.send_window.next_slot(moment)
    except ValueError:
        # No day is open: whoever opens one finds the mail here.
        return moment + _ONE_DAY


def _verdict(case: Case, *, today: date) -> eligibility.Verdict:
    return eligibility.judge(case.facts, Channel.EMAIL, today=today)


def _against(
    shop: Shop, lines: Sequence[Line], cases: Mapping[UUID, Case], *, at: datetime
) -> list[Refusal]:
    """Return what speaks against reminders of a mail; those without a word against them may go."""
    today = local_day(at, zone=shop.zone)
    found = {}
    for line in lines:
        case = cases[line.invoice]
        if case.moved or line.cycle != line.position_cycle:
            reason, detail, look_on = Reason.RESTARTED, "", today
        elif line.reached_offset is not None and line.reached_offset > line.offset_days:
            # It was in doubt, or had failed, until a later step was taken.
            reason, detail, look_on = Reason.SUPERSEDED, "", today
        elif schedule.is_over(line.offset_days, base_on=line.base_on, today=today):
            # Planned before a weekend, or settled as not sent.
            reason, detail, look_on = Reason.TOO_LATE, "", today
        else:
            verdict = _verdict(case, today=today)
            if verdict.reason is None:
                continue
            reason, detail = verdict.reason, verdict.detail
            look_on = verdict.until or today + _ONE_DAY
        found[line.reminder] = Refusal(
            reminder=line.reminder,
            invoice=line.invoice,
            reason=reason,
            detail=detail,
            look_on=look_on,
        )
    return list(found.values())


def _moves(line: Line, memory: Memory) -> bool:
    """Whether the mail gives time to pay until another day than was planned."""
    return line.pay_by != memory.pay_by[line.reminder]


def _keep(lines: Sequence[Line], memory: Memory, *, at: datetime) -> None:
    """Write what the mail really asks for, and what it proposes to charge."""
    # As the planner locks positions.
    ordered = sorted(lines, key=lambda line: line.invoice)
    single = {line.reminder: line for line in ordered}
    for key, line in single.items():
        amount, pay_by = memory.amounts[key], memory.pay_by[key]
        if line.amount != amount or line.pay_by != pay_by:
            Reminder.objects.filter(pk=key).update(amount=amount, pay_by=pay_by)
        if _moves(line, memory):
            DunningPosition.objects.filter(
                invoice=line.invoice, cycle=line.cycle, reached_key=line.step_key
            ).update(pay_by=pay_by)
    charging = [key for key, line in single.items() if line.fee_rule != FeeRule.NONE]
    if charging:
        found = Reminder.objects.filter(pk__in=charging).with_everything().order_by("pk")
        fees.propose(reminders=list(found.select_related("invoice__shop")), at=at)
