"""MP4: its boxes walked, nothing decoded (ISO/IEC 14496-12)."""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from shopdisputes.uploads.jailed.refusals import Damaged, Refusal

MOST_BOXES = 20_000
_DEEPEST = 8
#: Boxes that hold boxes; inside all others lies data.
_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof"})
_UNKNOWN = {0: 0xFFFFFFFF, 1: 0xFFFFFFFFFFFFFFFF}
#: Longer than any phone records into 50 MiB; a wrong figure would only confuse people.
_LONGEST_MS = 24 * 3600 * 1000
_SELF_CONTAINED = 1


@dataclass(frozen=True)
class Box:
    """One box: its type, and where its content begins and ends."""

    name: bytes
    begin: int
    end: int
    inside: "list[Box]" = field(default_factory=list)

    def all(self, *path: bytes) -> "Iterator[Box]":
        """Yield the boxes below at ``path``."""
        for box in self.inside:
            if box.name == path[0]:
                if len(path) == 1:
                    yield box
                else:
                    yield from box.all(*path[1:])


def facts_of(file: BinaryIO, content: mmap.mmap, *, kind: str) -> dict[str, Any]:
    """Return ``width`` and ``height`` as shown, ``duration_ms`` and ``has_position`` if said.

    Raises:
        Refusal: a box reaches beyond its parent, no video is in it, or one is kept elsewhere.
    """
    top = Box(b"", 0, len(content), _Walk(content).boxes(0, len(content), depth=0))
    names = [box.name for box in top.inside]
    if names[0] != b"ftyp" or names.count(b"moov") != 1 or b"mdat" not in names:
        raise Damaged("a box is missing")
    videos = [
        track
        for track in top.all(b"moov", b"trak")
        if any(content[box.begin + 8 : box.begin + 12] == b"vide" for box in track.all(*_HANDLER))
    ]
    if not videos:
        raise Refusal("no-video")
    for track in top.all(b"moov", b"trak"):
        _need_own_data(content, track)
    facts: dict[str, Any] = {}
    width, height = _size_of(content, videos[0])
    if width and height:
        facts |= {"width": width, "height": height}
    if duration := _duration_ms(content, top):
        facts["duration_ms"] = duration
    if _has_position(content, top):
        facts["has_position"] = True
    return facts


_HANDLER = (b"mdia", b"hdlr")
#: What stands before a place: in QuickTime, in 3GPP (TS 26.244), in Apple's keys.
_POSITIONS = (b"\xa9xyz", b"loci", b"location.ISO6709")


class _Walk:
    """Reads headers of boxes, so many at most."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content, self.left = content, MOST_BOXES

    def boxes(self, at: int, end: int, *, depth: int) -> list[Box]:
        """Return the boxes that fill ``at`` to ``end`` exactly; every one is longer than nothing.

        Raises:
            Damaged: they do not.
        """
        if depth > _DEEPEST:
            raise Damaged("boxes in boxes without end")
        found = []
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise Damaged("boxes without end")
            name, begin, next_at = self._header(at, end, outermost=depth == 0)
            inside = self.boxes(begin, next_at, depth=depth + 1) if name in _PARENTS else []
            found.append(Box(name, begin, next_at, inside))
            at = next_at
        return found

    def _header(self, at: int, end: int, *, outermost: bool) -> tuple[bytes, int, int]:
        if end - at < 8:
            raise Damaged("a box is cut short")
        size, name = struct.unpack(">I4s", self.content[at : at + 8])
        begin = at + 8
        if size == 1:
            if end - at < 16:
                raise Damaged("a box is cut short")
            size, begin = int.from_bytes(self.content[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            if not outermost:
                raise Damaged("an inner box without an end")
            size = end - at
        if size < begin - at or size > end - at:
            raise Damaged("a box reaches beyond its parent")
        # Old cameras write names that begin with a copyright sign.
        if not all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in name):
            raise Damaged("a box without a name")
        return name, begin, at + size


def _need_own_data(content: mmap.mmap, track: Box) -> None:
    """Check that a track's pictures lie in this file, within its bounds."""
    for table in track.all(b"mdia", b"minf", b"dinf", b"dref"):
        (count,) = _read(content, table, ">I", 4)
        entries = _Walk(content).boxes(table.begin + 8, table.end, depth=_DEEPEST)
        if len(entries) != count:
            raise Damaged("references are missing")
        for entry in entries:
            (flags,) = _read(content, entry, ">I", 0)
            if not flags & _SELF_CONTAINED:
                raise Refusal("data-elsewhere")
    for name, width in ((b"stco", 4), (b"co64", 8)):
        for table in track.all(b"mdia", b"minf", b"stbl", name):
            (count,) = _read(content, table, ">I", 4)
            begin = table.begin + 8
            if begin + count * width > table.end:
                raise Damaged("a table reaches beyond its box")
            places = struct.iter_unpack(
                ">I" if width == 4 else ">Q", content[begin : begin + count * width]
            )
            if any(place >= len(content) for (place,) in places):
                raise Damaged("pictures beyond the end of the file")


def _size_of(content: mmap.mmap, track: Box) -> tuple[int, int]:
    """Return width and height of a track in pixels as it is shown, turned if it says so."""
    header = next(track.all(b"tkhd"), None)
    if header is None:
        raise Damaged("a track without a head")
    matrix_at = 52 if content[header.begin] == 1 else 40
    a, b, _u, c, d, _v, _x, _y, _w, width, height = _read(content, header, ">9i2I", matrix_at)
    turned = not a and not d and b and c
    sides = (width >> 16, height >> 16)
    return (sides[1], sides[0]) if turned else sides


def _has_position(content: mmap.mmap, top: Box) -> bool:
    """Say whether a note of the film or of a track tells where it was filmed."""
    return any(
        content.find(mark, notes.begin, notes.end) >= 0
        for above in ((b"moov",), (b"moov", b"trak"))
        for name in (b"udta", b"meta")
        for notes in top.all(*above, name)
        for mark in _POSITIONS
    )


def _duration_ms(content: mmap.mmap, top: Box) -> int:
    """Return how long it plays in milliseconds; 0 when the file does not say."""
    header = next(top.all(b"moov", b"mvhd"), None)
    if header is None:
        raise Damaged("a film without a head")
    version = content[header.begin]
    scale, duration = _read(
        content, header, ">IQ" if version == 1 else ">II", 20 if version else 12
    )
    if not scale:
        raise Damaged("time without a unit")
    if not duration:
        # One in fragments says it elsewhere.
        for extent in top.all(b"moov", b"mvex", b"mehd"):
            version = content[extent.begin]
            (duration,) = _read(content, extent, ">Q" if version == 1 else ">I", 4)
    if duration == _UNKNOWN.get(version):
        return 0
    return min(duration * 1000 // scale, _LONGEST_MS)


def _read(content: mmap.mmap, box: Box, layout: str, at: int) -> tuple[Any, ...]:
    begin, end = box.begin + at, box.begin + at + struct.calcsize(layout)
    if end > box.end:
        raise Damaged("a box is too short")
    return struct.unpack(layout, content[begin:end])
