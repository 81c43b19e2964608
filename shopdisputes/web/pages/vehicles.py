"""The form of a vehicle; vehicles are shown with their customer."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shopdisputes.actors import DESK
from shopdisputes.customers import services, vin
from shopdisputes.customers.models import Vehicle
from shopdisputes.web.forms.customers import VehicleForm
from shopdisputes.web.pages.customers import customer_or_404
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other


def warn_about(request: StaffRequest, vehicle: Vehicle) -> None:
    """Say what looks wrong with a vehicle that was just saved; saving it was right all the same."""
    if warning := vin.warning(vehicle.vin):
        messages.warning(request, str(warning))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def vehicle_new(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Add a vehicle to the customer ``pk``."""
    customer = customer_or_404(request, pk)
    form = VehicleForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "customer": customer}
    if request.method != "POST":
        return render(request, "vehicles/form.html", context)
    if not form.is_valid():
        return refused(request, "vehicles/form.html", context)
    vehicle = services.create_vehicle(
        customer=customer, details=form.details(), by=request.actor, at=timezone.now()
    )
    messages.success(request, _("%(vehicle)s is recorded.") % {"vehicle": vehicle})
    warn_about(request, vehicle)
    return see_other("customer", pk=customer.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def vehicle_edit(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Correct what is known of a vehicle."""
    vehicle = get_object_or_404(
        Vehicle.objects.for_shop(request.shop).select_related("customer"), pk=pk
    )
    form = VehicleForm(request.POST if request.method == "POST" else None, instance=copy(vehicle))
    context = {
        "form": form,
        "vehicle": vehicle,
        "customer": vehicle.customer,
        "vin_warning": vin.lasting_warning(vehicle.vin),
    }
    if request.method != "POST":
        return render(request, "vehicles/form.html", context)
    if not form.is_valid():
        return refused(request, "vehicles/form.html", context)
    changed = services.change_vehicle(
        vehicle=vehicle, details=form.details(), by=request.actor, at=timezone.now()
    )
    messages.success(request, _("Saved."))
    warn_about(request, changed)
    return see_other("customer", pk=vehicle.customer_id)
