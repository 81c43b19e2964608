"""The addresses of the REST API. Every app adds its own beside the kernel's."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from shopdisputes.api.customers import CustomerViewSet, VehicleViewSet
from shopdisputes.api.errors import no_such_call
from shopdisputes.api.repair_orders import RepairOrderViewSet
from shopdisputes.api.schema import DocsView, SchemaView

router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet, basename="api-customer")
router.register("vehicles", VehicleViewSet, basename="api-vehicle")
router.register("repair-orders", RepairOrderViewSet, basename="api-repair-order")

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    *router.urls,
    path("", include("inspections.api_urls")),
    path("", include("estimates.api_urls")),
    path("", include("invoices.api_urls")),
    path("", include("dunning.api_urls")),
    path("", include("disputes.api_urls")),
    # Programs get the error body that they know, not a page.
    re_path(r"", no_such_call, name="api-nothing"),
]
