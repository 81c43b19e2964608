"""Saying in words what a step does, and what differs between two versions of a ladder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dunning import rungs
from dunning.rungs import Limits
from dunning.states import Channel, FeeRule, Template
from shopdisputes.money import format_money


@dataclass(frozen=True)
class Told:
    """A step in words: when and what it is, and what else is to be known of it."""

    when: str
    what: str
    more: list[str]


@dataclass(frozen=True)
class Differences:
    """What one version has and another has not; empty lists: the same."""

    added: list[Told] = field(default_factory=list)
    removed: list[Told] = field(default_factory=list)
    #: The step as it will be, and what of it was otherwise.
    altered: list[tuple[Told, list[str]]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.altered, self.limits))


def when(offset_days: int) -> str:
    """Say when a step's day is: 3 days before the due day."""
    if offset_days == 0:
        return _("On the due day")
    if offset_days < 0:
        return ngettext(
            "%(count)d day before the due day", "%(count)d days before the due day", -offset_days
        ) % {"count": -offset_days}
    return ngettext(
        "%(count)d day after the due day", "%(count)d days after the due day", offset_days
    ) % {"count": offset_days}


def what(step: Any) -> str:
    """Say how a step reaches the customer, and with which text."""
    channel = Channel(step.channel).label
    if step.channel == Channel.CALL:
        return str(channel)
    return f"{Template(step.template).label} · {channel}"


def tell(step: Any, *, currency: str) -> Told:
    """Say what a step does."""
    return Told(when(step.offset_days), what(step), _more(step, currency=currency))


def between(
    old: Sequence[Any], new: Sequence[Any], before: Limits, after: Limits, *, currency: str
) -> Differences:
    """Say what ``new`` steps and limits change; steps are the same when their keys are."""
    olds = {step.key: step for step in old}
    news = {step.key: step for step in new}
    altered = [
        (tell(step, currency=currency), _otherwise(olds[key], step, currency=currency))
        for key, step in news.items()
        if key in olds and rungs.facts_of(olds[key]) != rungs.facts_of(step)
    ]
    return Differences(
        added=[tell(step, currency=currency) for key, step in news.items() if key not in olds],
        removed=[tell(step, currency=currency) for key, step in olds.items() if key not in news],
        altered=altered,
        limits=_limits(before, after, currency=currency),
    )


def _more(step: Any, *, currency: str) -> list[str]:
    parts = []
    if step.requires_approval:
        parts.append(_("only when somebody approves it"))
    if step.pay_within_days:
        parts.append(
            ngettext(
                "gives %(count)d day to pay", "gives %(count)d days to pay", step.pay_within_days
            )
            % {"count": step.pay_within_days}
        )
    if step.fee_rule == FeeRule.FIXED:
        parts.append(
            _("proposes a charge of %(amount)s") % {"amount": _money(step.fee_amount, currency)}
        )
    elif step.fee_rule == FeeRule.INTEREST:
        parts.append(_("proposes interest by days"))
    return parts


def _otherwise(old: Any, new: Any, *, currency: str) -> list[str]:
    """Return what of a step was otherwise, as it was."""
    parts = []
    if old.offset_days != new.offset_days:
        parts.append(when(old.offset_days))
    if (old.channel, old.template) != (new.channel, new.template):
        parts.append(what(old))
    earlier, later = _more(old, currency=currency), _more(new, currency=currency)
    parts += [part for part in earlier if part not in later]
    if not parts:
        # What it was is only that it was without what it has now.
        parts = [_("without: %(what)s") % {"what": ", ".join(later)}]
    return parts


def _limits(before: Limits, after: Limits, *, currency: str) -> list[str]:
    found = []
    if before.min_gap_days != after.min_gap_days:
        found.append(
            _("Days between two contacts: %(new)s instead of %(old)s")
            % {"old": before.min_gap_days, "new": after.min_gap_days}
        )
    if before.min_amount != after.min_amount:
        found.append(
            _("Smallest amount to remind of: %(new)s instead of %(old)s")
            % {
                "old": _money(before.min_amount, currency),
                "new": _money(after.min_amount, currency),
            }
        )
    if before.interest_business != after.interest_business:
        found.append(
            _("Interest a year for businesses: %(new)s %% instead of %(old)s %%")
            % {"old": before.interest_business, "new": after.interest_business}
        )
    if before.interest_person != after.interest_person:
        found.append(
            _("Interest a year for consumers: %(new)s %% instead of %(old)s %%")
            % {"old": before.interest_person, "new": after.interest_person}
        )
    return found


def _money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency=currency, language=get_language() or "en")
