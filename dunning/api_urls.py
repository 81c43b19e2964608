"""The calls about reminders, below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from dunning.api.policy import PolicyViewSet
from dunning.api.reminders import ReminderViewSet, RemindViewSet

router = SimpleRouter(use_regex_path=False)
router.register("reminders", ReminderViewSet, basename="api-reminder")

urlpatterns = [
    *router.urls,
    path(
        "invoices/<uuid:pk>/remind/",
        RemindViewSet.as_view({"post": "remind"}),
        name="api-invoice-remind",
    ),
    path(
        "dunning-policy/",
        PolicyViewSet.as_view({"get": "current", "put": "put_in_force"}),
        name="api-dunning-policy",
    ),
]
