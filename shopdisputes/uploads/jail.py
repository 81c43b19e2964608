"""Taking strangers' files apart in a child process, which may die of it; this one may not.

The child lowers its own limits in its first lines (``jailed.limits``) instead of between fork and
exec, where Python code may stand still for ever in a process with threads. It has no secrets:
its environment is blank, it inherits no open file but its answer's pipe, and where the kernel has
Landlock it sees nothing but programs and the files it is named (``jailed.sight``).
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from shopdisputes.errors import Unavailable
from shopdisputes.uploads.jailed import heads
from shopdisputes.uploads.models import FileKind

#: How long examining one file may take.
EXAMINING_SECONDS = 15.0
#: How long a file waits for others that are examined.
ROOM_SECONDS = 20.0
_LONGEST_ANSWER_BYTES = 64 * 1024
#: Each child may take hundreds of megabytes: more at once would be the server's end.
_ROOM = threading.BoundedSemaphore(2)
#: What an answer may say of a file, and within which bounds: the child is not trusted.
_NUMBERS = {
    "width": 100_000,
    "height": 100_000,
    "duration_ms": 24 * 3600 * 1000,
    "pages": 500,
    "trailing_bytes": 1 << 40,
}
_WORDS = {"taken_at": 30, "camera": 100}
_MOST_ACTIVE = 40

_log = logging.getLogger(__name__)


class Unanswered(Exception):
    """The child crashed, was killed, took too long or talked nonsense."""


class Busy(Unavailable):
    """Too many files are examined just now (HTTP 503)."""

    code = "busy"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What an examination found. ``reason`` is empty for a sound file."""

    kind: FileKind | None
    reason: str
    facts: Mapping[str, Any]

    @property
    def sound(self) -> bool:
        """Whether the file is one of the kinds and keeps the promise of its first bytes."""
        return self.kind is not None and not self.reason


def examine(path: str | Path) -> Verdict:
    """Say what the file at ``path`` is; whatever it does to its examiner, there is an answer.

    A file of which the child dies is refused as ``unsafe``. What is none of the kinds by its first
    bytes is refused without a child, for nothing is taken apart.
    """
    with open(path, "rb") as file:
        head = file.read(heads.HEAD_BYTES)
    kind = heads.kind_of(head)
    if kind is None:
        return Verdict(kind=None, reason=heads.reason_against(head), facts={})
    try:
        return _verdict(run("examine", str(path), seconds=EXAMINING_SECONDS), kind=kind)
    except Unanswered as problem:
        _log.warning("a file was not examined to the end: %s", problem)
        return Verdict(kind=None, reason="unsafe", facts={})


def run(*words: str, seconds: float) -> dict[str, Any]:
    """Run a command of ``shopdisputes.uploads.jailed`` and return what it answers.

    At most two run at once in a process, the others wait, and not for ever: each that waits for
    a web page holds one of the server's few threads.

    Raises:
        Busy: there was no room within ``ROOM_SECONDS``.
        Unanswered: it did not answer with a JSON object within ``seconds``.
    """
    command = [sys.executable, "-s", "-B", "-P", "-m", "shopdisputes.uploads.jailed", *words]
    with _room():
        child = subprocess.Popen(
            command,
            cwd="/",
            env={"PYTHONPATH": str(settings.BASE_DIR), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert child.stdout is not None
        with child.stdout as pipe:
            try:
                answer = _read(pipe, until=time.monotonic() + seconds)
            finally:
                # The whole group, before its leader is reaped and its number free for others.
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                status = child.wait()
    try:
        said = json.loads(answer)
    except ValueError as problem:
        raise Unanswered(f"{words[0]}: no answer, status {status}") from problem
    if not isinstance(said, dict):
        raise Unanswered(f"{words[0]}: not an object")
    return said


@contextmanager
def _room() -> Iterator[None]:
    if not _ROOM.acquire(timeout=ROOM_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _ROOM.release()


def _read(pipe: IO[bytes], *, until: float) -> bytes:
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise Unanswered("it took too long")
            piece = os.read(pipe.fileno(), _LONGEST_ANSWER_BYTES)
            if not piece:
                return answer
            answer += piece
            if len(answer) > _LONGEST_ANSWER_BYTES:
                raise Unanswered("it talked without end")


def _verdict(said: Mapping[str, Any], *, kind: str) -> Verdict:
    reason, facts = said.get("reason"), said.get("facts")
    if said.get("kind") != kind:
        raise Unanswered("another kind than the first bytes say")
    if not isinstance(reason, str) or not isinstance(facts, dict):
        raise Unanswered("half an answer")
    return Verdict(
        kind=FileKind(kind),
        reason=reason,
        facts={name: value for name, value in facts.items() if _is_plausible(name, value)},
    )


def _is_plausible(name: str, value: Any) -> bool:
    if name in _NUMBERS:
        return type(value) is int and 0 < value <= _NUMBERS[name]
    if name in _WORDS:
        return isinstance(value, str) and value.isprintable() and len(value) <= _WORDS[name]
    if name == "active":
        names = value if isinstance(value, list) else []
        return 0 < len(names) <= _MOST_ACTIVE and all(
            isinstance(one, str) and one.isalnum() and len(one) <= 40 for one in names
        )
    return name == "has_position" and value is True
