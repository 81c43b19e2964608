"""The code on every page of a print for signature: which print, which page, which revision."""

import re
from dataclasses import dataclass
from uuid import UUID

_HASH_DIGITS = 16
_CODE = re.compile(r"SD1:([0-9A-F]{32}):([1-9][0-9]{0,3}):([0-9A-F]{16})")


@dataclass(frozen=True, order=True)
class PageCode:
    """What a code says; ``hash_head`` is the beginning of the revision's SHA-256."""

    copy_id: UUID
    page: int
    hash_head: str


def text_of(copy_id: UUID, page: int, sha256: str) -> str:
    """Return the text of a page's code.

    Capitals, digits and colons only: the QR code's compact alphabet, so its squares are large.
    """
    return f"SD1:{copy_id.hex.upper()}:{page}:{sha256[:_HASH_DIGITS].upper()}"


def parse(text: str) -> PageCode | None:
    """Read a code's text; None when it is not one of ours."""
    found = _CODE.fullmatch(text.strip())
    if found is None:
        return None
    return PageCode(copy_id=UUID(hex=found[1]), page=int(found[2]), hash_head=found[3].lower())


def fits(code: PageCode, sha256: str) -> bool:
    """Say whether a code was printed for the revision with this hash."""
    return sha256[:_HASH_DIGITS] == code.hash_head


def most_pages(lines: int) -> int:
    """Return more pages than an estimate with so many lines ever has."""
    return 4 + 2 * lines
