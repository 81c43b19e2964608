"""What customers reach through their link to an inspection, below ``/c/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
