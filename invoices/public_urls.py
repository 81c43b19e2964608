"""What customers reach through their link, below ``/c/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
