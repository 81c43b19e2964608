"""The staff's pages about reminders."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
