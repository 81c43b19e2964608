"""The calls about estimates, below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from estimates.api.views import EstimateViewSet

router = SimpleRouter(use_regex_path=False)
router.register("estimates", EstimateViewSet, basename="api-estimate")

urlpatterns = router.urls
