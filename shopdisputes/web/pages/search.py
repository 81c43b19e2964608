"""The one search box: a plate, a VIN, a name, a phone, a number."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.addresses import Addresses
from shopdisputes.web.contributions import Hit, contributions
from shopdisputes.web.lists import words_of
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.templatetags.shopdisputes import phone

#: Of each kind; who needs more than this needs another word.
_MOST_HITS = 20
#: What a vehicle is called by.
_CAR = ("make", "model", "plate")


@staff()
@require_safe
def search(request: StaffRequest) -> HttpResponse:
    """Show what was found; a number that is exactly one thing goes there at once."""
    words = " ".join(words_of(request).split())
    hits: list[Hit] = []
    if words:
        hits = _kernel_hits(request.shop, words)
        for part in contributions():
            hits.extend(part.search(request.shop, words))
        exact = [hit for hit in hits if hit.exact or hit.title.casefold() == words.casefold()]
        if len(exact) == 1 and not request.htmx:
            return redirect(exact[0].url)
    template = "web/search.html#results" if request.htmx else "web/search.html"
    return render(request, template, {"words": words, "hits": hits})


def _kernel_hits(shop: Shop, words: str) -> list[Hit]:
    customers = Addresses("customer")
    hits = _order_hits(shop, words)
    found = Customer.objects.for_shop(shop).search(_as_one_number(words), shop=shop)
    hits.extend(
        Hit(
            title=customer.name,
            subtitle=" · ".join(part for part in (phone(customer.phone), customer.email) if part),
            url=customers.of(customer.pk),
            kind=_("Customer"),
        )
        for customer in found.order_by("name", "id").only("name", "phone", "email")[:_MOST_HITS]
    )
    key = "".join(character for character in words.upper() if character.isalnum())
    if key:
        hits.extend(_vehicle_hits(shop, key, customers))
    return hits


def _order_hits(shop: Shop, words: str) -> list[Hit]:
    orders = (
        RepairOrder.objects.for_shop(shop)
        .search(words)
        .select_related("customer", "vehicle")
        .only("number", "customer__name", *(f"vehicle__{name}" for name in _CAR))
        .order_by("-opened_at", "id")[:_MOST_HITS]
    )
    addresses = Addresses("repair-order")
    return [
        Hit(
            title=order.number,
            subtitle=f"{order.customer} · {order.vehicle}",
            url=addresses.of(order.number),
            kind=_("Repair order"),
            exact=order.number.casefold() == words.casefold(),
        )
        for order in orders
    ]


def _as_one_number(words: str) -> str:
    """Put a phone number that was typed in groups together; leave everything else alone."""
    compact = "".join(sign for sign in words if sign not in " .-/()")
    return compact if compact.lstrip("+").isdigit() else words


def _vehicle_hits(shop: Shop, key: str, customers: Addresses) -> list[Hit]:
    vehicles = (
        Vehicle.objects.for_shop(shop)
        .select_related("customer")
        .only("vin", "plate_key", "customer__name", *_CAR)
    )
    found = vehicles.filter(plate_key__startswith=key) | vehicles.filter(vin__startswith=key)
    return [
        Hit(
            title=str(vehicle),
            subtitle=" · ".join(part for part in (vehicle.customer.name, vehicle.vin) if part),
            url=customers.of(vehicle.customer_id),
            kind=_("Vehicle"),
            exact=key in (vehicle.plate_key, vehicle.vin),
        )
        for vehicle in found.order_by("plate_key", "id")[:_MOST_HITS]
    ]
