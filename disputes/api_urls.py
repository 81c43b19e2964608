"""The calls about disputes, below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from disputes.api.cases import DisputeViewSet, FollowUpViewSet, ReasonViewSet
from disputes.api.reworks import ReworkViewSet

router = SimpleRouter(use_regex_path=False)
router.register("disputes", DisputeViewSet, basename="api-dispute")
router.register("rework-requests", ReworkViewSet, basename="api-rework")

_CASE = "disputes/<uuid:pk>/"
_FOLLOW_UP = f"{_CASE}follow-ups/<uuid:follow_up>/"

urlpatterns = [
    *router.urls,
    path(
        "dispute-reasons/",
        ReasonViewSet.as_view({"get": "list"}),
        name="api-dispute-reason-list",
    ),
    path(
        f"{_CASE}follow-ups/",
        FollowUpViewSet.as_view({"get": "every", "post": "add"}),
        name="api-dispute-follow-ups",
    ),
    path(
        _FOLLOW_UP,
        FollowUpViewSet.as_view({"patch": "change"}),
        name="api-dispute-follow-up",
    ),
    path(
        f"{_FOLLOW_UP}finish/",
        FollowUpViewSet.as_view({"post": "finish"}),
        name="api-dispute-follow-up-finish",
    ),
]
