"""App registration."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.ops"
    label = "ops"
