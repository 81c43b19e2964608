"""The switch for all reminders of a shop."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dunning.forms.choosing import PauseForm
from dunning.models import settings_of
from dunning.services import pausing
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "dunning/pause.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def pause(request: StaffRequest) -> HttpResponseBase:
    """Say what a pause means, ask why, and hold everything back."""
    form = PauseForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "pause": settings_of(request.shop)}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        pausing.pause(
            shop=request.shop,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, PAGE, context, error)
    messages.success(request, _("No reminder leaves until somebody lets them leave again."))
    return see_other("dunning-pause")


@require_POST
@staff(*DESK)
def resume(request: StaffRequest) -> HttpResponseBase:
    """Let reminders leave again."""
    pausing.resume(shop=request.shop, by=request.actor, at=timezone.now())
    messages.success(request, _("Reminders leave again, at the shop's send hours."))
    return see_other("dunning-pause")
