"""A mail server for tests that remembers, through any kill, what it answered for.

It writes each message to disk and syncs it before it says 250, so what was really taken is in
the folder, whatever the application believes. ``mode`` makes it behave like a bad one.
"""

import asyncio
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Literal, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Mode = Literal[
    "accept",
    "421",  # away: says so to MAIL and closes
    "450-recipient",
    "550-recipient",
    "450-text",
    "550-text",
    "drop-after-text",  # takes the text and closes without an answer
    "keep-and-drop",  # the same, but it has kept the mail
    "slow",  # answers for the text later than anybody waits
]


@dataclass
class Sink:
    """What the server does now, and what it has taken."""

    folder: Path
    mode: Mode = "accept"
    #: Modes for single addresses; others get ``mode``.
    modes: dict[str, Mode] = field(default_factory=dict)
    #: How long "slow" waits, in seconds.
    delay: float = 3.0
    #: How many clients said hello.
    connections: int = 0
    port: int = 0
    #: Whether clients may group what they say (RFC 2920), as with every server in use.
    groups: bool = True

    def mode_for(self, recipient: str) -> Mode:
        """Return how the server treats a recipient."""
        return self.modes.get(recipient, self.mode)

    def keep(self, envelope: Envelope) -> None:
        """Write a message so that it is still there after a power cut."""
        name = f"{time.monotonic_ns():020d}-{os.getpid()}.eml"
        draft = self.folder / f".{name}"
        with draft.open("wb") as file:
            file.write(f"X-Envelope-To: {','.join(envelope.rcpt_tos)}\r\n".encode())
            file.write(cast("bytes", envelope.content))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / name)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def raw(self) -> list[bytes]:
        """Return the messages taken, as they came, in the order in which they came."""
        return [file.read_bytes() for file in sorted(self.folder.glob("*.eml"))]

    def messages(self) -> list[EmailMessage]:
        """Return the messages taken, in the order in which they came."""
        parser = BytesParser(policy=policy.default)
        return [cast("EmailMessage", parser.parsebytes(content)) for content in self.raw()]

    def message_ids(self) -> list[str]:
        """Return the Message-ID of each message taken, also when one came twice."""
        return [str(message["Message-ID"]) for message in self.messages()]


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.sink.connections += 1
        session.host_name = hostname
        return ["250-PIPELINING", *responses] if self.sink.groups else responses

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.sink.mode == "421":
            return "421 4.3.2 closing for maintenance"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        match self.sink.mode_for(address):
            case "450-recipient":
                return "450 4.2.0 greylisted"
            case "550-recipient":
                return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        match self.sink.mode_for(envelope.rcpt_tos[0]):
            case "450-text":
                return "450 4.7.1 try again later"
            case "550-text":
                return "550 5.7.1 looks like spam"
            case "drop-after-text":
                return self._drop(server)
            case "keep-and-drop":
                self.sink.keep(envelope)
                return self._drop(server)
            case "slow":
                await asyncio.sleep(self.sink.delay)
        self.sink.keep(envelope)
        return "250 2.0.0 kept"

    def _drop(self, server: SMTP) -> str:
        server.transport.abort()
        return "421 gone"


@contextmanager
def sink(
    folder: Path,
    *,
    port: int = 0,
    mode: Mode = "accept",
    security: Literal["none", "starttls", "tls"] = "none",
    certificate: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[Sink]:
    """Run a sink on loopback; ``port`` 0 takes a free one, which ``Sink.port`` names.

    With ``security`` it has ``certificate`` and takes nothing in the clear; with ``login`` it
    wants that user and password.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = Sink(folder=folder, mode=mode)

    def knows(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        given = (
            (data.login.decode(), data.password.decode())
            if isinstance(data, LoginPassword)
            else None
        )
        return AuthResult(success=given == login, handled=False)

    controller = _OnAnyPort(
        _Handler(state),
        hostname="127.0.0.1",
        port=port,
        ready_timeout=20,
        ssl_context=certificate if security == "tls" else None,
        tls_context=certificate if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=knows if login else None,
        auth_required=login is not None,
        auth_require_tls=security == "starttls",
    )
    controller.start()
    state.port = controller.server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        controller.stop()


class _OnAnyPort(Controller):
    """aiosmtpd's server in a thread; its own start-up check would knock at port 0."""

    def _trigger_server(self) -> None:
        address = self.server.sockets[0].getsockname()[:2]
        with socket.create_connection(address, timeout=5) as connection:
            if self.ssl_context is not None:
                # It takes nobody in before the handshake.
                trusting = ssl.create_default_context()
                trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
                trusting.wrap_socket(connection).close()


def serve_for_ever(folder: Path, *, port: int, delay: float) -> None:
    """Run a sink in this process until it is killed: for drills, which kill it.

    ``delay``: how long each text waits for its answer, in seconds.
    """
    with sink(folder, port=port, mode="slow") as running:
        running.delay = delay
        print(running.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    serve_for_ever(Path(sys.argv[1]), port=int(sys.argv[2]), delay=float(sys.argv[3]))
