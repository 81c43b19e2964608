"""What makes a sequence of steps a sensible one: checked on plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunning.hashtags import GIVES_TIME
from dunning.states import Channel, FeeRule, Template
from shopdisputes.money import LARGEST_AMOUNT, ZERO

MOST_STEPS = 20
EARLIEST, LATEST = -60, 365
LONGEST_TIME_TO_PAY = 60
#: What a text that names a last day gives to pay, unless somebody says otherwise.
USUAL_TIME_TO_PAY: Mapping[str, int] = {Template.LAST: 7, Template.FORMAL_DEMAND: 15}
LONGEST_GAP = 60
HIGHEST_RATE = Decimal(40)

_AFTER_DEMAND = _("After a formal demand no e-mail leaves by itself.")


@dataclass(frozen=True, kw_only=True)
class StepInput:
    """A step as somebody wants it; ``key`` names one that the ladder has or had already."""

    offset_days: int
    channel: str
    template: str
    key: int | None = None
    requires_approval: bool = False
    fee_rule: str = FeeRule.NONE
    fee_amount: Decimal = ZERO
    pay_within_days: int = 0

    def with_key(self, key: int) -> Self:
        """Return the step as the one that has this key."""
        return replace(self, key=key)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What holds for all steps of a ladder. Rates are a year's, in percent."""

    min_gap_days: int = 3
    min_amount: Decimal = Decimal("1.00")
    interest_business: Decimal = ZERO
    interest_person: Decimal = ZERO


Problems = dict[str, str | Promise]


def problems(steps: Sequence[StepInput], limits: Limits) -> Problems:
    """Return what is wrong, by ``min_gap_days``, ``steps`` or ``steps.<index>.<field>``."""
    found = _about_limits(limits)
    if not steps:
        found["steps"] = _("A ladder needs at least one step.")
    elif len(steps) > MOST_STEPS:
        found["steps"] = _("At most 20 steps.")
    days: set[int] = set()
    keys: set[int] = set()
    for index, step in enumerate(steps):
        wrong = _about_step(step, limits)
        if leaves_by_itself(step) and follows_demand(step, steps):
            wrong.setdefault("requires_approval", _AFTER_DEMAND)
        if step.offset_days in days:
            wrong["offset_days"] = _("Another step has this day already.")
        if step.key is not None and step.key in keys:
            wrong["key"] = _("This step is there twice.")
        days.add(step.offset_days)
        keys |= set() if step.key is None else {step.key}
        found |= {f"steps.{index}.{field}": problem for field, problem in wrong.items()}
    return found


def follows_demand(step: Any, steps: Iterable[Any]) -> bool:
    """Whether a step comes after a formal demand: from there on a person decides each time."""
    return any(
        each.template == Template.FORMAL_DEMAND and each.offset_days < step.offset_days
        for each in steps
    )


def leaves_by_itself(step: Any) -> bool:
    """Whether a step needs nobody: letters are posted, and calls made, by somebody anyway."""
    return bool(step.channel == Channel.EMAIL and not step.requires_approval)


def facts_of(step: Any) -> dict[str, Any]:
    """Return what a step says, whether it is saved, ready-made or wanted; not its key."""
    return {
        "offset_days": step.offset_days,
        "channel": str(step.channel),
        "template": str(step.template),
        "requires_approval": step.requires_approval,
        "fee_rule": str(step.fee_rule),
        "fee_amount": step.fee_amount,
        "pay_within_days": step.pay_within_days,
    }


def _about_limits(limits: Limits) -> Problems:
    found: Problems = {}
    if not 1 <= limits.min_gap_days <= LONGEST_GAP:
        found["min_gap_days"] = _("From 1 to 60 days.")
    if not 0 <= limits.min_amount <= LARGEST_AMOUNT:
        found["min_amount"] = _("Not below zero.")
    for field in ("interest_business", "interest_person"):
        if not 0 <= getattr(limits, field) <= HIGHEST_RATE:
            found[field] = _("From 0 to 40 percent.")
    return found


def _about_step(step: StepInput, limits: Limits) -> Problems:
    return {
        **_about_day(step),
        **_about_manner(step),
        **_about_time_to_pay(step),
        **_about_fee(step, limits),
    }


def _about_day(step: StepInput) -> Problems:
    if not EARLIEST <= step.offset_days <= LATEST:
        return {"offset_days": _("From 60 days before the due day to 365 days after it.")}
    if step.template == Template.PREVENTIVE and step.offset_days > 0:
        return {"offset_days": _("The text before the due day cannot come after it.")}
    if step.template != Template.PREVENTIVE and step.offset_days < 0:
        return {"template": _("Before the due day only the text for that can be used.")}
    return {}


def _about_manner(step: StepInput) -> Problems:
    found: Problems = {}
    if (step.channel == Channel.CALL) != (step.template == Template.CALL):
        found["template"] = _("A phone call goes with the notes for a phone call, and only it.")
    if step.template == Template.FORMAL_DEMAND and not step.requires_approval:
        found["requires_approval"] = _("A formal demand never leaves by itself.")
    return found


def _about_time_to_pay(step: StepInput) -> Problems:
    if step.template in GIVES_TIME:
        if not 1 <= step.pay_within_days <= LONGEST_TIME_TO_PAY:
            return {"pay_within_days": _("Give from 1 to 60 days: the text names the last one.")}
    elif step.pay_within_days:
        return {"pay_within_days": _("This text names no last day: leave it at 0.")}
    return {}


def _about_fee(step: StepInput, limits: Limits) -> Problems:
    if step.fee_rule == FeeRule.NONE:
        return {} if step.fee_amount == 0 else {"fee_amount": _("Leave it empty.")}
    if step.template == Template.PREVENTIVE:
        return {"fee_rule": _("Nothing is late before the due day.")}
    if step.fee_rule == FeeRule.FIXED:
        if not 0 < step.fee_amount <= LARGEST_AMOUNT:
            return {"fee_amount": _("Say how much.")}
        return {}
    if step.fee_amount != 0:
        return {"fee_amount": _("Interest has no fixed amount: leave it empty.")}
    if not (limits.interest_business or limits.interest_person):
        return {"fee_rule": _("Say the yearly interest of this ladder first.")}
    return {}
