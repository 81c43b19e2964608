"""The calls about inspections, below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from inspections.api.views import ChecklistViewSet, InspectionViewSet

router = SimpleRouter(use_regex_path=False)
router.register("inspections", InspectionViewSet, basename="api-inspection")
router.register("checklists", ChecklistViewSet, basename="api-checklist")

urlpatterns = router.urls
