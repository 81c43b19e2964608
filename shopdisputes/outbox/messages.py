"""An e-mail as the bytes that leave: headers that cannot be broken out of, PDFs as they were."""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext

from shopdisputes.canonical import sha256_hex
from shopdisputes.outbox import mime
from shopdisputes.outbox.headers import one_line
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.reading import Marks, Wording, filled, marks_of

#: An address that needs no second look: only what every server takes (RFC 5321, 4.1.2).
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)


class CannotBeSent(Exception):
    """This e-mail must not leave as it stands; the message tells staff why."""


def envelope_sender() -> str:
    """Return the bare address that bounces go to."""
    return _bare(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=8)
def _bare(address: str) -> str:
    return parseaddr(address)[1]


def envelope_recipient(email: OutgoingEmail) -> str:
    """Return the address as servers know it: a domain in other letters is written in ASCII.

    Raises:
        CannotBeSent: it is no address, or its first part has letters that servers do not take.
    """
    return _deliverable(email.recipient)


def compose(email: OutgoingEmail, *, marks: Marks | None = None, at: datetime) -> bytes:
    """Return the whole message; its Message-ID is the one fixed when it was queued.

    ``marks`` are what its marks stand for, read anew unless given.

    Raises:
        CannotBeSent: a link or code no longer opens, an attachment is not the file that was
            made, or an address cannot stand in a mail.
        OSError: the storage is away.
    """
    wording = _wording(email, marks or marks_of(email), at=at)
    headers = [
        ("From", _mailbox(email.sender_name, envelope_sender())),
        ("To", _mailbox(email.recipient_name, email.recipient)),
    ]
    if email.reply_to:
        headers.append(("Reply-To", _mailbox(email.sender_name, email.reply_to)))
    headers += [
        ("Subject", mime.words(one_line(email.subject))),
        ("Message-ID", email.message_id),
        ("Date", format_datetime(at.astimezone(UTC))),
        ("Content-Language", email.language),
        # Keeps holiday answers and mailing lists from replying (RFC 3834).
        ("Auto-Submitted", "auto-generated"),
    ]
    return mime.message(
        headers,
        text=wording.text,
        html=wording.html,
        attachments=_attachments(email),
        boundary=email.pk.hex,
    )


def _wording(email: OutgoingEmail, marks: Marks, *, at: datetime) -> Wording:
    if any(link.revoked_at is not None for link in marks.links.values()):
        raise CannotBeSent(gettext("The link in it was revoked before it could be sent."))
    if any(link.expires_at <= at for link in marks.links.values()):
        raise CannotBeSent(gettext("The link in it expired before it could be sent."))
    if any(code.expires_at <= at for code in marks.codes.values()):
        raise CannotBeSent(gettext("The code in it expired before it could be sent."))
    return filled(email, marks)


def _attachments(email: OutgoingEmail) -> list[tuple[str, bytes]]:
    found = []
    for document in sorted(email.attachments.all(), key=lambda each: (each.created_at, each.pk)):
        with document.file.open("rb") as file:
            content = file.read()
        if sha256_hex(content) != document.sha256:
            raise CannotBeSent(
                gettext("The attachment “%s” is not the file that was made.") % document.filename
            )
        found.append((document.filename, content))
    return found


def _mailbox(name: str, address: str) -> str:
    return mime.mailbox(one_line(name), _deliverable(address))


def _deliverable(address: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    local, _at, domain = address.rpartition("@")
    try:
        ascii_address = f"{local}@{domain.encode('idna').decode()}"
        return Address(addr_spec=ascii_address).addr_spec
    except (ValueError, IndexError, HeaderParseError) as problem:
        raise CannotBeSent(
            gettext("Mail servers do not understand the address %s.") % address
        ) from problem
