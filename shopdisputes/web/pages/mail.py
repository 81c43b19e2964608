"""The mail log: every e-mail as it was worded, how it fared, and what to do when in doubt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.outbox import reading, services
from shopdisputes.outbox.late import keeper_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import TRANSITIONS, EmailStatus
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web import lists
from shopdisputes.web.contributions import Words
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import see_other, status_of

SORTS = {
    "newest": lists.Sort(gettext_lazy("Newest"), ("-created_at", "id")),
    "oldest": lists.Sort(gettext_lazy("Oldest"), ("created_at", "id")),
}
#: A mail brings its own inline styles and pictures, so it is shown with a policy of its own:
#: no script, no form, nothing from elsewhere, and no way out of its frame but a new window.
MAIL_BODY_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


#: What the transport without a server leaves as the answer.
_NO_SERVER = "mail log"


@dataclass(frozen=True)
class Stage:
    """A station of an e-mail's way, past ones with their moment."""

    label: Words
    at: datetime | None
    detail: str = ""


def email_or_404(request: StaffRequest, pk: UUID) -> OutgoingEmail:
    """Return an e-mail of the shop that is being worked in."""
    return get_object_or_404(
        OutgoingEmail.objects.for_shop(request.shop).select_related("shop", "customer", "link"),
        pk=pk,
    )


@require_safe
@staff(*DESK)
def email_list(request: StaffRequest) -> HttpResponseBase:
    """Every e-mail of the shop, the newest first."""
    emails: QuerySet[OutgoingEmail] = OutgoingEmail.objects.for_shop(request.shop).defer(
        "text", "html"
    )
    if status := lists.chosen(request, "status", EmailStatus.choices):
        emails = emails.filter(status=status)
    customer = None
    if customer_id := object_id(request.GET.get("customer", "")):
        customer = Customer.objects.for_shop(request.shop).filter(pk=customer_id).first()
        emails = emails.filter(customer_id=customer_id)
    words = lists.words_of(request)
    for word in words.split():
        emails = emails.filter(
            Q(subject__icontains=word)
            | Q(recipient__icontains=word)
            | Q(recipient_name__icontains=word)
        )
    return render(
        request,
        "mail/list.html",
        {
            "page": lists.Keyset(request, emails, sorts=SORTS),
            "words": words,
            "customer": customer,
            "without_customer": lists.query_with(request, customer=None),
            "chips": lists.chips(request, "status", EmailStatus.choices, everything=_("All")),
            "filtered": any(request.GET.get(name) for name in ("q", "status", "customer")),
        },
    )


@require_safe
@staff(*DESK)
def email(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """One e-mail as it was worded."""
    return render(request, "mail/detail.html", _context(request, email_or_404(request, pk)))


@require_safe
@staff(*DESK)
def email_body(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """The e-mail's HTML for the frame on its page, shut in by a policy of its own."""
    html = reading.for_staff(email_or_404(request, pk)).html
    # A link in the frame would open inside it, in the sandbox; a window of its own is free.
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = MAIL_BODY_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
@staff(*DESK)
def email_settle(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Say whether an e-mail in doubt arrived: ``outcome`` is delivered or not_delivered."""
    found = email_or_404(request, pk)
    outcome = request.POST.get("outcome", "")
    if outcome not in {"delivered", "not_delivered"}:
        return _refuse(request, found, _("Say whether it arrived."), status=422)
    delivered = outcome == "delivered"
    try:
        services.settle(email=found, delivered=delivered, by=request.actor, at=timezone.now())
    except DomainError as error:
        return _refuse(request, found, str(error.message), status=status_of(error))
    messages.success(request, _("Noted as sent.") if delivered else _("It is sent once more."))
    return see_other("email", pk=pk)


@require_POST
@staff(*DESK)
def email_send_again(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Try a failed e-mail once more."""
    found = email_or_404(request, pk)
    try:
        services.send_again(email=found, by=request.actor, at=timezone.now())
    except DomainError as error:
        return _refuse(request, found, str(error.message), status=status_of(error))
    messages.success(request, _("It is sent once more."))
    return see_other("email", pk=pk)


def _refuse(
    request: StaffRequest, found: OutgoingEmail, message: str, *, status: int
) -> HttpResponse:
    context = _context(request, email_or_404(request, found.pk)) | {"error_message": message}
    return render(request, "mail/detail.html", context, status=status)


def _context(request: StaffRequest, found: OutgoingEmail) -> dict[str, Any]:
    order = (
        RepairOrder.objects.for_shop(request.shop).filter(pk=found.repair_order_id).first()
        if found.repair_order_id
        else None
    )
    return {
        "email": found,
        "worded": reading.is_worded(found),
        "text": reading.for_staff(found).text,
        "attachments": found.attachments.for_shop(request.shop).order_by("created_at"),
        "repair_order": order,
        "stages": _stages(found),
        "events": AuditEvent.objects.for_shop(request.shop).of_target(found),
        "actions": TRANSITIONS.actions(state=found.status, role=request.actor.role),
    }


def _stages(found: OutgoingEmail) -> list[Stage]:
    """Return what is known of the e-mail's way; what did not happen is not there."""
    stages = [
        Stage(_("Queued") if keeper_of(found.kind) else _("Worded and queued"), found.created_at)
    ]
    if found.claimed_at:
        stages.append(
            Stage(
                _("Taken by a sender"),
                found.claimed_at,
                _("Tries so far: %(count)d") % {"count": found.attempts} if found.attempts else "",
            )
        )
    if found.handed_at and found.reply != _NO_SERVER:
        stages.append(Stage(_("Handed to the mail server"), found.handed_at))
    match found.status:
        case EmailStatus.SENT:
            stages.append(Stage(_("Sent"), found.sent_at, _reply(found)))
        case EmailStatus.QUEUED:
            stages.append(Stage(_("Next try not before"), found.next_try_at, _reply(found)))
        case EmailStatus.IN_DOUBT:
            stages.append(
                Stage(
                    _("In doubt"),
                    None,
                    _("The connection ended before the server answered. It may have arrived."),
                )
            )
        case EmailStatus.FAILED:
            stages.append(Stage(_("Failed"), None, _reply(found)))
        case EmailStatus.WITHDRAWN:
            stages.append(Stage(_("Withdrawn before it left"), None))
        case _:
            stages.append(Stage(found.get_status_display(), None, _reply(found)))
    return stages


def _reply(found: OutgoingEmail) -> str:
    # The word that the transport without a server leaves is not a server's.
    return (
        _("Kept in this mail log; there is no mail server.")
        if (found.reply == "mail log")
        else found.reply
    )
