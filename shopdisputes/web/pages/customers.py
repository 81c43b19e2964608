"""Customers: the list, one customer, and their form."""

from copy import copy
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers import services, vin
from shopdisputes.customers.models import Customer, CustomerKind, Vehicle
from shopdisputes.links import readdressing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web import lists
from shopdisputes.web.contributions import contributions
from shopdisputes.web.forms.countries import country_name
from shopdisputes.web.forms.customers import CustomerChangeForm, CustomerForm
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import csv_response, refused, see_other

SORTS = {
    "name": lists.Sort(gettext_lazy("Name"), ("name", "id")),
    "newest": lists.Sort(gettext_lazy("Newest"), ("-created_at", "id")),
}
#: Enough to recognize somebody by; more would be a list of its own.
_TWINS_SHOWN = 5
_PART_ROWS = 20


def customer_or_404(request: StaffRequest, pk: UUID) -> Customer:
    """Return a customer of the shop that is being worked in."""
    return get_object_or_404(Customer.objects.for_shop(request.shop).select_related("shop"), pk=pk)


def lookalikes(
    shop: Shop, *, email: str, phone: str, plate: str = "", vin_number: str = ""
) -> list[Customer]:
    """Return whom a new customer might be; each with ``known_vehicles`` to tell them apart."""
    return list(
        Customer.objects.for_shop(shop)
        .lookalikes(email=email, phone=phone, plate_key=vin.normalize(plate), vin=vin_number)
        .prefetch_related("vehicles")
        .order_by("name", "id")[:_TWINS_SHOWN]
    )


def _found(request: StaffRequest) -> Any:
    customers = Customer.objects.for_shop(request.shop)
    if kind := lists.chosen(request, "kind", CustomerKind.choices):
        customers = customers.filter(kind=kind)
    words = lists.words_of(request)
    return customers.search(words, shop=request.shop) if words else customers


@require_safe
@staff()
def customer_list(request: StaffRequest) -> HttpResponseBase:
    """Find a customer by name, plate, VIN, phone or e-mail."""
    page = lists.Keyset(request, _found(request).prefetch_related("vehicles"), sorts=SORTS)
    return render(
        request,
        "customers/list.html",
        {
            "page": page,
            "words": lists.words_of(request),
            "chips": lists.chips(request, "kind", CustomerKind.choices, everything=_("Everybody")),
            "filtered": any(request.GET.get(name) for name in ("q", "kind")),
            "may_write": request.actor.role in DESK,
        },
    )


@require_safe
@staff(*DESK)
def customer_export(request: StaffRequest) -> HttpResponseBase:
    """Everything that the list's filters find, as CSV."""
    header = [
        _("name"),
        _("kind"),
        _("e-mail"),
        _("phone"),
        _("language"),
        _("address"),
        _("country"),
        _("vehicles"),
    ]
    rows = (
        [
            customer.name,
            customer.get_kind_display(),
            customer.email,
            customer.phone,
            customer.language,
            ", ".join(customer.address_lines),
            customer.country,
            "; ".join(str(vehicle) for vehicle in customer.vehicles.all()),
        ]
        for customer in _found(request)
        .prefetch_related("vehicles")
        .order_by("name", "id")
        .iterator(chunk_size=500)
    )
    return csv_response("customers.csv", header, rows)


@require_safe
@staff()
def customer(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Everything about one customer."""
    found = customer_or_404(request, pk)
    vehicles = Vehicle.objects.for_shop(request.shop).filter(customer=found)
    orders = RepairOrder.objects.for_shop(request.shop).filter(customer=found)
    emails = OutgoingEmail.objects.for_shop(request.shop).filter(customer=found)
    return render(
        request,
        "customers/detail.html",
        {
            "customer": found,
            "country": country_name(found.country) if found.country else "",
            "vehicles": [
                (vehicle, vin.lasting_warning(vehicle.vin))
                for vehicle in vehicles.order_by("-created_at")
            ],
            "repair_orders": orders.select_related("vehicle").order_by("-opened_at", "id")[
                :_PART_ROWS
            ],
            "panels": [
                panel for part in contributions() for panel in part.customer_panels(request, found)
            ],
            "emails": emails.order_by("-created_at", "id")[:_PART_ROWS],
            "events": AuditEvent.objects.for_shop(request.shop).of_target(found)[:_PART_ROWS],
            "may_write": request.actor.role in DESK,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def customer_new(request: StaffRequest) -> HttpResponseBase:
    """Add a customer; somebody who looks like one that is there is asked about first."""
    form = CustomerForm(request.POST if request.method == "POST" else None, shop=request.shop)
    context: dict[str, Any] = {"form": form, "twins": []}
    if request.method != "POST":
        return render(request, "customers/form.html", context)
    if not form.is_valid():
        return refused(request, "customers/form.html", context)
    details = form.details()
    if "anyway" not in request.POST:
        context["twins"] = lookalikes(request.shop, email=details.email, phone=details.phone)
        if context["twins"]:
            return render(
                request,
                "customers/form.html",
                context,
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            )
    created = services.create(
        shop=request.shop, details=details, by=request.actor, at=timezone.now()
    )
    messages.success(request, _("%(name)s is recorded.") % {"name": created.name})
    return see_other("customer", pk=created.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def customer_edit(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Correct what is known of a customer."""
    found = customer_or_404(request, pk)
    form = CustomerChangeForm(
        request.POST if request.method == "POST" else None,
        # The form writes into its instance while it checks; the page shows what is stored.
        instance=copy(found),
        shop=request.shop,
    )
    context = {"form": form, "customer": found}
    if request.method != "POST":
        return render(request, "customers/form.html", context)
    if not form.is_valid():
        return refused(request, "customers/form.html", context)
    _changed, ended = readdressing.change_customer(
        customer=found,
        details=form.details(),
        end_links=form.cleaned_data.get("end_links", False),
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _saved(ended, found.email))
    return see_other("customer", pk=found.pk)


def _saved(ended: int, former: str) -> str:
    if not ended:
        return _("Saved.")
    return ngettext(
        "Saved. %(count)d link sent to %(address)s does not open anything any more.",
        "Saved. %(count)d links sent to %(address)s do not open anything any more.",
        ended,
    ) % {"count": ended, "address": former}
