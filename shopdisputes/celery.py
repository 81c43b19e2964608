"""The Celery application: it only rings; the database is the queue."""

import logging
import os
import time

from celery import Celery
from celery.signals import worker_process_init
from kombu import Connection
from kombu.pools import producers

from shopdisputes import long_running

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdisputes.settings.dev")

app = Celery("shopdisputes")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

#: In each child, after everything is imported. Celery names the moment; no rule hangs on it.
worker_process_init.connect(lambda **_told: long_running.settle(), weak=False)

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 0.5
_SILENCE_SECONDS = 10.0
_silent_until = 0.0


def _impatient() -> Connection:
    # A worker may wait for the broker as long as it likes; a person's request may not, also
    # when the broker takes the connection and then says nothing.
    return app.connection_for_write(transport_options={"socket_timeout": _PATIENCE_SECONDS})


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
        with producers[_impatient()].acquire(block=True, timeout=_PATIENCE_SECONDS) as producer:
            app.send_task(task, producer=producer, expires=60, retry=False, ignore_result=True)
    except Exception as problem:
        # Whatever is wrong with the broker: the caller's work is committed and stands.
        _silent_until = time.monotonic() + _SILENCE_SECONDS
        _log.warning("the broker is away (%s); the sweep will find what waits", problem)
