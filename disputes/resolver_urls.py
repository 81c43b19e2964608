"""The resolver's pages, below ``/r/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
