"""Two people at once, staged: the second comes while the first stands in the middle.

Threads behind a barrier meet in the dangerous place one time in three; here they always do.
"""

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection, models

from dunning.services import marking

#: How long a step of a race may take; reached only when something is wrong.
PATIENCE_SECONDS = 20


class NobodyPaused(AssertionError):
    """The first one never came to the place where it was to stand: the race proves nothing."""


class _Runner(threading.Thread):
    """Does one thing on a database connection of its own and keeps what came of it."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.outcome: Future[Any] = Future()
        self.backend: int | None = None

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.info.backend_pid
            self.outcome.set_result(self.act())
        except Exception as error:
            self.outcome.set_exception(error)
        finally:
            connection.close()

    @property
    def waits_for_a_lock(self) -> bool:
        """Whether the database makes this one wait for somebody else."""
        if self.backend is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self.backend])
            return bool(cursor.fetchone()[0])


def overtake(
    first: Callable[[], Any], second: Callable[[], Any], *, pause_in: str
) -> tuple[Future[Any], Future[Any]]:
    """Start ``first``, stop it as it enters ``pause_in``, run ``second``, let both finish.

    ``pause_in`` is the dotted name of a function that ``first`` calls through its module after
    it has decided and before it commits. ``second`` runs until it is done or waits for a lock
    of ``first``. Returns what came of each: ``.result()`` or ``.exception()``. The test must
    commit (``django_db(transaction=True)``), else neither sees the data.

    Raises:
        NobodyPaused: ``first`` never called the function.
    """
    module_name, _, name = pause_in.rpartition(".")
    module = importlib.import_module(module_name)
    original = getattr(module, name)
    stands, goes_on = threading.Event(), threading.Event()
    early, late = _Runner(first), _Runner(second)

    def standing(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is early and not stands.is_set():
            stands.set()
            goes_on.wait(PATIENCE_SECONDS)
        return original(*args, **kwargs)

    with mock.patch.object(module, name, standing):
        early.start()
        _wait_until(lambda: stands.is_set() or early.outcome.done())
        try:
            if not stands.is_set():
                raise NobodyPaused(f"{pause_in} was not called") from early.outcome.exception()
            late.start()
            _wait_until(lambda: late.outcome.done() or late.waits_for_a_lock)
        finally:
            goes_on.set()
            for runner in (early, late):
                if runner.ident is not None:
                    runner.join(PATIENCE_SECONDS)
    return early.outcome, late.outcome


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


@contextmanager
def without_locks() -> Iterator[None]:
    """Take the row locks away, as if somebody had deleted them from the code.

    For the twin of a race: what must not happen with the locks has to happen without them, else
    the race does not test the locks.
    """

    def unlocked(queryset: models.QuerySet[Any], **_options: Any) -> models.QuerySet[Any]:
        return queryset.all()

    with (
        mock.patch.object(models.QuerySet, "select_for_update", unlocked),
        # The sender of reminders takes its locks in statements of its own.
        mock.patch.object(marking, "_locks", return_value=[]),
    ):
        yield
