"""A mail's headers and parts as bytes (RFC 5322, 2045 to 2047, 2231), written straight down.

The standard library parses every header that it is given once more in order to fold it; that cost
more than all else of a reminder together.
"""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import quote

#: A line should have at most 78 signs (RFC 5322, 2.1.1), the header's name among them.
_PLAIN_LENGTH = 60
#: What a word of 75 signs (RFC 2047, 2) holds in base64, so that none is cut within a letter.
_WORD_BYTES = 42

Header = tuple[str, str]


def words(text: str) -> str:
    """Return a header's text in ASCII; longer or other letters become encoded words."""
    if text.isascii() and len(text) <= _PLAIN_LENGTH and "=?" not in text:
        return text
    chunks, chunk = [], b""
    for letter in text:
        encoded = letter.encode("utf-8", errors="replace")
        if len(chunk) + len(encoded) > _WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += encoded
    return "\r\n ".join(
        f"=?utf-8?b?{base64.b64encode(each).decode()}?=" for each in (*chunks, chunk)
    )


def mailbox(name: str, address: str) -> str:
    """Return a name with its address; ``address`` is in ASCII and checked already."""
    if not name:
        return address
    coded = words(name)
    if coded == name:
        coded = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{coded}\r\n <{address}>"


def message(
    headers: Sequence[Header],
    *,
    text: str,
    html: str,
    attachments: Sequence[tuple[str, bytes]],
    boundary: str,
) -> bytes:
    """Return a whole mail: text and HTML to choose from, then PDFs with their file names.

    ``boundary`` is a word that is this mail's alone.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in headers) + "MIME-Version: 1.0\r\n"
    inner = f"=_{boundary}"
    body = b"".join(
        (
            f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode(),
            _part(inner, "plain", text),
            _part(inner, "html", html),
            f"--{inner}--\r\n".encode(),
        )
    )
    if not attachments:
        return head.encode() + body
    outer = f"=_{boundary}.mixed"
    return b"".join(
        (
            head.encode(),
            f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n'.encode(),
            body,
            *(_attachment(outer, name, content) for name, content in attachments),
            f"--{outer}--\r\n".encode(),
        )
    )


def _part(boundary: str, subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    # The line end before a boundary is the boundary's (RFC 2046, 5.1.1), so there is one more.
    # No part can hold the boundary: in quoted-printable nothing but digits follows a "=".
    content = binascii.b2a_qp(lines.encode("utf-8", errors="replace"), istext=True)
    return (
        (
            f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode()
        + content
        + b"\r\n"
    )


def _attachment(boundary: str, name: str, content: bytes) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: application/pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{quote(name, safe='')}\r\n\r\n"
    ).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
