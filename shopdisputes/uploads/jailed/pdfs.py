"""PDFs: how many pages, how large unpacked, and whether they can act by themselves."""

import mmap
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

from shopdisputes.uploads.jailed.refusals import Damaged, Refusal

MOST_PAGES = 500
#: Of all streams together; a page of text has 10 kB, a scanned one 30 MB.
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_OBJECTS = 200_000
#: How near its end a PDF must say that it ends; some programs append a little.
_TAIL_BYTES = 2048
_PIECE_BYTES = 1024 * 1024

#: What lets a PDF act, call out or carry other files, as a key or as a value.
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/AA", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia"}
    | {"/XFA", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
)
#: In the open, also where no reference leads any more. Short names would be found by chance.
_IN_THE_OPEN = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)[\s/<(\[\]>]"
)
_FLATE = frozenset({"/FlateDecode", "/Fl"})


def facts_of(file: BinaryIO, content: mmap.mmap, *, kind: str) -> dict[str, Any]:
    """Return ``pages`` and, when there are any, the ``active`` names, sorted.

    Raises:
        Refusal: encrypted, too many pages, too large unpacked, cut short.
        Exception: whatever pikepdf raises for a damaged one.
    """
    tail = content[max(0, len(content) - _TAIL_BYTES) :]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Damaged("it does not end")
    file.seek(0)
    try:
        document = pikepdf.open(file, suppress_warnings=True)
    except pikepdf.PasswordError as problem:
        raise Refusal("encrypted") from problem
    with document:
        # One that opens without a password is encrypted too: most programs cannot take it apart.
        if document.is_encrypted:
            raise Refusal("encrypted")
        pages = len(document.pages)
        if not pages:
            raise Damaged("it has no page")
        if pages > MOST_PAGES:
            raise Refusal("too-many-pages")
        if len(document.objects) > MOST_OBJECTS:
            raise Refusal("too-large-unpacked")
        active = set(_look_through(document))
    active |= {"/" + found[1].decode() for found in _IN_THE_OPEN.finditer(content)}
    facts: dict[str, Any] = {"pages": pages}
    if active:
        facts["active"] = sorted(name.removeprefix("/") for name in active)
    return facts


def _look_through(document: pikepdf.Pdf) -> Iterator[str]:
    """Yield every active name of every object.

    Raises:
        Refusal: the streams are too large unpacked.
    """
    left = MOST_UNPACKED_BYTES
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream):
            left -= _unpacked_bytes(thing, most=left)
        waiting: list[Any] = [thing]
        while waiting:
            one = waiting.pop()
            if isinstance(one, pikepdf.Name):
                if str(one) in _ACTIVE:
                    yield str(one)
            elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                for name, value in one.items():
                    if name in _ACTIVE or (name == "/OpenAction" and _acts(value)):
                        yield name
                    waiting.extend(_direct(value))
            elif isinstance(one, pikepdf.Array):
                for value in one:
                    waiting.extend(_direct(value))


def _direct(value: Any) -> tuple[Any, ...]:
    """What lies in the object itself; what it refers to comes along as an object of its own."""
    compound = isinstance(value, pikepdf.Object) and not value.is_indirect
    return (value,) if compound else ()


def _acts(action: Any) -> bool:
    """Whether opening does more than showing a place in this very document."""
    return isinstance(action, pikepdf.Dictionary) and (
        action.get("/S") != pikepdf.Name.GoTo or "/Next" in action
    )


def _unpacked_bytes(stream: pikepdf.Stream, *, most: int) -> int:
    """Return a stream's size without its Deflate packing, found out without holding it.

    Other packings are left to the limit of memory: they are unpacked only when drawn.

    Raises:
        Refusal: it is more than ``most``.
    """
    named: Any = stream.get("/Filter", [])
    filters = [str(one) for one in (named if isinstance(named, pikepdf.Array) else [named])]
    packed: Iterator[bytes] = iter((stream.read_raw_bytes(),))
    for one in filters:
        if one not in _FLATE:
            break
        packed = _inflated(packed)
    size = 0
    for piece in packed:
        size += len(piece)
        if size > most:
            raise Refusal("too-large-unpacked")
    return size


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack Deflate piece by piece; what is broken ends there, as it does for readers."""
    unpacker = zlib.decompressobj()
    try:
        for piece in packed:
            yield unpacker.decompress(piece, _PIECE_BYTES)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)
    except zlib.error:
        return
