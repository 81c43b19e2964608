"""App registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.audit"
    label = "audit"
