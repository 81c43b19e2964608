"""Files that are two things at once, and what hangs behind the end of pictures."""

import mmap
import re

from shopdisputes.uploads.jailed import heads
from shopdisputes.uploads.jailed.refusals import Refusal

#: Readers of PDF look for its beginning this far into a file.
_PDF_HEAD_BYTES = 1024
#: The end of a ZIP may stand this far before the end of the file: its comment has 16 bits.
_ZIP_END_BYTES = 22 + 0xFFFF
#: Programs that unpack themselves: readers look for an archive behind so much of program.
_ARCHIVE_HEAD_BYTES = 1024 * 1024
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_TAR_AT, _ISO_AT = 257, 0x8001
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!", b"PK\x03\x04", b"\x1f\x8b", b"BZh")
_MARKUP = re.compile(
    rb"<(script|html|!doctype|svg|iframe|body|head|img|object|embed|link|meta|style)"
    rb"[\s>/]|<\?php|javascript:|%PDF-|__HALT_COMPILER",
    re.IGNORECASE,
)
#: UTF-16 in both byte orders, of which the pattern sees nothing.
_WIDE_MARKUP = re.compile(
    rb"<\0(s\0c\0r\0i\0p\0t|h\0t\0m\0l|s\0v\0g)|\0<\0(s\0c\0r\0i\0p\0t|h\0t\0m\0l|s\0v\0g)",
    re.IGNORECASE,
)

_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
#: Markers without a length: TEM, RST0 to RST7, SOI.
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})


def need_one_format(content: mmap.mmap, *, kind: str) -> None:
    """Check that no other program reads the whole file as something else.

    Raises:
        Refusal: ``polyglot``.
    """
    if kind != heads.PDF and content.find(b"%PDF-", 0, _PDF_HEAD_BYTES) >= 0:
        raise Refusal("polyglot")
    if _is_zip(content):
        raise Refusal("polyglot")
    if content[_TAR_AT : _TAR_AT + 6] in {b"ustar\0", b"ustar "}:
        raise Refusal("polyglot")
    if content[_ISO_AT : _ISO_AT + 5] == b"CD001":
        raise Refusal("polyglot")
    if any(content.find(start, 0, _ARCHIVE_HEAD_BYTES) >= 0 for start in _ARCHIVES):
        raise Refusal("polyglot")


def need_harmless_tail(content: mmap.mmap, end: int) -> int:
    """Return how many bytes stand behind a picture's ``end``.

    Phones append a second picture, a short video, data of their own: that is let pass.

    Raises:
        Refusal: ``polyglot``, when it is a page, a script, a program, an archive or a PDF.
    """
    size = len(content)
    at = _skip_pictures_and_videos(content, end)
    rest = content[at:size]
    if rest.lstrip(b"\0\t\r\n ").startswith((*_PROGRAMS, *_ARCHIVES)):
        raise Refusal("polyglot")
    if _MARKUP.search(rest) or _WIDE_MARKUP.search(rest) or b"PK\x03\x04" in rest:
        raise Refusal("polyglot")
    return size - end


def end_of_jpeg(content: mmap.mmap, start: int = 0) -> int | None:
    """Return where the JPEG that begins at ``start`` ends; None when it does not end."""
    at, size = start + 2, len(content)
    while at + 1 < size:
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == _EOI:
            return at + 2
        if marker == 0xFF:
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        else:
            length = int.from_bytes(content[at + 2 : at + 4], "big")
            if length < 2:
                return None
            at += 2 + length
            if marker == _SOS:
                # Packed pixels: the next real marker ends them.
                found = _NEXT_MARKER.search(content, at)
                if found is None:
                    return None
                at = found.end() - 2
    return None


def end_of_png(content: mmap.mmap) -> int | None:
    """Return where the PNG ends; None when it does not end."""
    at, size = 8, len(content)
    while at + 12 <= size:
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at if at <= size else None
    return None


def _skip_pictures_and_videos(content: mmap.mmap, at: int) -> int:
    """Return where whole pictures and boxes of a video stop to follow one another."""
    size = len(content)
    while at < size:
        if content[at : at + 3] == b"\xff\xd8\xff":
            end = end_of_jpeg(content, at)
        elif content[at + 4 : at + 8] == b"ftyp":
            end = _end_of_boxes(content, at)
        else:
            return at
        if end is None:
            return at
        at = end
    return at


def _end_of_boxes(content: mmap.mmap, at: int) -> int | None:
    size, begin = len(content), at
    while at + 8 <= size:
        length = int.from_bytes(content[at : at + 4], "big")
        if length < 8 or at + length > size or not content[at + 4 : at + 8].isalnum():
            break
        at += length
    return at if at > begin else None


def _is_zip(content: mmap.mmap) -> bool:
    """Whether the file ends in a ZIP's directory that stands where the end says."""
    size = len(content)
    at = content.rfind(b"PK\x05\x06", max(0, size - _ZIP_END_BYTES))
    while at >= 0:
        directory_bytes = int.from_bytes(content[at + 12 : at + 16], "little")
        begin = at - directory_bytes
        if directory_bytes and begin >= 0 and content[begin : begin + 4] == b"PK\x01\x02":
            return True
        at = content.rfind(b"PK\x05\x06", max(0, size - _ZIP_END_BYTES), at)
    return False
