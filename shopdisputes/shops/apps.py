"""App registration."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.shops"
    label = "shops"
