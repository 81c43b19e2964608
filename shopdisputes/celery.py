"""The Celery application: it only rings; the database is the queue."""

import logging
import os
import time

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdisputes.settings.dev")

app = Celery("shopdisputes")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_log = logging.getLogger(__name__)
_SILENCE_SECONDS = 10.0
_silent_until = 0.0


def ring(task: str) -> None:
    """Tell the workers that rows wait for ``task``; never raises and never waits long.

    A ring that is lost costs seconds, not work: the periodic sweep finds the rows. After a
    failure nothing is tried for a while, so that a request that rings five times does not wait
    five times for a broker that is away.
    """
    global _silent_until  # noqa: PLW0603 - one process, one broker
    if time.monotonic() < _silent_until:
        return
    try:
        app.send_task(task, expires=60, retry=False, ignore_result=True)
    except (OSError, OperationalError, RedisError) as problem:
        _silent_until = time.monotonic() + _SILENCE_SECONDS
        _log.warning("the broker is away (%s); the sweep will find what waits", problem)
