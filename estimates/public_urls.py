"""What customers reach through their link, below ``/c/``."""

from django.urls import path

from estimates import public_views

urlpatterns = [
    path("estimate/<str:token>/", public_views.show, name="public-estimate"),
    path("estimate/<str:token>/totals/", public_views.totals, name="public-estimate-totals"),
    path("estimate/<str:token>/sign/", public_views.sign, name="public-estimate-sign"),
    path("estimate/<str:token>/code/", public_views.code, name="public-estimate-code"),
    path("estimate/<str:token>/call/", public_views.call, name="public-estimate-call"),
    path("estimate/<str:token>/paper/", public_views.paper, name="public-estimate-paper"),
    path(
        "estimate/<str:token>/displayed/", public_views.displayed, name="public-estimate-displayed"
    ),
    path(
        "estimate/<str:token>/files/<uuid:file_id>/<str:variant>/",
        public_views.file,
        name="public-estimate-file",
    ),
    path("estimate/<str:token>/pdf/", public_views.pdf, name="public-estimate-pdf"),
    path("estimate/<str:token>/signed/", public_views.signed, name="public-estimate-signed"),
]
