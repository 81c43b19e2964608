"""App registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.api"
    label = "api"
