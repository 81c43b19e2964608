"""What customers reach without a log-in, below ``/c/``; the apps add their pages beside it."""

from django.urls import path

from shopdisputes.web.pages import links

urlpatterns = [
    path("fresh-link/", links.fresh_link, name="fresh-link"),
]
