"""App registration."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.customers"
    label = "customers"
