"""Today: what is late, what is due, what customers did; one click from each."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shopdisputes.actors import DESK, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day, start_of_day
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem, contributions
from shopdisputes.web.requests import StaffRequest, staff

#: More than this is not a day's work; the lists show all of it.
_MOST_ROWS = 40
#: A document that failed this often will not get well by itself.
_WORRYING_ATTEMPTS = 3


@staff()
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """Show the desk's agenda and the customers' doings since yesterday."""
    at = timezone.now()
    items = _kernel_agenda(request, at=at)
    for part in contributions():
        items.extend(part.agenda(request.shop, request.actor, at))
    items.sort(key=lambda item: (not item.late, item.due_at is None, item.due_at or at))
    return render(
        request,
        "web/today.html",
        {
            "at": at,
            "late": [item for item in items if item.late][:_MOST_ROWS],
            "due": [item for item in items if not item.late][:_MOST_ROWS],
            "doings": _doings(request.shop, at=at),
            "open_orders": RepairOrder.objects.for_shop(request.shop)
            .filter(status=RepairOrderStatus.OPEN)
            .select_related("customer", "vehicle")
            .order_by("-opened_at", "id")[:6],
            "open_count": RepairOrder.objects.for_shop(request.shop)
            .filter(status=RepairOrderStatus.OPEN)
            .count(),
        },
    )


def _kernel_agenda(request: StaffRequest, *, at: datetime) -> list[AgendaItem]:
    """Return mail that needs a decision and documents that do not come out."""
    if request.actor.role not in DESK:
        return []
    items = []
    troubled = (
        OutgoingEmail.objects.for_shop(request.shop)
        .filter(status__in=[EmailStatus.IN_DOUBT, EmailStatus.FAILED])
        .order_by("created_at")[:_MOST_ROWS]
    )
    for email in troubled:
        words = {"subject": str(email), "recipient": email.recipient}
        doubtful = email.status == EmailStatus.IN_DOUBT
        items.append(
            AgendaItem(
                title=(
                    _("Was “%(subject)s” delivered?") % words
                    if doubtful
                    else _("“%(subject)s” could not be delivered") % words
                ),
                detail=(
                    _("To %(recipient)s. The connection broke while it was handed over.") % words
                    if doubtful
                    else _("To %(recipient)s. Check the address and send it again.") % words
                ),
                url=reverse("email", args=[email.pk]),
                late=True,
                kind="mail-x",
            )
        )
    stuck = (
        Document.objects.for_shop(request.shop)
        .exclude(status=DocumentStatus.READY)
        .filter(attempts__gte=_WORRYING_ATTEMPTS)
        .order_by("created_at")[:_MOST_ROWS]
    )
    for document in stuck:
        items.append(
            AgendaItem(
                title=_("The PDF “%(title)s” cannot be made") % {"title": document.title},
                detail=_("It is tried again and again. Tell your administrator: %(error)s")
                % {"error": document.last_error},
                url=_order_url(request.shop, document) or reverse("repair-order-list"),
                late=True,
                kind="file-text",
            )
        )
    return items


def _doings(shop: Shop, *, at: datetime) -> list[tuple[AuditEvent, str]]:
    """Return what customers did since yesterday began, the newest first, each with its page."""
    yesterday = local_day(at, zone=shop.zone) - timedelta(days=1)
    events = list(
        AuditEvent.objects.for_shop(shop)
        .to_be_told()
        .filter(
            actor_role=Role.CUSTOMER, at__gte=start_of_day(yesterday, zone=shop.zone), at__lte=at
        )
        # What he does makes the link of the mail that confirms it: he did not make it.
        .exclude(action="link.given")
        .order_by("-sequence")[:20]
    )
    numbers = dict(
        RepairOrder.objects.for_shop(shop)
        .filter(pk__in={event.repair_order_id for event in events if event.repair_order_id})
        .values_list("pk", "number")
    )
    return [
        (
            event,
            reverse("repair-order", args=[numbers[event.repair_order_id]])
            if event.repair_order_id in numbers
            else "",
        )
        for event in events
    ]


def _order_url(shop: Shop, document: Document) -> str:
    number = (
        RepairOrder.objects.for_shop(shop)
        .filter(pk=document.repair_order_id)
        .values_list("number", flat=True)
        .first()
    )
    return reverse("repair-order", args=[number]) if number else ""
