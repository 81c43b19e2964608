"""The calls about disputes, below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from disputes.api.cases import DisputeViewSet, FollowUpViewSet, ReasonViewSet
from disputes.api.chargebacks import ChargebackViewSet
from disputes.api.messages import MessageViewSet
from disputes.api.offers import OfferViewSet
from disputes.api.reworks import ReworkViewSet

router = SimpleRouter(use_regex_path=False)
router.register("disputes", DisputeViewSet, basename="api-dispute")
router.register("chargebacks", ChargebackViewSet, basename="api-chargeback")
router.register("rework-requests", ReworkViewSet, basename="api-rework")

_CASE = "disputes/<uuid:pk>/"
_FOLLOW_UP = f"{_CASE}follow-ups/<uuid:follow_up>/"
_OFFER = f"{_CASE}offers/<int:position>/"

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
    path(
        f"{_CASE}messages/",
        MessageViewSet.as_view({"get": "every", "post": "say"}),
        name="api-dispute-messages",
    ),
    path(
        f"{_CASE}offers/",
        OfferViewSet.as_view({"get": "every", "post": "make"}),
        name="api-dispute-offers",
    ),
    path(
        f"{_OFFER}accept/",
        OfferViewSet.as_view({"post": "accept"}),
        name="api-dispute-offer-accept",
    ),
    path(
        f"{_OFFER}refuse/",
        OfferViewSet.as_view({"post": "refuse"}),
        name="api-dispute-offer-refuse",
    ),
    path(
        f"{_OFFER}take-back/",
        OfferViewSet.as_view({"post": "take_back"}),
        name="api-dispute-offer-take-back",
    ),
]
