"""The resolver's pages, below ``/r/``."""

from django.urls import path

from disputes.public_views import resolver

urlpatterns = [
    path("<str:token>/", resolver.show, name="resolver-page"),
    path("<str:token>/answer/", resolver.answer, name="resolver-answer"),
    path("<str:token>/displayed/", resolver.displayed, name="resolver-displayed"),
    path("<str:token>/files/<uuid:file_id>/<str:variant>/", resolver.file, name="resolver-file"),
    path(
        "<str:token>/photos/<uuid:media_id>/<str:variant>/", resolver.photo, name="resolver-photo"
    ),
]
