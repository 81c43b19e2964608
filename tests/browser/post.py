"""Mail as its readers get it: delivered by the real jobs, read from the server that took it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from typing import TypeVar

from django.db import connections

from shopdisputes.documents import sealing
from shopdisputes.documents.tasks import drain as typeset
from shopdisputes.outbox.tasks import drain as deliver
from tests.sink import Sink

Result = TypeVar("Result")


def apart(work: Callable[[], Result]) -> Result:
    """Do something in a thread of its own: Playwright keeps an event loop running in this one,
    and seals are made and checked with another.
    """

    def run() -> Result:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(run).result()


class PostOffice:
    """Runs the clockwork in the test's process and reads what arrived."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def deliver(self) -> None:
        """Typeset what waits, then deliver what is due."""
        apart(typeset)
        apart(deliver)

    def to(self, address: str) -> list[EmailMessage]:
        """Return what came for an address, the oldest first."""
        return [mail for mail in self._sink.messages() if mail["X-Envelope-To"] == address]

    def newest(self, address: str) -> EmailMessage:
        """Return the newest mail for an address."""
        return self.to(address)[-1]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    """Return the one personal link in a mail."""
    (link,) = set(re.findall(r"https?://\S+/c/estimate/\S+/", text_of(mail)))
    return str(link)


def code_in(mail: EmailMessage) -> str:
    """Return the six digits in a mail."""
    (digits,) = set(re.findall(r"\b\d{6}\b", text_of(mail)))
    return str(digits)


def pdf_in(mail: EmailMessage) -> bytes:
    """Return the one PDF that came with a mail."""
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    content = attachment.get_content()
    assert isinstance(content, bytes)
    return content


def seal_of(pdf: bytes) -> sealing.SealCheck:
    """Check the seal of a PDF."""
    return apart(lambda: sealing.verify(pdf))
