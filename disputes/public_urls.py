"""The customer's pages about disputes, below ``/c/``."""

from django.urls import path

from disputes.public_views import contesting, dispute

urlpatterns = [
    path("invoice/<str:token>/dispute/", contesting.contest, name="public-invoice-dispute"),
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
]
