"""What becomes of one invoice today: arithmetic on what is known of it, nothing is written here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from dunning import rungs, schedule
from dunning.eligibility import ALLOWED, MOST_BROKEN_PROMISES, Verdict, judge
from dunning.facts import Case
from dunning.models import Step
from dunning.schedule import Outlook, Standing
from dunning.states import Channel, Reason, Template

_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Decision:
    """What is done about an invoice, and where it stands afterwards.

    ``step`` is taken now, unless ``verdict`` refuses it: then it is the one that waits.
    ``missed`` are the earlier steps that it makes needless.
    """

    case: Case
    standing: Standing
    step: Step | None = None
    verdict: Verdict = ALLOWED
    missed: tuple[Step, ...] = ()
    #: A person says that it may leave.
    asks: bool = False
    next_key: int | None = None
    look_on: date | None = None
    #: All steps are taken.
    ended: bool = False

    @property
    def takes(self) -> Step | None:
        """The step that is taken now."""
        return self.step if self.verdict.reason is None else None


def decide(case: Case, *, today: date, taken: Collection[int] = (), now: bool = False) -> Decision:
    """Decide about an invoice on ``today``; ``taken`` are steps of this cycle that are done.

    With ``now`` the next step is as good as due, and waits for no time to pay.

    A ladder may have been changed so that a step comes once more that was taken before: it is
    passed over in silence.
    """
    facts, ladder = case.facts, case.ladder
    if not facts.owed or facts.excluded or facts.stopped or ladder is None or not ladder.steps:
        return Decision(case, case.standing)
    steps = ladder.steps
    standing, outlook = pass_over(case.standing, steps, taken, today=today)
    if now and outlook.due is None and outlook.next is not None:
        outlook = replace(outlook, due=_untaken(steps, outlook.next, taken))
    if outlook.due is None:
        return _waits(Decision(case, standing), steps, outlook)
    step = steps[outlook.due]
    verdict = judge(facts, step.channel, today=today)
    decision = Decision(
        case, standing, step, verdict, tuple(steps[index] for index in outlook.missed)
    )
    if verdict.reason is None:
        return take(decision, following=_after(outlook, steps), today=today)
    return refuse(decision, verdict, today=today)


def pass_over(
    standing: Standing, steps: tuple[Step, ...], taken: Collection[int], *, today: date
) -> tuple[Standing, Outlook]:
    """Return what is due when steps that were taken before are left behind."""
    outlook = schedule.look(steps, standing, today=today)
    while outlook.due is not None and steps[outlook.due].key in taken:
        step = steps[outlook.due]
        standing = replace(standing, reached_key=step.key, reached_offset=step.offset_days)
        outlook = schedule.look(steps, standing, today=today)
    return standing, outlook


def _untaken(steps: tuple[Step, ...], first: int, taken: Collection[int]) -> int | None:
    following = range(first, len(steps))
    return next((index for index in following if steps[index].key not in taken), None)


def _after(outlook: Outlook, steps: tuple[Step, ...]) -> int | None:
    """Return the step that comes after the one that is due."""
    if outlook.due is None or outlook.next is None or outlook.next > outlook.due:
        return outlook.next
    # The due one was the next one, taken before its day.
    return outlook.due + 1 if outlook.due + 1 < len(steps) else None


def take(decision: Decision, *, following: int | None, today: date) -> Decision:
    """Take the decision's step: the invoice stands on it, and ``following`` comes next."""
    step, case = decision.step, decision.case
    assert step is not None
    assert case.ladder is not None
    pay_by = today + timedelta(days=step.pay_within_days) if step.pay_within_days else None
    standing = Standing(
        base_on=decision.standing.base_on,
        begun_on=decision.standing.begun_on,
        reached_key=step.key,
        reached_offset=step.offset_days,
        pay_by=pay_by,
    )
    decision.standing = standing
    decision.verdict = ALLOWED
    decision.asks = (
        step.requires_approval
        or step.template == Template.FORMAL_DEMAND
        or (step.channel == Channel.EMAIL and rungs.follows_demand(step, case.ladder.steps))
        or case.facts.broken_promises >= MOST_BROKEN_PROMISES
    )
    if following is None:
        # The customer gets time to answer the last step before a person decides.
        decision.next_key = None
        decision.look_on = (pay_by or today + timedelta(days=case.facts.min_gap_days)) + _ONE_DAY
        return decision
    after = case.ladder.steps[following]
    decision.next_key = after.key
    decision.look_on = max(schedule.day_of(after, standing), today + _ONE_DAY)
    return decision


def refuse(decision: Decision, verdict: Verdict, *, today: date) -> Decision:
    """Leave the invoice where it stands and look again when that may have changed."""
    assert decision.step is not None
    decision.verdict = verdict
    decision.next_key = decision.step.key
    until = verdict.until
    decision.look_on = until if until is not None and until > today else today + _ONE_DAY
    return decision


def one_contact(decisions: Iterable[Decision], *, today: date) -> None:
    """Keep contacts with one customer apart that would come on one day by different channels.

    The step furthest up its ladder goes first, the others wait as after any contact.
    """
    by_customer: dict[UUID, list[Decision]] = {}
    for decision in decisions:
        if decision.takes is not None:
            by_customer.setdefault(decision.case.row.customer, []).append(decision)
    for theirs in by_customer.values():
        if len({decision.step.channel for decision in theirs if decision.step}) < 2:
            continue
        first = max(theirs, key=lambda decision: decision.step.offset_days if decision.step else 0)
        assert first.step is not None
        gap = timedelta(days=first.case.facts.min_gap_days)
        for decision in theirs:
            if decision.step is not None and decision.step.channel != first.step.channel:
                put_off(decision, Verdict(Reason.GAP, "", today + gap), today=today)


def put_off(decision: Decision, verdict: Verdict, *, today: date) -> None:
    """Take back a decision to take a step."""
    decision.standing = decision.case.standing
    decision.asks = False
    refuse(decision, verdict, today=today)


def _waits(decision: Decision, steps: tuple[Step, ...], outlook: Outlook) -> Decision:
    if outlook.next is None:
        decision.ended = True
        return decision
    decision.next_key = steps[outlook.next].key
    decision.look_on = outlook.next_on
    return decision
