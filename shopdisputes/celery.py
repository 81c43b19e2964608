"""The Celery application: it only rings; the database is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdisputes.settings.dev")

app = Celery("shopdisputes")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
