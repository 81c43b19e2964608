"""What customers reach through their link to an inspection, below ``/c/``."""

from django.urls import path

from inspections import public_views as views

_LINK = "inspection/<str:token>/"

urlpatterns = [
    path(_LINK, views.show, name="public-inspection"),
    path(f"{_LINK}sign/", views.sign, name="public-inspection-sign"),
    path(f"{_LINK}files/", views.files, name="public-inspection-files"),
    path(
        f"{_LINK}files/<uuid:remark_file_id>/remove/",
        views.file_remove,
        name="public-inspection-file-remove",
    ),
    path(f"{_LINK}files/<uuid:file_id>/<str:variant>/", views.file, name="public-inspection-file"),
    path(f"{_LINK}displayed/", views.displayed, name="public-inspection-displayed"),
    path(f"{_LINK}pdf/", views.pdf, name="public-inspection-pdf"),
    path(f"{_LINK}signed/", views.signed, name="public-inspection-signed"),
]
