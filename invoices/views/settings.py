"""How the shop bills: bank account, terms, defaults."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from invoices.forms.settings import BillingSettingsForm
from invoices.models import settings_of
from invoices.services import billing
from shopdisputes.actors import MANAGEMENT
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "invoices/billing_settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def billing_settings(request: StaffRequest) -> HttpResponseBase:
    """Show and save how the shop bills."""
    form = BillingSettingsForm(
        request.POST if request.method == "POST" else None,
        # The form writes into its instance while it checks.
        instance=copy(settings_of(request.shop)),
    )
    context = {
        "form": form,
        "title": _("Billing"),
        "intro": _("Printed on invoices from now on. What is issued already stays as it is."),
    }
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return refused(request, PAGE, context)
    billing.change(shop=request.shop, values=form.values(), by=request.actor, at=timezone.now())
    messages.success(request, _("Saved."))
    return see_other("billing-settings")
