"""The customer's pages about disputes, below ``/c/``."""

from django.urls import path

from disputes.public_views import contesting, dispute, offers, reworks

urlpatterns = [
    path("invoice/<str:token>/dispute/", contesting.contest, name="public-invoice-dispute"),
    path("invoice/<str:token>/contested/", contesting.contested, name="public-invoice-contested"),
    path("dispute/<str:token>/", dispute.show, name="public-dispute"),
    path("dispute/<str:token>/message/", dispute.message, name="public-dispute-message"),
    path("dispute/<str:token>/withdraw/", dispute.withdraw, name="public-dispute-withdraw"),
    path("dispute/<str:token>/reopen/", dispute.reopen, name="public-dispute-reopen"),
    path("dispute/<str:token>/displayed/", dispute.displayed, name="public-dispute-displayed"),
    path(
        "dispute/<str:token>/files/<uuid:file_id>/<str:variant>/",
        dispute.file,
        name="public-dispute-file",
    ),
    path("dispute/<str:token>/offer/", offers.make, name="public-dispute-offer-make"),
    path("dispute/<str:token>/offer/<int:position>/", offers.show, name="public-dispute-offer"),
    path(
        "dispute/<str:token>/offer/<int:position>/sign/",
        offers.sign,
        name="public-dispute-offer-sign",
    ),
    path(
        "dispute/<str:token>/offer/<int:position>/refuse/",
        offers.refuse,
        name="public-dispute-offer-refuse",
    ),
    path(
        "dispute/<str:token>/offer/<int:position>/take-back/",
        offers.take_back,
        name="public-dispute-offer-take-back",
    ),
    path(
        "dispute/<str:token>/offer/<int:position>/pdf/",
        offers.pdf,
        name="public-dispute-offer-pdf",
    ),
    path("invoice/<str:token>/rework/", reworks.ask, name="public-invoice-rework"),
    path("rework/<str:token>/", reworks.show, name="public-rework"),
    path("rework/<str:token>/confirm/", reworks.confirm, name="public-rework-confirm"),
    path("rework/<str:token>/complain/", reworks.complain, name="public-rework-complain"),
    path("rework/<str:token>/dispute/", reworks.dispute, name="public-rework-dispute"),
    path("rework/<str:token>/close/", reworks.close, name="public-rework-close"),
    path("rework/<str:token>/call-off/", reworks.call_off, name="public-rework-call-off"),
    path("rework/<str:token>/displayed/", reworks.displayed, name="public-rework-displayed"),
    path(
        "rework/<str:token>/files/<uuid:file_id>/<str:variant>/",
        reworks.file,
        name="public-rework-file",
    ),
]
