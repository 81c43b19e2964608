"""The calls about money, below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from invoices.api.agreements import PaymentPlanViewSet, PromiseViewSet
from invoices.api.invoices import InvoiceViewSet
from invoices.api.leaving import HandOverViewSet, StorageNoticeViewSet
from invoices.api.payments import PaymentViewSet
from invoices.api.statements import StatementViewSet
from invoices.api.stops import StopWorkViewSet
from invoices.api.work import WorkViewSet

router = SimpleRouter(use_regex_path=False)
router.register("invoices", InvoiceViewSet, basename="api-invoice")
router.register("promises", PromiseViewSet, basename="api-promise")
router.register("payment-plans", PaymentPlanViewSet, basename="api-payment-plan")
router.register("payments", PaymentViewSet, basename="api-payment")

_ORDER = "repair-orders/<uuid:pk>/"

urlpatterns = [
    *router.urls,
    path(
        "customers/<uuid:pk>/statement/",
        StatementViewSet.as_view({"get": "retrieve"}),
        name="api-customer-statement",
    ),
    path(f"{_ORDER}work/", WorkViewSet.as_view({"get": "every"}), name="api-work"),
    path(
        f"{_ORDER}work/<uuid:line>/",
        WorkViewSet.as_view({"get": "one", "patch": "note"}),
        name="api-work-line",
    ),
    path(
        f"{_ORDER}stop-work/",
        StopWorkViewSet.as_view({"get": "newest", "post": "record"}),
        name="api-stop-work",
    ),
    path(
        f"{_ORDER}stop-work/offer/",
        StopWorkViewSet.as_view({"post": "offer"}),
        name="api-stop-work-offer",
    ),
    path(
        f"{_ORDER}stop-work/choice/",
        StopWorkViewSet.as_view({"post": "choice"}),
        name="api-stop-work-choice",
    ),
    path(
        f"{_ORDER}stop-work/lift/",
        StopWorkViewSet.as_view({"post": "lift"}),
        name="api-stop-work-lift",
    ),
    path(
        f"{_ORDER}storage-notice/",
        StorageNoticeViewSet.as_view({"post": "give"}),
        name="api-storage-notice",
    ),
    path(
        f"{_ORDER}hand-over/",
        HandOverViewSet.as_view({"post": "record"}),
        name="api-hand-over",
    ),
]
