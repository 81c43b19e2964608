"""App registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.web"
    label = "web"
