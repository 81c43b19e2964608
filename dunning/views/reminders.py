"""All reminders of the shop, and one of them: the mail as it was sent, its way, what to decide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dunning import agenda
from dunning.models import Reminder, ReminderQuerySet
from dunning.services import approving, bouncing, replying
from dunning.states import TRANSITIONS, Channel, ReminderStatus, Template
from dunning.views import saying
from invoices.models import Invoice
from shopdisputes.actors import DESK, MANAGEMENT, Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.web import lists, timelines
from shopdisputes.web.contributions import Words
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import csv_response, see_other, status_of

SORTS = {
    "newest": lists.Sort(gettext_lazy("Newest"), ("-planned_on", "id")),
    "oldest": lists.Sort(gettext_lazy("Oldest"), ("planned_on", "id")),
}
DETAIL = "dunning/reminder.html"
#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 50
_UNSENT = (ReminderStatus.AWAITING_APPROVAL, ReminderStatus.QUEUED, ReminderStatus.HELD)
_CHUNK = 500
_WORDED = (EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT, EmailStatus.FAILED)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A station of a reminder's way; without ``at`` it stands there now."""

    label: Words
    at: datetime | None = None
    detail: Words = ""


@require_safe
@staff(*DESK)
def reminder_list(request: StaffRequest) -> HttpResponseBase:
    """Every reminder of the shop, those planned last first."""
    found, customer, invoice = _found(request)
    return render(
        request,
        "dunning/reminder_list.html",
        {
            "page": lists.Keyset(request, _for_lines(found), sorts=SORTS),
            "words": lists.words_of(request),
            "customer": customer,
            "invoice": invoice,
            "without": lists.query_with(request, customer=None, invoice=None),
            "statuses": lists.chips(request, "status", ReminderStatus.choices, everything=_("All")),
            "channels": lists.chips(request, "channel", Channel.choices, everything=_("Any way")),
            "filtered": any(
                request.GET.get(name) for name in ("q", "status", "channel", "customer", "invoice")
            ),
        },
    )


@require_safe
@staff(*DESK)
def export(request: StaffRequest) -> HttpResponseBase:
    """Hand out what the list shows as a CSV file, all pages of it."""
    found, _customer, _invoice = _found(request)
    header = [
        _("Invoice"),
        _("Customer"),
        _("Step"),
        _("Text"),
        _("Cycle"),
        _("Channel"),
        _("Planned for"),
        _("Status"),
        _("Reason"),
        _("Sent"),
        _("To"),
        _("Amount"),
        _("Currency"),
    ]
    return csv_response("reminders.csv", header, _rows(found))


