"""Asking the virus scanner, where there is one: ClamAV's clamd, over a connection."""

from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import (
    BufferTooLongError,
    ClamdError,
    ClamdNetworkSocket,
    ClamdUnixSocket,
)
from django.template.defaultfilters import filesizeformat

#: A scanner that lives answers "PING" at once.
_PING_SECONDS = 5
#: How long it may think about one file before it says something.
_ANSWER_SECONDS = 90


class ScannerAway(Exception):
    """The scanner gave no verdict; the message says why."""


class StreamTooShort(ScannerAway):
    """The scanner lives, but takes no file of this size (``StreamMaxLength`` of clamd.conf)."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says; ``found`` is the name of a signature, empty for a clean file."""

    found: str = ""


def scan(content: BinaryIO, *, address: str) -> Verdict:
    """Stream a file to the clamd at ``address`` and return what it says.

    ``address`` is ``tcp://host:port`` or ``unix:///path``. The file is read in small pieces and
    goes over the connection, so the scanner needs to see none of our folders.

    Raises:
        ScannerAway: it cannot be reached, answers with an error or not in time.
    """
    try:
        # Without this a host that swallows packets would hold up the worker for a minute.
        _client(address, seconds=_PING_SECONDS).ping()
    except (ClamdError, OSError) as problem:
        raise ScannerAway(f"clamd does not answer: {problem}") from problem
    try:
        answers = _client(address, seconds=_ANSWER_SECONDS).instream(content)
    except (BufferTooLongError, BrokenPipeError, ConnectionResetError) as problem:
        # clamd says so and closes at once; often the sender only sees that it closed.
        read = filesizeformat(content.tell())
        raise StreamTooShort(
            f"clamd took no more after {read}; its StreamMaxLength must be at least 50M"
        ) from problem
    except (ClamdError, OSError) as problem:
        raise ScannerAway(f"clamd gave no verdict: {problem}") from problem
    status, found = answers.get("stream", ("", None))
    if status == "FOUND":
        return Verdict(found=found or "unnamed")
    if status == "OK":
        return Verdict()
    raise ScannerAway(f"clamd gave no verdict: {status} {found or ''}".rstrip())


def _client(address: str, *, seconds: int) -> ClamdNetworkSocket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdUnixSocket(path=parts.path, timeout=seconds)
    return ClamdNetworkSocket(
        host=parts.hostname or "", port=parts.port or 3310, timeout=float(seconds)
    )
