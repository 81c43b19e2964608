"""What the desk does about the reminders of one invoice: now, never, from the start, what else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dunning import earlier, facts, outlook
from dunning.deciding import decide as decide_about
from dunning.forms.beginning import BeginningForm
from dunning.models import Reminder, Step
from dunning.services import planning, reminding, resuming
from dunning.states import Channel, Reason, ReminderStatus
from invoices import collecting
from invoices.forms.agreements import HoldForm, ReasonForm
from invoices.models import DunningPosition, Invoice
from invoices.states import TRANSITIONS as INVOICE_TRANSITIONS
from invoices.states import HoldKind
from invoices.views.lookups import invoice_of, today
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

REMIND = "dunning/remind.html"
VERB = "dunning/invoice_act.html"
DECIDE = "dunning/decide.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]
#: A legal matter is looked at again after so many days unless told otherwise.
_LEGAL_REVIEW = timedelta(days=30)


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def remind(request: StaffRequest, number: str) -> HttpResponseBase:
    """Say what would leave and when; then have it leave."""
    invoice = invoice_of(request, number)
    at = timezone.now()
    if request.method != "POST":
        return render(request, REMIND, _what_would_leave(request, invoice, at))
    try:
        made = reminding.remind_now(invoice=invoice, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, REMIND, _what_would_leave(request, invoice, at), error)
    messages.success(request, _done(made))
    return see_other("invoice", invoice.number)


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def stop(request: StaffRequest, number: str) -> HttpResponseBase:
    """Stop the reminders of an invoice until somebody starts them again."""
    invoice = invoice_of(request, number)
    return _ask(
        request,
        invoice,
        ReasonForm(request.POST if request.method == "POST" else None),
        lambda form, at: resuming.stop(
            invoice=invoice, reason=form.cleaned_data["reason"], by=request.actor, at=at
        ),
        verb=gettext_lazy("Stop reminding"),
        help_text=gettext_lazy(
            "No reminder of this invoice leaves by itself until you start them again. What it"
            " asks for stays owed."
        ),
        done=gettext_lazy("The reminders of this invoice are stopped."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def start(request: StaffRequest, number: str) -> HttpResponseBase:
    """Go on with the steps where they were stopped."""
    invoice = invoice_of(request, number)
    return _ask(
        request,
        invoice,
        Form(request.POST if request.method == "POST" else None),
        lambda form, at: resuming.start_again(invoice=invoice, by=request.actor, at=at),
        verb=gettext_lazy("Start the reminders again"),
        help_text=gettext_lazy(
            "The steps go on where they stood. Of those whose day has passed meanwhile only the"
            " latest is taken."
        ),
        done=gettext_lazy("Reminders leave again."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def restart(request: StaffRequest, number: str) -> HttpResponseBase:
    """Begin the steps anew, as if the invoice were due on another day."""
    invoice = invoice_of(request, number)
    form = BeginningForm(
        request.POST if request.method == "POST" else None,
        initial={"base_on": today(request, timezone.now())},
    )
    return _ask(
        request,
        invoice,
        form,
        lambda form, at: resuming.new_base(
            invoice=invoice, base_on=form.cleaned_data["base_on"], by=request.actor, at=at
        ),
        verb=gettext_lazy("Begin the steps anew"),
        help_text=gettext_lazy(
            "The customer is reminded from the first step on. What is planned and has not left is"
            " skipped; the history stays."
        ),
        done=gettext_lazy("The steps begin anew."),
    )


@require_safe
@staff(*DESK)
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """Offer what can be done when all steps are taken and money is still owed."""
    invoice = invoice_of(request, number)
    get_object_or_404(DunningPosition.objects.for_shop(request.shop), invoice=invoice)
    at = timezone.now()
    names = INVOICE_TRANSITIONS.actions(state=invoice.status, role=request.actor.role)
    legal = HoldForm(
        shop=request.shop,
        initial={"review_on": today(request, at) + _LEGAL_REVIEW, "kind": HoldKind.LEGAL},
    )
    return render(
        request,
        DECIDE,
        {
            "invoice": invoice,
            "figures": collecting.standing(invoice, at=at).figures,
            "sentence": outlook.of([invoice], at)[invoice.pk].sentence,
            "legal": [legal["reason"], legal["review_on"]],
            "may_write_off": "write_off" in names and invoice.balance > 0,
            "waiting": _waiting(invoice),
        },
    )


def _waiting(invoice: Invoice) -> Reminder | None:
    """Return the reminder that waits for somebody: to be approved, posted or called about."""
    waits = Q(status=ReminderStatus.AWAITING_APPROVAL) | Q(
        status=ReminderStatus.QUEUED, channel__in=(Channel.LETTER, Channel.CALL)
    )
    found: Reminder | None = (
        Reminder.objects.for_shop(invoice.shop)
        .filter(waits, invoice=invoice)
        .order_by("-created_at")
        .first()
    )
    return found


def _done(made: Reminder) -> str:
    if made.status == ReminderStatus.AWAITING_APPROVAL:
        return _("The reminder waits to be approved.")
    if made.email is None:
        return _("The reminder waits for you: see “Reminders”.")
    return _("The reminder is on its way to %(to)s.") % {"to": made.email.recipient}


def _what_would_leave(request: StaffRequest, invoice: Invoice, at: datetime) -> dict[str, Any]:
    step, why_not = _proposal(invoice, at, today(request, at))
    return {
        "invoice": invoice,
        "figures": collecting.standing(invoice, at=at).figures,
        "step": step,
        "why_not": why_not,
        "leaves_at": request.shop.send_window.next_slot(at),
        "at": at,
    }


def _proposal(invoice: Invoice, at: datetime, day: date) -> tuple[Step | None, str]:
    """Return the step that would be taken now, or None and why not."""
    if reminding.under_way(invoice) is not None:
        return None, _("A reminder of this invoice is under way already.")
    case = facts.of([invoice.pk], at=at).get(invoice.pk)
    if case is None:
        return None, str(Reason.NOT_OWED.label)
    taken = earlier.of([case]).taken(case)
    decision = decide_about(case, today=day, taken=taken, now=True)
    return decision.takes, "" if decision.takes else planning.why_not(decision)


def _ask(
    request: StaffRequest,
    invoice: Invoice,
    form: Form,
    act: Callable[[Form, datetime], object],
    *,
    verb: LazyText,
    help_text: LazyText,
    done: LazyText,
) -> HttpResponseBase:
    """Show a form on a page of its own; take it, and lead back to the invoice."""
    context = {"invoice": invoice, "form": form, "verb": verb, "help": help_text}
    if request.method != "POST":
        return render(request, VERB, context)
    if not form.is_valid():
        return refused(request, VERB, context, form)
    try:
        act(form, timezone.now())
    except DomainError as error:
        return refused(request, VERB, context, error)
    messages.success(request, str(done))
    return see_other("invoice", invoice.number)
