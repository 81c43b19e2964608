"""The customer's pages about disputes, below ``/c/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
