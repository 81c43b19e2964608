"""The calls about money, below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from invoices.api.payments import PaymentViewSet
from invoices.api.statements import StatementViewSet

router = SimpleRouter(use_regex_path=False)
router.register("payments", PaymentViewSet, basename="api-payment")

urlpatterns = [
    *router.urls,
    path(
        "customers/<uuid:pk>/statement/",
        StatementViewSet.as_view({"get": "retrieve"}),
        name="api-customer-statement",
    ),
]