@require_safe
@staff(*DESK)
def reminder(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Show one reminder."""
    return render(request, DETAIL, _context(request, reminder_of(request, pk)))


@require_POST
@staff(*DESK)
def approve(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Let a reminder leave."""
    return _act(
        request,
        pk,
        lambda found, by, at: approving.approve(reminder=found, by=by, at=at),
        done=_("Approved. E-mails leave by themselves; letters and calls wait for you."),
    )


@require_POST
@staff(*DESK)
def skip(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Leave a reminder out, for a reason."""
    reason = _typed(request)
    return _act(
        request,
        pk,
        lambda found, by, at: approving.skip(reminder=found, reason=reason, by=by, at=at),
        done=_("Skipped. The next step comes in its time."),
        dialog="skip",
    )


@require_POST
@staff(*DESK)
def settle(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Say whether a reminder in doubt arrived: ``outcome`` is delivered or not_delivered."""
    outcome = request.POST.get("outcome", "")
    if outcome not in {"delivered", "not_delivered"}:
        return _refuse(request, pk, _("Say whether it arrived."), status=422)
    delivered = outcome == "delivered"
    return _act(
        request,
        pk,
        lambda found, by, at: approving.settle(reminder=found, delivered=delivered, by=by, at=at),
        done=_("Noted as sent.")
        if delivered
        else _("It is sent once more, worded anew and only if it still holds true."),
    )


@require_POST
@staff(*DESK)
def bounced(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Note that a reminder's mail came back."""
    note = _typed(request)
    email = reminder_of(request, pk).email
    if email is None:
        return _refuse(request, pk, str(bouncing.NotSent.default_message), status=409)
    return _act(
        request,
        pk,
        lambda _found, by, at: bouncing.report_bounce(email=email, note=note, by=by, at=at),
        done=_("Noted. Nothing is asked for until the address is mended."),
        dialog="bounced",
    )


@require_POST
@staff(*DESK)
def replied(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Note what the customer replied; reminders wait for an answer."""
    note = _typed(request)
    return _act(
        request,
        pk,
        lambda found, by, at: replying.note_reply(customer=found.customer, note=note, by=by, at=at),
        done=_("Noted. No reminder leaves to this customer for two business days."),
        dialog="replied",
    )


@require_POST
@staff(*DESK)
def mended(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Let go what was held because mail to a customer came back."""
    customer = get_object_or_404(
        Customer.objects.for_shop(request.shop).select_related("shop"), pk=pk
    )
    try:
        bouncing.address_mended(customer=customer, by=request.actor, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Reminders to %(name)s leave again.") % {"name": customer.name})
    return see_other(f"{reverse('dunning-agenda')}?tab=bounced")


def reminder_of(request: StaffRequest, pk: UUID) -> Reminder:
    """Return a reminder of the shop; else 404."""
    found: Reminder = get_object_or_404(
        Reminder.objects.for_shop(request.shop)
        .with_everything()
        .select_related("email__link", "email__shop", "document", "invoice__customer"),
        pk=pk,
    )
    return found


def _typed(request: StaffRequest) -> str:
    """Return what was typed into a dialog, without what no database keeps in a text."""
    return request.POST.get("reason", "").replace("\0", "")


def _act(
    request: StaffRequest,
    pk: UUID,
    act: Callable[[Reminder, Actor, datetime], object],
    *,
    done: str,
    dialog: str = "",
) -> HttpResponseBase:
    """Do something about a reminder and come back to its page, or to where it was asked for."""
    try:
        act(reminder_of(request, pk), request.actor, timezone.now())
    except DomainError as error:
        problem = str(error.fields.get("reason") or error.fields.get("note") or "")
        return _refuse(
            request,
            pk,
            str(error.message),
            status=status_of(error),
            dialog=dialog if problem else "",
            problem=problem,
        )
    messages.success(request, done)
    return see_other("reminder", pk)


def _refuse(
    request: StaffRequest,
    pk: UUID,
    message: str,
    *,
    status: int,
    dialog: str = "",
    problem: str = "",
) -> HttpResponse:
    """Show the reminder with what is wrong; a dialog whose reason is missing comes back open."""
    context = _context(request, reminder_of(request, pk)) | {
        "open_dialog": dialog,
        "reason_error": problem,
        "reason": _typed(request),
        "error_message": "" if dialog else message,
    }
    return render(request, DETAIL, context, status=status)


def _context(request: StaffRequest, found: Reminder) -> dict[str, Any]:
    shop, email = request.shop, found.email
    status = found.shown_status
    told = AuditEvent.objects.for_shop(shop).to_be_told()
    about = Q(target_id=found.invoice_id, data__reminder=str(found.pk)) | Q(target_id=found.pk)
    if email is not None:
        about |= Q(target_id=email.pk)
    together = Reminder.objects.for_shop(shop).filter(email=email).exclude(pk=found.pk)
    # What waits to be sent again is worded anew.
    worded = email is not None and email.status in _WORDED
    return {
        "reminder": found,
        "invoice": found.invoice,
        "customer": found.customer,
        "email": email,
        "status": status,
        "worded": worded,
        "would_say": saying.now(found, at=timezone.now()) if status in _UNSENT else None,
        "stages": _stages(found),
        "together": together.select_related("invoice", "step").defer("invoice__canonical_json")
        if email is not None
        else [],
        "timeline": timelines.merged(told.filter(about).order_by("-sequence")[:_MOST_EVENTS], []),
        "actions": _actions(found, request.actor),
        "is_demand": found.step.template == Template.FORMAL_DEMAND,
        "left": email is not None and email.status == EmailStatus.SENT,
        "has_reached": found.has_left,
    }


def _actions(found: Reminder, actor: Actor) -> list[str]:
    """Return what the reader may do; a formal demand is approved by the management alone."""
    names = TRANSITIONS.actions(state=found.shown_status, role=actor.role)
    demand = found.step.template == Template.FORMAL_DEMAND
    if demand and actor.role not in MANAGEMENT and "approve" in names:
        names.remove("approve")
    return names


def _stages(found: Reminder) -> list[Stage]:
    """Return what is known of a reminder's way; what did not happen is not there."""
    stages = [Stage(label=_("Planned"), at=found.created_at)]
    if found.approved_at:
        stages.append(Stage(label=_("Approved"), at=found.approved_at, detail=found.approved_by))
    email = found.email
    if email is not None and found.status == ReminderStatus.QUEUED:
        if email.handed_at:
            stages.append(Stage(label=_("Handed to the mail server"), at=email.handed_at))
        if email.status == EmailStatus.QUEUED:
            waiting = Stage(label=_("Leaves not before"), at=email.next_try_at, detail=email.reply)
            return [*stages, waiting]
    detail = found.get_reason_display() if found.reason else ""
    ended = found.sent_at or found.ended_at
    by = found.ended_by
    stages.append(
        Stage(
            label=found.told_status,
            at=ended,
            detail=" · ".join(str(part) for part in (detail, found.detail, by) if part),
        )
    )
    return stages


def _for_lines(found: ReminderQuerySet) -> ReminderQuerySet:
    return found.select_related("invoice", "customer", "step", "email").defer(
        "invoice__canonical_json", "email__text", "email__html"
    )


def _rows(found: ReminderQuerySet) -> Iterator[list[Any]]:
    reminders = _for_lines(found).order_by("-planned_on", "id").iterator(chunk_size=_CHUNK)
    for each in reminders:
        yield [
            each.invoice.number,
            each.customer.name,
            each.step.position + 1,
            each.step.get_template_display(),
            each.cycle,
            each.get_channel_display(),
            each.planned_on,
            each.told_status,
            " ".join(part for part in (each.get_reason_display(), each.detail) if part),
            timezone.localtime(each.sent_at).isoformat(timespec="minutes") if each.sent_at else "",
            each.email.recipient if each.email else "",
            each.amount,
            each.invoice.currency,
        ]


def _found(request: StaffRequest) -> tuple[ReminderQuerySet, Customer | None, Invoice | None]:
    found: ReminderQuerySet = Reminder.objects.for_shop(request.shop)
    if status := lists.chosen(request, "status", ReminderStatus.choices):
        found = agenda.standing_as(found, status)
    if channel := lists.chosen(request, "channel", Channel.choices):
        found = found.filter(channel=channel)
    customer = invoice = None
    if key := object_id(request.GET.get("customer", "")):
        customer = Customer.objects.for_shop(request.shop).filter(pk=key).first()
        found = found.filter(customer_id=key)
    if key := object_id(request.GET.get("invoice", "")):
        invoice = Invoice.objects.for_shop(request.shop).filter(pk=key).first()
        found = found.filter(invoice_id=key)
    for word in lists.words_of(request).split():
        fits = Q(invoice__number__icontains=word) | Q(customer__name__icontains=word)
        if "@" in word:
            fits |= Q(email__recipient__icontains=word)
        found = found.filter(fits)
    return found, customer, invoice
