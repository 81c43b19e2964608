"""Speaking to the mail server: everything up to the mark may be repeated, nothing after it."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from django.conf import settings

#: A server may scan a mail before it answers for it.
_FINAL_REPLY_FACTOR = 4
_LONGEST_REPLY = 300
_GREETING_REFUSED = 421
_LOGIN_NEEDED = 530
#: "5.7.x": the server's rules refuse us, whoever the recipient is (RFC 3463, 3.8).
_POLICY = b"5.7."


class Outcome(Enum):
    """How handing over one e-mail ended."""

    SENT = "sent"
    #: The server said 4xx: it has not taken the mail, and may another time.
    POSTPONED = "postponed"
    #: The server said 5xx, or the mail cannot be sent at all.
    FAILED = "failed"
    #: The connection ended after the text was handed over and before the server answered.
    IN_DOUBT = "in_doubt"
    #: The mark was refused: the mail was withdrawn, or is no longer this worker's.
    NOT_MARKED = "not_marked"


@dataclass(frozen=True)
class Result:
    """An outcome with the server's own words."""

    outcome: Outcome
    reply: str
    #: The server knows for good that nobody is reached at the address.
    address_refused: bool = field(default=False, compare=False)


class ServerAway(Exception):
    """There is no talking to the server now; the mail at hand was not handed over."""


class Transport(Protocol):
    """Hands e-mails over, one at a time, over one connection a batch."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *details: object) -> None: ...

    def hand_over(
        self, *, sender: str, recipient: str, content: bytes, mark: Callable[[], bool]
    ) -> Result:
        """Hand over one mail; ``mark`` is asked at the last moment at which "no" is possible.

        Raises:
            ServerAway: nothing was handed over, and the next mail would fare no better.
        """


def transport() -> Transport:
    """Return how mail leaves, as the settings say."""
    if settings.SMTP is None:
        return LogTransport()
    return SmtpTransport(settings.SMTP, timeout=settings.SMTP_TIMEOUT_SECONDS)


class LogTransport:
    """No mail server: the e-mail is only kept, and read in the mail log."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        """There is nothing to close."""

    def hand_over(
        self, *, sender: str, recipient: str, content: bytes, mark: Callable[[], bool]
    ) -> Result:
        """Mark the mail and call it sent."""
        if not mark():
            return Result(Outcome.NOT_MARKED, "")
        return Result(Outcome.SENT, "mail log")


class SmtpTransport:
    """A real server over SMTP; the connection is opened when the first mail needs it."""

    def __init__(self, server: dict[str, Any], *, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def hand_over(
        self, *, sender: str, recipient: str, content: bytes, mark: Callable[[], bool]
    ) -> Result:
        """See ``Transport``."""
        try:
            refusal = self._prepare(sender, recipient)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise ServerAway(_words(problem)) from problem
        if refusal is not None:
            return refusal
        try:
            marked = mark()
        except Exception:
            self._forget()
            raise
        if not marked:
            self._forget()
            return Result(Outcome.NOT_MARKED, "")
        return self._send_text(content)

    def _prepare(self, sender: str, recipient: str) -> Result | None:
        """Go as far as the server's yes to the recipient; a refusal is returned."""
        smtp = self._connected()
        # Said in plain words: both are addresses in ASCII already, and smtplib would parse them.
        said = {"MAIL": f"MAIL FROM:<{sender}>\r\n", "RCPT": f"RCPT TO:<{recipient}>\r\n"}
        if grouped := smtp.has_extn("pipelining"):
            # In one go, as the server allows (RFC 2920): one journey less for every mail.
            smtp.send("".join(said.values()))
        for command, line in said.items():
            if not grouped:
                smtp.send(line)
            code, words = smtp.getreply()
            if 200 <= code < 300:
                continue
            # All mails have one sender: a server that refuses it would refuse every one of them.
            if command == "MAIL" or code in {_GREETING_REFUSED, _LOGIN_NEEDED}:
                raise smtplib.SMTPResponseException(code, words)
            self._forget()
            refusal = _refusal(code, words)
            return replace(
                refusal,
                address_refused=refusal.outcome == Outcome.FAILED and _POLICY not in words,
            )
        return None

    def _send_text(self, content: bytes) -> Result:
        smtp = self._connected()
        try:
            code, words = smtp.docmd("DATA")
        except (OSError, smtplib.SMTPException) as problem:
            # Not a byte of the text was sent, so the server cannot have taken it.
            self._drop()
            return Result(Outcome.POSTPONED, _words(problem))
        if code != 354:
            self._forget()
            return _refusal(code, words)
        try:
            smtp.send(_stuffed(content))
            if smtp.sock is not None:
                smtp.sock.settimeout(self._timeout * _FINAL_REPLY_FACTOR)
            code, words = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._timeout)
        except Exception as problem:
            # Whatever it was, the text may have arrived.
            self._drop()
            return Result(Outcome.IN_DOUBT, _words(problem))
        if 200 <= code < 300:
            return Result(Outcome.SENT, _reply(code, words))
        return _refusal(code, words)

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server["host"], self._server["port"]
        # Given, because smtplib would ask the name service for it and may wait long.
        name = urlsplit(settings.PUBLIC_URL).hostname
        if self._server["security"] == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, name, timeout=self._timeout, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(host, port, name, timeout=self._timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._server["security"] == "starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if self._server["user"]:
                smtp.login(self._server["user"], self._server["password"])
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        return smtp

    def _forget(self) -> None:
        """Make the server forget the mail begun, and keep the connection."""
        if self._smtp is None:
            return
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _refusal(code: int, words: bytes) -> Result:
    outcome = Outcome.POSTPONED if 400 <= code < 500 else Outcome.FAILED
    return Result(outcome, _reply(code, words))


def _reply(code: int, words: bytes | str) -> str:
    if isinstance(words, bytes):
        words = words.decode("utf-8", errors="replace")
    return " ".join(f"{code} {words}".split())[:_LONGEST_REPLY]


def _words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return _reply(problem.smtp_code, problem.smtp_error)
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:_LONGEST_REPLY]


def _stuffed(content: bytes) -> bytes:
    """Double the dots at line starts and end the text with the lone dot (RFC 5321, 4.5.2)."""
    body = re.sub(rb"(?m)^\.", b"..", content)
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return body + b".\r\n"
