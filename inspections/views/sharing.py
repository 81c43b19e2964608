"""Putting an inspection before the customer: by mail, or on the shop's tablet."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inspections import emails
from inspections.forms.sharing import ShareForm
from inspections.models import Inspection
from inspections.services import media, sharing
from inspections.states import TRANSITIONS, InspectionStatus
from inspections.views.lookups import inspection_of, today
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.links.tokens import token_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "inspections/share.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def share(request: StaffRequest, number: str) -> HttpResponseBase:
    """Ask until when and with which words, then mail the link; the first time or again."""
    inspection = inspection_of(request, number)
    at = timezone.now()
    day = today(request, at)
    if request.method != "POST":
        form = ShareForm(
            today=day,
            initial={
                "answer_by": sharing.default_answer_by(request.shop, at),
                "message": inspection.message,
            },
        )
        return render(request, PAGE, _context(request, inspection, form))
    form = ShareForm(request.POST, today=day)
    if not form.is_valid():
        return refused(request, PAGE, _context(request, inspection, form), form)
    if request.POST.get("do") == "preview":
        return render(request, PAGE, _previewed(request, inspection, form))
    act = sharing.share if inspection.status == InspectionStatus.COMPLETED else sharing.reshare
    try:
        shared = act(
            inspection=inspection,
            message=form.cleaned_data["message"],
            answer_by=form.cleaned_data["answer_by"],
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused(request, PAGE, _context(request, inspection, form), error)
    messages.success(
        request, _("Sent to %(to)s. The mail leaves within moments.") % {"to": shared.sent_to}
    )
    return see_other("inspection", inspection.number)


@require_POST
@staff(*DESK)
def hand_over(request: StaffRequest, number: str) -> HttpResponseBase:
    """Open the customer's page here, for whoever stands at the desk."""
    inspection = inspection_of(request, number)
    link = sharing.hand_over(inspection=inspection, by=request.actor, at=timezone.now())
    return see_other(reverse("public-inspection", args=[token_of(link)]))


def _context(request: StaffRequest, inspection: Inspection, form: ShareForm) -> dict[str, Any]:
    """Return what the page shows; 404 where there is nothing to share."""
    allowed = TRANSITIONS.actions(state=inspection.status, role=request.actor.role)
    if not {"share", "reshare"} & set(allowed):
        raise Http404
    return {
        "inspection": inspection,
        "order": inspection.repair_order,
        "customer": inspection.repair_order.customer,
        "form": form,
        "is_again": "reshare" in allowed,
        "summary": media.summary(inspection),
    }


def _previewed(request: StaffRequest, inspection: Inspection, form: ShareForm) -> dict[str, Any]:
    subject, text = emails.wording_of_inspection_shared(
        inspection,
        message=form.cleaned_data["message"],
        answer_by=form.cleaned_data["answer_by"],
    )
    return _context(request, inspection, form) | {"subject": subject, "text": text}
