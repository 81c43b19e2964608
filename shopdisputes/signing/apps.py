"""App registration."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.signing"
    label = "signing"
