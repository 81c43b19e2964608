"""App registration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.outbox"
    label = "outbox"
