"""App registration."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.links"
    label = "links"
