"""The staff's pages about money."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
