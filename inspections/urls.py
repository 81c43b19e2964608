"""The staff's pages about inspections and checklists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
