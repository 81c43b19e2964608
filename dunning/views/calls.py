"""Phone calls: whom to call, what to say, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dunning import facts
from dunning.eligibility import because, judge
from dunning.forms.posting import CallForm
from dunning.models import Reminder
from dunning.services import calling
from dunning.states import CallOutcome, Channel, ReminderStatus
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "dunning/calls.html"
#: Customers on one page; the next ones come up when these are called.
MOST_SHOWN = 25
_MOST_CALLS = 200


@dataclass(frozen=True, kw_only=True)
class Call:
    """One customer to call, about one invoice or several. ``reason``: why not to call now."""

    customer: Customer
    reminders: Sequence[Reminder]
    script: str
    reason: str
    form: CallForm
    #: What may be asked for now.
    amount: Decimal

    @property
    def first(self) -> Reminder:
        """The reminder under whose key the call is noted."""
        return self.reminders[0]


@require_safe
@staff(*DESK)
def call_list(request: StaffRequest) -> HttpResponse:
    """Show whom to call today, with what to say; later ones below."""
    return render(request, PAGE, _context(request, timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def note(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Show one call, also before its day; note what came of it.

    With ``then=promise`` go on to the promise that was made.
    """
    at = timezone.now()
    reminder = get_object_or_404(
        Reminder.objects.for_shop(request.shop)
        .filter(channel=Channel.CALL)
        .select_related("shop", "invoice", "customer"),
        pk=pk,
    )
    if request.method != "POST":
        if reminder.status != ReminderStatus.QUEUED:
            return see_other("reminder", reminder.pk)
        return render(request, PAGE, _context(request, at, only=reminder))
    form = CallForm(request.POST, prefix=_prefix(reminder))
    early = reminder.planned_on > today(request, at)
    context = _context(request, at, bound=(reminder, form), only=reminder if early else None)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        calls = calling.note_call(reminder=reminder, **form.cleaned_data, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, PAGE, context, error, form=form)
    if request.POST.get("then") == "promise":
        return see_other("invoice-promise", reminder.invoice.number)
    messages.success(request, _words_after(form.cleaned_data["outcome"], calls))
    return see_other("call-list")


def _words_after(outcome: str, calls: Sequence[Reminder]) -> str:
    if outcome == CallOutcome.NOT_REACHED:
        return _("Noted. The call comes up again on the next business day.")
    if outcome == CallOutcome.WRONG_NUMBER:
        return _("Noted. Mend the phone number on the customer's page.")
    return _("Noted: %(name)s was called.") % {"name": calls[0].customer.name}


def _context(
    request: StaffRequest,
    at: datetime,
    *,
    bound: tuple[Reminder, CallForm] | None = None,
    only: Reminder | None = None,
) -> dict[str, Any]:
    """Return the calls that are due; ``only``: that one, with the customer's others."""
    day = today(request, at)
    wanted = calling.waiting(request.shop)
    due = Q(planned_on__lte=day)
    reminders = list(
        wanted.filter(due if only is None else Q(customer=only.customer_id) & due | Q(pk=only.pk))
        .with_everything()
        .select_related("invoice__shop", "invoice__customer", "customer__shop")
        .order_by("planned_on", "customer", "invoice__due_on", "id")[:_MOST_CALLS]
    )
    if only is not None:
        # It is noted under the key of the first.
        reminders.sort(key=lambda each: each.pk != only.pk)
    together: dict[UUID, list[Reminder]] = {}
    for reminder in reminders:
        together.setdefault(reminder.customer_id, []).append(reminder)
    shown = list(together.values())[:MOST_SHOWN]
    cases = facts.of([each.invoice_id for group in shown for each in group], at=at)
    later = wanted.filter(planned_on__gt=day) if only is None else wanted.none()
    return {
        "calls": [_call(group, cases, bound=bound, at=at) for group in shown],
        "more": len(together) > MOST_SHOWN or len(reminders) == _MOST_CALLS,
        "later": list(
            later.select_related("customer", "invoice")
            .defer("invoice__canonical_json")
            .order_by("planned_on", "id")[:MOST_SHOWN]
        ),
        "today": day,
    }


def _call(
    reminders: Sequence[Reminder],
    cases: dict[UUID, facts.Case],
    *,
    bound: tuple[Reminder, CallForm] | None,
    at: datetime,
) -> Call:
    first = reminders[0]
    reasons = [_reason(each, cases.get(each.invoice_id), at=at) for each in reminders]
    return Call(
        customer=first.customer,
        reminders=reminders,
        script=calling.script(first.customer, reminders, at=at),
        # As long as one invoice may be spoken of, there is a call to make.
        reason="" if "" in reasons else reasons[0],
        form=bound[1]
        if bound and bound[0].pk in {each.pk for each in reminders}
        else CallForm(prefix=_prefix(first)),
        amount=sum(
            (
                cases[each.invoice_id].facts.collectible
                for each in reminders
                if each.invoice_id in cases
            ),
            ZERO,
        ),
    )


def _reason(reminder: Reminder, case: facts.Case | None, *, at: datetime) -> str:
    if case is None:
        return ""
    day = timezone.localdate(at)
    return because(judge(case.facts, Channel.CALL, today=day, gap=False))


def _prefix(reminder: Reminder) -> str:
    return f"call-{reminder.pk}"
