"""App registration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Part of the kernel."""

    name = "shopdisputes.documents"
    label = "documents"
