"""Telling what a file is, and reading it."""

from invoices.bank_files import camt, tables
from invoices.bank_files.guessing import Mapping
from invoices.bank_files.lines import LARGEST_FILE, Contents, FileTooLarge, NotAStatement

#: How files begin that are no statement but could pass for text: PDF, ZIP and XLSX, old Excel,
#: PNG, JPEG, GIF, gzip.
_OTHER_FILES = (
    *(b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    b"\x1f\x8b",
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(content: bytes, mapping: Mapping | None = None) -> Contents:
    """Return what a bank's file says; ``mapping`` tells the columns of a CSV file.

    Raises:
        NotAStatement: it is no CAMT.053 and no CSV file, or cannot be read.
        FileTooLarge: more bytes or lines than are read.
        MappingNeeded: a CSV file whose columns are not certain.
    """
    if len(content) > LARGEST_FILE:
        raise FileTooLarge
    if not content.strip() or content.startswith(_OTHER_FILES):
        raise NotAStatement
    return camt.read(content) if is_xml(content) else tables.read(content, mapping)


def is_xml(content: bytes) -> bool:
    """Say whether a file means to be XML."""
    begin = content[:400]
    for mark in _MARKS:
        begin = begin.removeprefix(mark)
    return begin.replace(b"\x00", b"").lstrip().startswith(b"<")
