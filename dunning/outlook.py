"""What comes next about invoices, in one sentence each: or why nothing does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning import facts, schedule
from dunning.eligibility import Verdict, held_part, judge
from dunning.facts import Case
from dunning.models import Reminder, Step
from dunning.states import Channel, Reason, ReminderStatus, Template
from invoices.models import Invoice
from shopdisputes import dates
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.money import format_money
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import EndedDispute, ended_disputes_of

_S = ReminderStatus
#: So long an invoice says how a dispute about it ended, unless a reminder comes earlier.
_TOLD_FOR = timedelta(days=60)
_BY: dict[str, str | LazyText] = {
    Channel.EMAIL: gettext_lazy("%(what)s (step %(step)s) by e-mail on %(day)s."),
    Channel.LETTER: gettext_lazy("%(what)s (step %(step)s) by letter on %(day)s."),
    Channel.CALL: gettext_lazy("%(what)s (step %(step)s) by phone on %(day)s."),
}
_UNDER_WAY: dict[str, str | LazyText] = {
    _S.AWAITING_APPROVAL: gettext_lazy("%(what)s (step %(step)s) waits for approval."),
    _S.CLAIMED: gettext_lazy("%(what)s (step %(step)s) is leaving now."),
    _S.HANDING: gettext_lazy("%(what)s (step %(step)s) is leaving now."),
    _S.IN_DOUBT: gettext_lazy(
        "%(what)s (step %(step)s) has been in doubt since %(day)s: say whether it arrived."
    ),
    _S.FAILED: gettext_lazy("%(what)s (step %(step)s) could not be delivered."),
}
#: A pause keeps these from leaving.
_NOT_LEFT = (_S.AWAITING_APPROVAL, _S.QUEUED)
_BY_HAND: dict[str, str | LazyText] = {
    Channel.LETTER: gettext_lazy("%(what)s (step %(step)s) waits to be printed and posted."),
    Channel.CALL: gettext_lazy("%(what)s (step %(step)s): the call is to be made."),
}


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """``step`` counts from 1; it and ``due_on`` are None when no reminder is to come.

    ``reason`` is a ``Reason`` or empty; the sentence is in the active language.
    """

    step: int | None = None
    due_on: date | None = None
    sentence: str
    reason: str = ""


def of(invoices: Sequence[Invoice], at: datetime) -> dict[UUID, Outlook]:
    """Return what comes next about invoices by their keys, in a few queries however many.

    What was never issued, and credit notes, are left out.
    """
    shops = {invoice.shop_id: invoice.shop for invoice in invoices}
    language = translation.get_language()
    cases = facts.of([invoice.pk for invoice in invoices], language=language, at=at)
    last = _last(cases.values())
    ended = ended_disputes_of(list(cases), at - _TOLD_FOR)
    return {
        pk: _told(ended.get(pk), last.get(pk), _of(case, last.get(pk), shops[case.row.shop], at=at))
        for pk, case in cases.items()
    }


def _last(cases: Iterable[Case]) -> dict[UUID, Reminder]:
    """Return the last reminder of each invoice that was not skipped."""
    rows = (
        Reminder.objects.filter(invoice__in=[case.row.invoice for case in cases])
        .exclude(status__in=[_S.SKIPPED, _S.HELD])
        .select_related("step", "email")
        .defer("email__text", "email__html")
        .order_by("created_at")
    )
    return {row.invoice_id: row for row in rows}


def _of(case: Case, last: Reminder | None, shop: Shop, *, at: datetime) -> Outlook:
    today = local_day(at, zone=shop.zone)
    row = case.row
    if not case.facts.owed:
        return _none(Verdict(Reason.NOT_OWED))
    if last is not None and last.cycle == case.cycle and last.shown_status != _S.SENT:
        found = _under_way(last, shop, at=at)
        if not case.facts.paused or last.shown_status not in _NOT_LEFT:
            return found
        return replace(found, sentence=f"{found.sentence} {Reason.PAUSED.label}")
    if row.ended_at is not None:
        day = _day(local_day(row.ended_at, zone=shop.zone))
        sentence = _(
            "The last step was taken, and time is over since %(day)s: decide how to go on."
        )
        return Outlook(sentence=sentence % {"day": day})
    if case.ladder is None or not case.ladder.steps:
        return Outlook(sentence=_("Next reminder: none. The shop has no ladder for it."))
    steps = case.ladder.steps
    outlook = schedule.look(steps, case.standing, today=today)
    index = outlook.due if outlook.due is not None else outlook.next
    verdict = judge(case.facts, steps[index or 0].channel, today=today)
    if verdict.reason is not None and verdict.reason != Reason.GAP:
        return _none(verdict)
    if index is None:
        return Outlook(sentence=_("Next reminder: none. All steps are taken."))
    due_on = today if outlook.due is not None else outlook.next_on or today
    due_on = max(due_on, verdict.until or due_on, row.look_on or due_on)
    opened = open_day(shop, due_on, at=at)
    sentence = _next(steps[index], index, opened)
    return Outlook(step=index + 1, due_on=opened, sentence=f"{sentence} {_part(case)}".strip())


def _told(ended: EndedDispute | None, last: Reminder | None, found: Outlook) -> Outlook:
    """Say first how the last dispute ended, until a reminder was taken after it."""
    if ended is None or found.reason == Reason.NOT_OWED:
        return found
    if last is not None and _came_after(last, ended.at):
        return found
    return replace(found, sentence=f"{ended.words} {found.sentence}")


def _came_after(last: Reminder, moment: datetime) -> bool:
    """Whether a reminder was taken, or left, after a moment; what was held is taken again."""
    left_at = last.ended_at if last.email is None else last.email.handed_at
    return last.created_at > moment or (left_at is not None and left_at > moment)


def open_day(shop: Shop, day: date, *, at: datetime) -> date:
    """Return the first day from ``day`` on, not before ``at``, on which the shop's mail leaves."""
    moment = max(start_of_day(day, zone=shop.zone), at)
    try:
        return local_day(shop.send_window.next_slot(moment), zone=shop.zone)
    except ValueError:
        return day


