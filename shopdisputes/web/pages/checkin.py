"""Opening a repair order: somebody known or new, a vehicle known or new, in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shopdisputes.actors import DESK
from shopdisputes.customers import vin
from shopdisputes.customers.models import Customer
from shopdisputes.repairorders import services
from shopdisputes.web import lists
from shopdisputes.web.forms.customers import CustomerForm, VehicleForm
from shopdisputes.web.forms.repair_orders import RepairOrderForm, WhichVehicleForm
from shopdisputes.web.pages.customers import lookalikes
from shopdisputes.web.pages.vehicles import warn_about
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import see_other

_TEMPLATE = "repair_orders/new.html"
_FOUND_SHOWN = 8


@dataclass(frozen=True)
class CheckIn:
    """The forms of the page. ``customer`` is the one chosen; without, their form is shown."""

    customer: Customer | None
    customer_form: CustomerForm | None
    which: WhichVehicleForm | None
    vehicle_form: VehicleForm
    form: RepairOrderForm

    @property
    def needs_vehicle(self) -> bool:
        """Whether the vehicle that is typed in counts; only after ``is_valid``."""
        return self.which is None or not self.which.is_valid() or self.which.chosen() is None

    def is_valid(self) -> bool:
        """Say whether every form that counts is well filled in."""
        counting: list[forms.BaseForm] = [
            form for form in (self.customer_form, self.which, self.form) if form is not None
        ]
        if self.needs_vehicle:
            counting.append(self.vehicle_form)
        return all(form.is_valid() for form in counting)

    def context(self) -> dict[str, Any]:
        """Return what the template shows, with every complaint of every form that counts."""
        typed_in = self.which is None or (self.which.is_bound and self.needs_vehicle)
        # In the order in which they stand on the page.
        shown: list[forms.BaseForm | None] = [
            self.customer_form,
            self.which,
            self.vehicle_form if typed_in else None,
            self.form,
        ]
        return {
            "customer": self.customer,
            "customer_form": self.customer_form,
            "which": self.which,
            "vehicle_form": self.vehicle_form,
            "form": self.form,
            "vehicle_open": self.which is not None
            and self.which["vehicle"].value() == self.which.OTHER,
            "faulty": [form for form in shown if form is not None and form.errors],
        }


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def repair_order_new(request: StaffRequest) -> HttpResponseBase:
    """Check a vehicle in. ``?customer=`` and ``?vehicle=`` choose, ``?q=`` looks for somebody."""
    if request.method != "POST":
        return render(
            request,
            _TEMPLATE,
            _unchecked(request, request.GET).context() | _search(request),
        )
    if "use" in request.POST:
        # A known customer was picked: what was typed of vehicle and concern goes along.
        return render(request, _TEMPLATE, _unchecked(request, request.POST).context())
    page = _checked(request)
    if not page.is_valid():
        return render(request, _TEMPLATE, page.context(), status=422)
    if twins := _twins(request, page):
        return render(request, _TEMPLATE, page.context() | {"twins": twins}, status=422)
    chosen = page.which.chosen() if page.which else None
    order = services.check_in(
        shop=request.shop,
        customer=page.customer_form.details() if page.customer_form else _known(page),
        vehicle=chosen or page.vehicle_form.details(),
        concern=page.form.cleaned_data["concern"],
        odometer=page.form.cleaned_data["odometer"],
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("%(number)s is open.") % {"number": order.number})
    if chosen is None:
        warn_about(request, order.vehicle)
    return see_other("repair-order", number=order.number)


def _known(page: CheckIn) -> Customer:
    assert page.customer is not None
    return page.customer


def _customer(request: StaffRequest, text: str) -> Customer | None:
    pk = object_id(text)
    if pk is None:
        return None
    return Customer.objects.for_shop(request.shop).select_related("shop").filter(pk=pk).first()


def _unchecked(request: StaffRequest, typed: Mapping[str, Any]) -> CheckIn:
    """Return the forms before anything is checked, filled with what is known or was typed."""
    customer = _customer(request, typed.get("use") or typed.get("customer") or "")
    vehicle = _initial(typed, VehicleForm.Meta.fields, prefix="vehicle-")
    which = None
    if customer is not None:
        which = WhichVehicleForm(customer=customer, initial=_wanted(customer, typed, vehicle))
    return CheckIn(
        customer=customer,
        customer_form=None
        if customer
        else CustomerForm(
            shop=request.shop,
            prefix="customer",
            initial=_initial(typed, CustomerForm.Meta.fields, prefix="customer-"),
        ),
        which=which,
        vehicle_form=VehicleForm(prefix="vehicle", initial=vehicle, use_required_attribute=False),
        form=RepairOrderForm(initial=_initial(typed, RepairOrderForm.Meta.fields, prefix="")),
    )


def _checked(request: StaffRequest) -> CheckIn:
    customer = _customer(request, request.POST.get("customer", ""))
    return CheckIn(
        customer=customer,
        customer_form=None
        if customer
        else CustomerForm(request.POST, shop=request.shop, prefix="customer"),
        which=WhichVehicleForm(request.POST, customer=customer) if customer else None,
        vehicle_form=VehicleForm(request.POST, prefix="vehicle", use_required_attribute=False),
        form=RepairOrderForm(request.POST),
    )


def _initial(typed: Mapping[str, Any], names: list[str], *, prefix: str) -> dict[str, Any]:
    return {name: typed[prefix + name] for name in names if typed.get(prefix + name)}


def _wanted(
    customer: Customer, typed: Mapping[str, Any], vehicle: Mapping[str, Any]
) -> dict[str, Any]:
    """Choose the vehicle asked for; else the one that was typed in; else leave the default."""
    if wanted := object_id(typed.get("vehicle", "")):
        return {"vehicle": str(wanted)}
    plate = vin.normalize(str(vehicle.get("plate", "")))
    if plate:
        same = customer.vehicles.filter(plate_key=plate).first()
        return {"vehicle": str(same.pk) if same else WhichVehicleForm.OTHER}
    return {"vehicle": WhichVehicleForm.OTHER} if vehicle else {}


def _search(request: StaffRequest) -> dict[str, Any]:
    words = lists.words_of(request)
    found = (
        Customer.objects.for_shop(request.shop)
        .search(words, shop=request.shop)
        .prefetch_related("vehicles")
        .order_by("name", "id")[:_FOUND_SHOWN]
        if words
        else []
    )
    return {"words": words, "found": found}


def _twins(request: StaffRequest, page: CheckIn) -> list[Customer]:
    """Return whom a new customer might be, unless the desk has said that it is somebody else."""
    if page.customer_form is None or "anyway" in request.POST:
        return []
    person, vehicle = page.customer_form.details(), page.vehicle_form.details()
    return lookalikes(
        request.shop,
        email=person.email,
        phone=person.phone,
        plate=vehicle.plate,
        vin_number=vehicle.vin,
    )
