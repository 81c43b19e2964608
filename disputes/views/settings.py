"""The settings' pages about reasons of disputes."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from disputes.forms.reasons import ReasonForm
from disputes.models import DisputeReason
from disputes.services import reasons
from disputes.views.lookups import sent
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

REASON = "disputes/settings/reason.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@require_safe
@staff(*MANAGEMENT)
def reason_list(request: StaffRequest) -> HttpResponse:
    """Show the catalogue."""
    found = DisputeReason.objects.for_shop(request.shop)
    return render(
        request,
        "disputes/settings/reasons.html",
        {
            "reasons": found.annotate(case_count=Count("cases")).order_by(
                "-is_active", "position", "code"
            )
        },
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*MANAGEMENT)
def reason_new(request: StaffRequest) -> HttpResponseBase:
    """Add a reason of the shop's own."""
    last = DisputeReason.objects.for_shop(request.shop).aggregate(last=Max("position"))["last"]
    reason = DisputeReason(shop=request.shop, position=0 if last is None else last + 1)
    return _edit(request, reason)


@require_http_methods(_PAGE_OR_FORM)
@staff(*MANAGEMENT)
def reason(request: StaffRequest, reason_id: UUID) -> HttpResponseBase:
    """Change a reason, or take it out of use."""
    known = DisputeReason.objects.for_shop(request.shop).select_related("shop")
    return _edit(request, get_object_or_404(known, pk=reason_id))


def _edit(request: StaffRequest, reason: DisputeReason) -> HttpResponseBase:
    # What is shown above the form is what is kept, not what was typed.
    shown = "" if reason._state.adding else str(reason)
    form = ReasonForm(sent(request), reason=reason)
    context = {"form": form, "name": shown}
    if request.method != "POST":
        return render(request, REASON, context)
    if not form.is_valid():
        return refused(request, REASON, context, form)
    try:
        saved = reasons.save(reason=form.filled(), by=request.actor, at=timezone.now())
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, REASON, context, error)
    messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
    return see_other("dispute-reason-list")
