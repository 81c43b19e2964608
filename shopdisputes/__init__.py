"""The project and its shared kernel. It imports no app; the apps import it."""

from shopdisputes.celery import app as celery_app

__all__ = ["celery_app"]
