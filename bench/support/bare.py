"""A list of invoices as plain as Django makes one: what the product's pages are compared with.

It stands beside the product's addresses, with its middleware and log-in, and has no shell, no
menu, no figures and no translations.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from invoices.models import Invoice

#: As many rows as the product's list shows.
_ROWS = 25
_PAGE = Engine().from_string(
    """<!doctype html><title>Invoices</title><h1>Invoices</h1><table>
    {% for invoice in invoices %}<tr><td>{{ invoice.number }}</td><td>{{ invoice.customer.name }}
    </td><td>{{ invoice.repair_order.number }}</td><td>{{ invoice.repair_order.vehicle.plate }}</td>
    <td>{{ invoice.status }}</td><td>{{ invoice.due_on }}</td><td>{{ invoice.total }}</td>
    <td>{{ invoice.balance }}</td></tr>{% endfor %}</table>"""
)


@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    """Show the newest invoices of the shop that is asked for."""
    rows = (
        Invoice.objects.filter(shop=request.GET["shop"])
        .select_related("customer", "repair_order__vehicle")
        .defer("canonical_json")
        .order_by("-created_at", "id")[:_ROWS]
    )
    return HttpResponse(_PAGE.render(Context({"invoices": rows})))


urlpatterns = [path("bare/", invoices), path("", include("shopdisputes.urls"))]
