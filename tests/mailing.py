"""A mail server in a test's process, named by the settings, and what arrives there."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.sink import Sink, sink


def name_server(settings: Any, port: int) -> None:
    """Let the settings name a mail server on loopback that asks for no password."""
    settings.SMTP = {
        "host": "127.0.0.1",
        "port": port,
        "user": "",
        "password": "",
        "security": "none",
    }


@contextmanager
def served(folder: Path, settings: Any, *, patience: int) -> Iterator[Sink]:
    """Run a mail server; who waits for its answer gives up after ``patience`` seconds."""
    with sink(folder) as running:
        name_server(settings, running.port)
        settings.SMTP_TIMEOUT_SECONDS = patience
        yield running


def part(message: EmailMessage, kind: str) -> str:
    """Return the part of a mail that is ``plain`` or ``html``."""
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())
