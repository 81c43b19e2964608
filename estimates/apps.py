"""App registration."""

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    """See the package's docstring."""

    name = "estimates"
