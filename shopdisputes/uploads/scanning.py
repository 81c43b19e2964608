"""Asking the virus scanner, where there is one: ClamAV's clamd, over a connection.

The protocol is clamd's own (man 8 clamd, INSTREAM). It is spoken here because the kept client
library is under the GPL, which this project is not.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from django.template.defaultfilters import filesizeformat

#: A scanner that lives answers "PING" at once.
_PING_SECONDS = 5
#: How long it may think about one file before it says something.
_ANSWER_SECONDS = 90
_PIECE_BYTES = 64 * 1024
_USUAL_PORT = 3310
#: No answer of clamd's is longer; another program might never end.
_LONGEST_ANSWER = 4096
_TOO_LONG = "INSTREAM size limit exceeded"


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
    _check_alive(address)
    try:
        with _connection(address, seconds=_ANSWER_SECONDS) as line:
            said = _instream(line, content)
    except (BrokenPipeError, ConnectionResetError) as problem:
        # clamd says so and closes at once; often the sender only sees that it closed.
        raise _too_short(content) from problem
    except OSError as problem:
        raise ScannerAway(f"clamd gave no verdict: {problem}") from problem
    if said.startswith(_TOO_LONG):
        raise _too_short(content)
    _stream, _colon, verdict = said.partition(": ")
    if verdict == "OK":
        return Verdict()
    if verdict.endswith(" FOUND"):
        return Verdict(found=verdict.removesuffix(" FOUND").strip() or "unnamed")
    raise ScannerAway(f"clamd gave no verdict: {said[:200]}")


def _check_alive(address: str) -> None:
    # Without this a host that swallows packets would hold up the worker for a minute.
    try:
        with _connection(address, seconds=_PING_SECONDS) as line:
            line.sendall(b"zPING\0")
            said = _answer(line)
    except OSError as problem:
        raise ScannerAway(f"clamd does not answer: {problem}") from problem
    if said != "PONG":
        raise ScannerAway(f"clamd does not answer: {said[:200]!r} is none of its words")


def _instream(line: socket.socket, content: BinaryIO) -> str:
    line.sendall(b"zINSTREAM\0")
    while piece := content.read(_PIECE_BYTES):
        line.sendall(struct.pack("!L", len(piece)) + piece)
    line.sendall(struct.pack("!L", 0))
    return _answer(line)


def _answer(line: socket.socket) -> str:
    """Read up to the NUL with which clamd ends an answer to a ``z`` command."""
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        if not (more := line.recv(_LONGEST_ANSWER)):
            break
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _too_short(content: BinaryIO) -> StreamTooShort:
    read = filesizeformat(content.tell())
    return StreamTooShort(
        f"clamd took no more after {read}; its StreamMaxLength must be at least 50M"
    )


@contextmanager
def _connection(address: str, *, seconds: int) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(seconds)
            line.connect(parts.path)
            yield line
        return
    port = parts.port or _USUAL_PORT
    with socket.create_connection((parts.hostname or "", port), timeout=seconds) as line:
        yield line
