"""App registration."""

from django.apps import AppConfig


class RepairOrdersConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.repairorders"
    label = "repairorders"
