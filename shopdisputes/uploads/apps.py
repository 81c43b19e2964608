"""App registration."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.uploads"
    label = "uploads"
