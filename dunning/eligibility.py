"""Whether a step may be taken for an invoice today, and if not, why: the one place that says so.

The planner, the sender behind its locks, approvals, the page's sentence and the forecast all ask
here, on plain values.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dunning.states import Channel, Reason
from shopdisputes.dates import format_day
from shopdisputes.money import ZERO, format_money

#: So many broken promises of a customer, and a person looks before anything leaves.
MOST_BROKEN_PROMISES = 2


class Facts(NamedTuple):
    """What speaks for or against asking for money; amounts in ``currency``, tax included."""

    #: It is issued, asks for money, and something of it is still owed.
    owed: bool
    balance: Decimal
    collectible: Decimal
    currency: str
    #: The shop's language, in which details are worded.
    language: str
    #: The holds in words, the newest last; empty: none.
    held_by: str = ""
    #: The day on which a plan's next part is due, when nothing else keeps it back.
    next_part_on: date | None = None
    min_amount: Decimal = ZERO
    min_gap_days: int = 1
    paused: bool = False
    stopped: bool = False
    #: This customer gets no reminders.
    excluded: bool = False
    #: Money of the customer that is on no invoice; deposits on visits do not count.
    unallocated: Decimal = ZERO
    has_email: bool = True
    has_address: bool = True
    has_phone: bool = True
    #: The day of the last contact with the customer about money, whatever the invoice.
    contacted_on: date | None = None
    broken_promises: int = 0


class Verdict(NamedTuple):
    """``reason`` None: it may be done. ``until`` is the first day on which that may change."""

    reason: Reason | None = None
    detail: str = ""
    until: date | None = None


ALLOWED = Verdict()


def judge(facts: Facts, channel: str, *, today: date, gap: bool = True) -> Verdict:
    """Say whether a step by ``channel`` may be taken on ``today``, the shop's day.

    Without ``gap`` the time since the last contact does not matter: what was planned before may
    leave in the mail that is that contact.
    """
    if not facts.owed:
        return Verdict(Reason.NOT_OWED)
    if facts.paused:
        return Verdict(Reason.PAUSED)
    if facts.stopped:
        return Verdict(Reason.STOPPED)
    if facts.excluded:
        return Verdict(Reason.EXCLUDED)
    if facts.collectible <= 0:
        return Verdict(Reason.HELD, facts.held_by, facts.next_part_on)
    if facts.collectible < facts.min_amount:
        return Verdict(Reason.BELOW_MINIMUM, _money(facts.min_amount, facts))
    if facts.unallocated > 0:
        return Verdict(Reason.UNALLOCATED, _money(facts.unallocated, facts))
    if not _reachable(facts, channel):
        return Verdict(Reason.NO_ADDRESS)
    if gap and facts.contacted_on is not None:
        free_on = facts.contacted_on + timedelta(days=facts.min_gap_days)
        if free_on > today:
            return Verdict(Reason.GAP, "", free_on)
    return ALLOWED


def because(verdict: Verdict) -> str:
    """Say in the active language why a step is not taken, and when it may be; nothing: it may."""
    if verdict.reason is None:
        return ""
    words = f"{verdict.reason.label} {verdict.detail}".strip()
    if verdict.reason != Reason.GAP or verdict.until is None:
        return words
    day = format_day(verdict.until, language=get_language() or "en")
    return f"{words} {_('A reminder may leave from %(day)s on.') % {'day': day}}"


def held_part(facts: Facts) -> str:
    """Say in the active language how much is held by what, of which the rest is asked for."""
    if facts.collectible == facts.balance or not facts.held_by:
        return ""
    amount = format_money(
        facts.balance - facts.collectible,
        currency=facts.currency,
        language=get_language() or facts.language,
    )
    return _("%(amount)s is held: %(holds)s.") % {"amount": amount, "holds": facts.held_by}


def _reachable(facts: Facts, channel: str) -> bool:
    if channel == Channel.EMAIL:
        return facts.has_email
    return facts.has_address if channel == Channel.LETTER else facts.has_phone


def _money(amount: Decimal, facts: Facts) -> str:
    return format_money(amount, currency=facts.currency, language=facts.language)