def _under_way(last: Reminder, shop: Shop, *, at: datetime) -> Outlook:
    status, step = last.shown_status, last.step
    since = last.planned_on
    if last.email is not None and last.email.handed_at is not None:
        since = local_day(last.email.handed_at, zone=shop.zone)
    if status == _S.QUEUED and last.channel == Channel.EMAIL:
        day = open_day(shop, last.planned_on, at=at)
        sentence = _next(step, step.position, day)
        return Outlook(step=step.position + 1, due_on=day, sentence=sentence)
    words = _BY_HAND[last.channel] if status == _S.QUEUED else _UNDER_WAY[status]
    return Outlook(
        step=step.position + 1,
        due_on=last.planned_on,
        sentence=str(words) % _named(step, step.position, since),
    )


def _next(step: Step, index: int, day: date) -> str:
    words = str(_BY[step.channel]) % _named(step, index, day)
    return _("Next reminder: %(what)s") % {"what": words}


def _named(step: Step, index: int, day: date) -> dict[str, str]:
    return {"what": str(Template(step.template).label), "step": str(index + 1), "day": _day(day)}


def _none(verdict: Verdict) -> Outlook:
    assert verdict.reason is not None
    if verdict.reason == Reason.HELD and verdict.detail:
        why = _("Held by: %(holds)s.") % {"holds": verdict.detail}
    else:
        why = f"{verdict.reason.label} {verdict.detail}".strip()
    return Outlook(
        sentence=_("Next reminder: none. %(why)s") % {"why": why}, reason=verdict.reason.value
    )


def _part(case: Case) -> str:
    """Say what is asked for where it is less than what is owed, and how much is held by what."""
    known = case.facts
    if known.collectible == known.balance:
        return ""
    language = translation.get_language() or known.language
    amount = format_money(known.collectible, currency=known.currency, language=language)
    words = _("It asks for %(amount)s.") % {"amount": amount}
    return f"{words} {held_part(known)}".strip()


def _day(day: date) -> str:
    return dates.format_day(day, language=translation.get_language() or "en")
