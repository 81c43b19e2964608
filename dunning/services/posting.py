"""Letters: made in one go for each payer, taken back while they lie here, and posted."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dunning import documents, facts
from dunning.eligibility import because, judge
from dunning.models import Reminder, ReminderQuerySet
from dunning.services import fees
from dunning.services.approving import Result
from dunning.services.planning import NotRemindable
from dunning.states import TRANSITIONS, Channel, ReminderStatus, Template
from invoices import collecting
from invoices.models import DunningPosition, Invoice
from invoices.services import trail
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import at_local_time, local_day
from shopdisputes.documents.models import Document
from shopdisputes.errors import Conflict, DomainError, Refused
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition, NotYourTransition

#: When on its day a letter counts as posted that is noted later.
_NOON = time(12, 0)


class NoLetterYet(Conflict):
    """The letter is not made, or was taken back."""

    code = "no-letter-yet"
    default_message = _("There is no letter yet. Make it first.")


class LetterOutdated(Conflict):
    """Something else is owed now than the letter asks for."""

    code = "letter-outdated"
    default_message = _(
        "What is owed has changed since the letter was made. Do not post it: make it again."
    )


class PostedDayRefused(Refused):
    """A day that is still to come, or before the letter was made."""

    code = "posted-day-refused"
    default_message = _("Choose a day between the one on which the letter was made and today.")


def make_letters(*, reminders: Sequence[Reminder], by: Actor, at: datetime) -> list[Result]:
    """Make one letter for each payer about the reminders that wait for it; say what was refused.

    Formal demands lie in an envelope of their own. Each payer's letters are made in a transaction
    of their own, over what may be asked for now; one made before and not posted is made anew.
    """
    envelopes: dict[tuple[UUID, bool], list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        formal = reminder.step.template == Template.FORMAL_DEMAND
        envelopes[reminder.customer_id, formal].append(reminder)
    return [
        result
        for together in envelopes.values()
        for result in make_letter(reminders=together, by=by, at=at)
    ]


@transaction.atomic
def make_letter(*, reminders: Sequence[Reminder], by: Actor, at: datetime) -> list[Result]:
    """Make one letter about reminders of one payer; what cannot be in it is refused, one by one.

    The letter's day to pay by is that of the steps, counted from today; a formal demand gives
    the days of the place where its step gives none.

    Raises:
        NotYourTransition: ``by`` is not of the front desk.
    """
    if by.role not in DESK:
        raise NotYourTransition
    locked = _locked(reminders)
    cases = facts.of([each.invoice_id for each in locked], at=at)
    results, inside = [], []
    for reminder in locked:
        refused = _refusal(reminder, cases.get(reminder.invoice_id), at=at)
        results.append(Result(reminder=reminder, refused=refused))
        if refused is None:
            inside.append(reminder)
    if not inside:
        return results
    shop, customer = inside[0].shop, inside[0].customer
    pay_by = _pay_by(inside, today=local_day(at, zone=shop.zone))
    for reminder in inside:
        reminder.amount = cases[reminder.invoice_id].facts.collectible
    document = documents.letter(customer=customer, reminders=inside, pay_by=pay_by, at=at)
    for reminder in inside:
        reminder.document, reminder.pay_by = document, pay_by
        reminder.save(update_fields=["document", "pay_by", "amount"])
    return results


@transaction.atomic
def take_back(*, reminders: Sequence[Reminder], by: Actor, at: datetime) -> int:
    """Take letters back that are not posted: their reminders wait again; return how many.

    Raises:
        NotYourTransition: ``by`` is not of the front desk.
    """
    if by.role not in DESK:
        raise NotYourTransition
    return Reminder.objects.filter(
        pk__in=[each.pk for each in reminders],
        status=ReminderStatus.QUEUED,
        channel=Channel.LETTER,
        document__isnull=False,
    ).update(document=None)


def mark_posted(
    *,
    reminders: Sequence[Reminder],
    posted_on: date,
    note: str = "",
    by: Actor,
    at: datetime,
) -> list[Result]:
    """Note that letters were posted, each letter in a transaction of its own.

    ``note`` is kept with them, such as the number of a registered letter. A letter is posted
    with all reminders in it, ticked or not.
    """
    results = []
    for document in dict.fromkeys(each.document_id for each in reminders):
        together = [each for each in reminders if each.document_id == document]
        try:
            posted = _post(together, posted_on=posted_on, note=note, by=by, at=at)
        except DomainError as error:
            results += [Result(reminder=each, refused=error) for each in together]
        else:
            results += [Result(reminder=each, refused=None) for each in posted]
    return results


def make_sheet(*, shop: Shop, at: datetime) -> Document | None:
    """Queue the address sheet of all letters that are made and not posted; None without any."""
    made = list(waiting(shop).filter(document__isnull=False).values_list("document", flat=True))
    if not made:
        return None
    found = Document.objects.for_shop(shop).filter(pk__in=made).defer("html", "attachment")
    return documents.address_sheet(shop=shop, documents=list(found), at=at)


def waiting(shop: Shop) -> ReminderQuerySet:
    """Return the letters that are to be made or posted."""
    found: ReminderQuerySet = Reminder.objects.for_shop(shop).filter(
        status=ReminderStatus.QUEUED, channel=Channel.LETTER
    )
    return found


@transaction.atomic
def _post(
    reminders: Sequence[Reminder], *, posted_on: date, note: str, by: Actor, at: datetime
) -> list[Reminder]:
    documented = reminders[0].document_id
    if documented is None:
        raise NoLetterYet
    locked = _locked(
        Reminder.objects.for_shop(reminders[0].shop).filter(
            document=documented, status=ReminderStatus.QUEUED
        )
    )
    if not locked:
        raise IllegalTransition
    # Taken back, or made anew, while the locks were waited for.
    if any(each.document_id != documented for each in locked):
        raise NoLetterYet
    shop = locked[0].shop
    today = local_day(at, zone=shop.zone)
    made_at = Document.objects.only("created_at").get(pk=documented).created_at
    if not local_day(made_at, zone=shop.zone) <= posted_on <= today:
        raise PostedDayRefused(fields={"posted_on": PostedDayRefused.default_message})
    standings = collecting.of([each.invoice for each in locked], at=at)
    # What was posted on an earlier day is a fact, whatever happened since.
    if posted_on == today and any(
        standings[each.invoice_id].figures.collectible != each.amount for each in locked
    ):
        raise LetterOutdated
    moment = at if posted_on == today else at_local_time(posted_on, _NOON, zone=shop.zone)
    # As the planner locks positions.
    for reminder in sorted(locked, key=lambda each: each.invoice_id):
        give_time(reminder)
    for reminder in locked:
        reminder.status = TRANSITIONS.target("finish", state=reminder.status, by=by)
        reminder.ended_at, reminder.ended_by = moment, by.name
        reminder.note = note.strip()
        reminder.save(update_fields=["status", "ended_at", "ended_by", "note"])
        trail.record(
            action="reminder.posted",
            invoice=reminder.invoice,
            by=by,
            at=at,
            data={
                "reminder": str(reminder.pk),
                "amount": str(reminder.amount),
                "posted_on": posted_on.isoformat(),
            },
        )
    fees.propose(reminders=locked, at=at)
    return locked


def give_time(reminder: Reminder) -> None:
    """Have the next step of its invoice wait until the time to pay is over that it gives."""
    if reminder.pay_by is None:
        return
    DunningPosition.objects.filter(
        invoice=reminder.invoice_id, cycle=reminder.cycle, reached_key=reminder.step_key
    ).update(pay_by=reminder.pay_by)


def _locked(reminders: Sequence[Reminder] | ReminderQuerySet) -> list[Reminder]:
    """Lock the invoices, then the reminders, and return the reminders as they are now."""
    keys = [each.pk for each in reminders]
    Invoice.objects.lock_all(sorted({each.invoice_id for each in reminders}))
    list(Reminder.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    return list(
        Reminder.objects.with_everything()
        .select_related(
            "invoice__shop", "invoice__customer", "invoice__repair_order__vehicle", "customer__shop"
        )
        .filter(pk__in=keys)
        .order_by("invoice__due_on", "invoice__number")
    )


def _refusal(reminder: Reminder, case: facts.Case | None, *, at: datetime) -> DomainError | None:
    """Say why a letter cannot be made of a locked reminder; None: it can."""
    if reminder.status != ReminderStatus.QUEUED or reminder.channel != Channel.LETTER:
        return IllegalTransition()
    if case is None:
        return NotRemindable()
    today = local_day(at, zone=reminder.shop.zone)
    # The time since the last contact was asked about when it was planned or approved.
    verdict = judge(case.facts, Channel.LETTER, today=today, gap=False)
    if verdict.reason is None:
        return None
    return NotRemindable(because(verdict))


def _pay_by(reminders: Sequence[Reminder], *, today: date) -> date | None:
    """Return until when a letter gives time: as the most generous of its steps."""
    days = []
    for reminder in reminders:
        given = reminder.step.pay_within_days
        if not given and reminder.step.template == Template.FORMAL_DEMAND:
            given = profiles.late_of(reminder.invoice.repair_order.profile).demand_days
        days.append(given)
    return today + timedelta(days=max(days)) if max(days) else None
