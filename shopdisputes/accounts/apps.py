"""App registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.accounts"
    label = "accounts"
