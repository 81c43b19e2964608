"""Phone calls: what is said, what came of them, and when to try again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dunning import documents, emails, hashtags, items
from dunning.models import Reminder, ReminderQuerySet
from dunning.services import fees
from dunning.states import TRANSITIONS, CallOutcome, Channel, Reason, ReminderStatus, Template
from invoices.models import Invoice, settings_of
from invoices.services import trail
from shopdisputes.actors import DESK, Actor
from shopdisputes.customers.models import Customer
from shopdisputes.dates import add_business_days, local_day
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition, NotYourTransition

_LONGEST_NOTE = 1000
#: After these the call is made; after the others nobody was contacted.
_MADE = (CallOutcome.REACHED, CallOutcome.MESSAGE)


class NoteTooLong(Refused):
    """The note is longer than it may be."""

    code = "note-too-long"
    default_message = _("At most 1000 characters.")


class UnknownOutcome(Refused):
    """There is no such outcome of a call."""

    code = "unknown-outcome"
    default_message = _("Say what came of the call.")


@transaction.atomic
def note_call(
    *, reminder: Reminder, outcome: str, note: str = "", by: Actor, at: datetime
) -> list[Reminder]:
    """Note what came of one call, for all calls to that customer that are due.

    Somebody was reached, or has a message: the calls are made, and count as a contact. Nobody
    answered: they are to be made on the next business day. A wrong number: they are skipped, and
    the ladder goes on.

    Raises:
        UnknownOutcome: ``outcome`` is none of ``CallOutcome``.
        NoteTooLong: more than 1000 characters.
        IllegalTransition: it is no call, or waits for none (any more).
        NotYourTransition: ``by`` is not of the front desk.
    """
    if outcome not in CallOutcome:
        raise UnknownOutcome(fields={"outcome": UnknownOutcome.default_message})
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    if by.role not in DESK:
        raise NotYourTransition
    shop = reminder.shop
    today = local_day(at, zone=shop.zone)
    calls = _locked(waiting(shop).filter(customer=reminder.customer_id))
    calls = [each for each in calls if each.planned_on <= today or each.pk == reminder.pk]
    if reminder.pk not in {each.pk for each in calls}:
        raise IllegalTransition
    for call in calls:
        _note(call, CallOutcome(outcome), note, by=by, at=at)
    if outcome in _MADE:
        fees.propose(reminders=calls, at=at)
    return calls


def waiting(shop: Shop) -> ReminderQuerySet:
    """Return the calls that are to be made."""
    found: ReminderQuerySet = Reminder.objects.for_shop(shop).filter(
        status=ReminderStatus.QUEUED, channel=Channel.CALL
    )
    return found


def script(customer: Customer, reminders: Sequence[Reminder], *, at: datetime) -> str:
    """Return what to say about calls to one customer, in the customer's language."""
    shop = customer.shop
    told = list(items.of([each.invoice for each in reminders], at=at).values())
    subject, body = documents.words_of(shop, template=Template.CALL, language=customer.language)
    facts = emails.Letter(
        shop=shop,
        billing=settings_of(shop),
        language=customer.language,
        customer_name=customer.name,
        subject=subject,
        body=body,
        items=[each for each in told if each.amount > 0] or told,
        today=local_day(at, zone=shop.zone),
    )
    with translation.override(customer.language):
        lines = {
            block: "\n".join(emails.lines_of(block, facts))
            for block in hashtags.BLOCKS
            if block not in ("link", "contact")
        }
        return hashtags.fill(body, {**emails.words_of(facts), **lines})


def _note(call: Reminder, outcome: CallOutcome, note: str, *, by: Actor, at: datetime) -> None:
    """Write down what came of a locked call."""
    call.outcome, call.note = outcome, note
    if outcome in _MADE:
        call.status = TRANSITIONS.target("finish", state=call.status, by=by)
        call.ended_at, call.ended_by = at, by.name
    elif outcome == CallOutcome.WRONG_NUMBER:
        call.status = TRANSITIONS.target("skip", state=call.status, by=by)
        call.reason, call.detail = Reason.NO_ADDRESS, str(outcome.label)
        call.ended_at, call.ended_by = at, by.name
    else:
        today = local_day(at, zone=call.shop.zone)
        call.planned_on = add_business_days(today, 1, country=call.shop.country)
    call.save(
        update_fields=[
            *("status", "outcome", "note", "reason", "detail", "planned_on"),
            *("ended_at", "ended_by"),
        ]
    )
    trail.record(
        action="reminder.called",
        invoice=call.invoice,
        by=by,
        at=at,
        data={
            "reminder": str(call.pk),
            "amount": str(call.amount),
            "outcome": str(outcome),
            "note": note,
        },
    )


def _locked(calls: ReminderQuerySet) -> list[Reminder]:
    """Lock the invoices, then the calls, and return those that still wait."""
    Invoice.objects.lock_all(sorted(set(calls.values_list("invoice", flat=True))))
    list(calls.select_for_update(of=("self",)).order_by("pk"))
    return list(
        calls.with_everything()
        .select_related("invoice__shop", "invoice__customer")
        .order_by("invoice__due_on", "invoice__number")
    )
