"""An e-mail as the bytes that leave: headers that cannot be broken out of, PDFs as they were."""

from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext

from shopdisputes.canonical import sha256_hex
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.reading import Wording, filled, marks_of


class CannotBeSent(Exception):
    """This e-mail must not leave as it stands; the message tells staff why."""


def envelope_sender() -> str:
    """Return the bare address that bounces go to."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def envelope_recipient(email: OutgoingEmail) -> str:
    """Return the address as servers know it: a domain in other letters is written in ASCII.

    Raises:
        CannotBeSent: it is no address, or its first part has letters that servers do not take.
    """
    return _deliverable(email.recipient)


def compose(email: OutgoingEmail, *, at: datetime) -> bytes:
    """Return the whole message; its Message-ID is the one fixed when it was queued.

    Raises:
        CannotBeSent: its link or code no longer opens, an attachment is not the file that was
            made, or an address cannot stand in a mail.
        OSError: the storage is away.
    """
    wording = _wording(email, at=at)
    message = EmailMessage(policy=SMTP)
    message["From"] = _header_address(email.sender_name, envelope_sender())
    message["To"] = _header_address(email.recipient_name, email.recipient)
    if email.reply_to:
        message["Reply-To"] = _header_address(email.sender_name, email.reply_to)
    message["Subject"] = _one_line(email.subject)
    message["Message-ID"] = email.message_id
    message["Date"] = at.astimezone(UTC)
    message["Content-Language"] = email.language
    # Keeps holiday answers and mailing lists from replying (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(wording.text, cte="quoted-printable")
    message.add_alternative(wording.html, subtype="html", cte="quoted-printable")
    for name, content in _attachments(email):
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def _wording(email: OutgoingEmail, *, at: datetime) -> Wording:
    marks = marks_of(email)
    if marks.link is not None and marks.link.revoked_at is not None:
        raise CannotBeSent(gettext("The link in it was revoked before it could be sent."))
    if marks.link is not None and marks.link.expires_at <= at:
        raise CannotBeSent(gettext("The link in it expired before it could be sent."))
    if any(code.expires_at <= at for code in marks.codes.values()):
        raise CannotBeSent(gettext("The code in it expired before it could be sent."))
    return filled(email, marks)


def _attachments(email: OutgoingEmail) -> list[tuple[str, bytes]]:
    found = []
    for document in email.attachments.order_by("created_at", "pk"):
        with document.file.open("rb") as file:
            content = file.read()
        if sha256_hex(content) != document.sha256:
            raise CannotBeSent(
                gettext("The attachment “%s” is not the file that was made.") % document.filename
            )
        found.append((document.filename, content))
    return found


def _header_address(name: str, address: str) -> Address:
    return Address(display_name=_one_line(name), addr_spec=_deliverable(address))


def _deliverable(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    try:
        ascii_address = f"{local}@{domain.encode('idna').decode()}"
        return Address(addr_spec=ascii_address).addr_spec
    except (ValueError, IndexError, HeaderParseError) as problem:
        raise CannotBeSent(
            gettext("Mail servers do not understand the address %s.") % address
        ) from problem


def _one_line(text: str) -> str:
    """Return a header's text without what could begin another header."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())
