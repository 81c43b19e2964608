"""The calls about reminders, below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from dunning.api.reminders import ReminderViewSet

router = SimpleRouter(use_regex_path=False)
router.register("reminders", ReminderViewSet, basename="api-reminder")

urlpatterns = [
    *router.urls,
]
