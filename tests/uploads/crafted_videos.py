"""MP4: honest, broken box by box, and two things at once."""

import io
import struct
from collections.abc import Iterator
from typing import Any

import av

from tests import media
from tests.uploads.crafting import ACCEPTED, PAGE, Case, box, truncated, zip_of

_FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")


def cases() -> Iterator[Case]:
    """Yield all crafted videos."""
    yield from _honest()
    yield from _broken()
    yield from _two_at_once()
    yield from truncated("mp4", media.mp4())


def _recorded(**options: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options=options) as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _number in range(10):
            container.mux(stream.encode(av.VideoFrame.from_image(media.drawing())))
        container.mux(stream.encode())
    return out.getvalue()


def _top(video: bytes) -> dict[bytes, bytes]:
    """The outermost boxes by name."""
    found, at = {}, 0
    while at < len(video):
        size = int.from_bytes(video[at : at + 4], "big")
        found[video[at + 4 : at + 8]] = video[at : at + size]
        at += size
    return found


def _patched(video: bytes, name: bytes, offset: int, data: bytes) -> bytes:
    """The video with bytes changed at ``offset`` behind the name of its first such box."""
    at = video.index(name) + 4 + offset
    return video[:at] + data + video[at + len(data) :]


def _brand(video: bytes, brands: bytes) -> bytes:
    """The video with other brands; it has room for four behind the version."""
    return _patched(video, b"ftyp", 0, brands)


def _honest() -> Iterator[Case]:
    video = media.mp4()
    boxes = _top(video)
    film, data = boxes[b"moov"], boxes[b"mdat"]
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    for name, content in (
        ("mp4", video),
        ("mp4-turned", _patched(video, b"tkhd", 40, turned)),
        ("mp4-film-last", _recorded()),
        ("mp4-in-fragments", _recorded(movflags="frag_keyframe+empty_moov+default_base_moof")),
        ("mp4-with-room", media.mp4_of_size(200_000)),
        ("mp4-data-to-the-end", _FTYP + film + b"\0\0\0\0" + data[4:]),
        (
            "mp4-64-bit-data",
            _FTYP + film + b"\0\0\0\1mdat" + struct.pack(">Q", len(data) + 8) + data[8:],
        ),
        ("mp4-length-unknown", _patched(video, b"mvhd", 16, b"\xff" * 4)),
        ("mp4-other-brand-first", _brand(video, b"XAVC\0\0\0\0mp42iso2")),
        ("mp4-with-notes", video + box(b"uuid", bytes(16) + b"<x:xmpmeta/>")),
    ):
        yield Case(name, ACCEPTED, content)


def _broken() -> Iterator[Case]:
    video = media.mp4()
    boxes = _top(video)
    film, data = boxes[b"moov"], boxes[b"mdat"]
    nest = b""
    for _level in range(200):
        nest = box(b"moov", nest)
    for name, content in (
        ("only-brands", _FTYP),
        ("page-behind-brands", _FTYP + PAGE),
        ("without-film", _FTYP + data),
        ("without-data", _FTYP + film),
        ("two-films", _FTYP + film + film + data),
        ("brands-again-of-0", _FTYP + b"\0\0\0\0ftyp" + film + data),
        ("box-of-7", _FTYP + b"\0\0\0\7free" + film + data),
        ("box-of-1-cut", video + b"\0\0\0\1free\0\0"),
        ("box-of-64-bit-8", _FTYP + b"\0\0\0\1free" + struct.pack(">Q", 8) + film + data),
        ("box-of-64-bit-all", _FTYP + film + b"\0\0\0\1mdat" + b"\x7f" + b"\xff" * 7 + data[8:]),
        ("box-of-64-bit-over", _FTYP + film + b"\0\0\0\1mdat" + b"\xff" * 8 + data[8:]),
        ("box-beyond-end", video[:-4] + b"\0\0\0\x63free"),
        ("data-beyond-end", _FTYP + film + b"\x7f\xff\xff\xff" + data[4:]),
        ("track-beyond-film", _patched(video, b"trak", -8, b"\0\xff\xff\xff")),
        ("track-of-0", _patched(video, b"trak", -8, bytes(4))),
        ("film-in-film-in-film", _FTYP + nest + data),
        ("boxes-without-end", _FTYP + film + data + box(b"free") * 30_000),
        ("box-without-name", _FTYP + box(b"\0\1\2\3", b"x") + film + data),
        ("time-without-unit", _patched(video, b"mvhd", 12, bytes(4))),
        ("film-without-head", _patched(video, b"mvhd", -4, b"free")),
        ("track-without-head", _patched(video, b"tkhd", -4, b"free")),
        ("pictures-beyond-end", _patched(video, b"stco", 8, b"\x7f\xff\xff\xff")),
        ("table-beyond-its-box", _patched(video, b"stco", 4, b"\xff" * 4)),
        ("references-missing", _patched(video, b"dref", 4, b"\0\0\0\x09")),
        ("few-bytes-behind", video + b"abc"),
    ):
        yield Case(f"mp4-{name}", "damaged", content)
    yield Case("mp4-sound-only", "no-video", _patched(video, b"hdlr", 8, b"soun"))
    yield Case("mp4-without-tracks", "no-video", _FTYP + box(b"moov", film[8:116]) + data)
    yield Case("mp4-data-elsewhere", "data-elsewhere", _patched(video, b"url ", 0, bytes(4)))


def _two_at_once() -> Iterator[Case]:
    video, archive = media.mp4(), zip_of()
    boxes = _top(video)
    paper = box(b"free", media.pdf())
    yield Case("mp4-around-a-zip", "polyglot", video + box(b"free", archive))
    yield Case("mp4-and-zip", "polyglot", video + archive)
    yield Case("mp4-that-is-a-pdf", "polyglot", _FTYP + paper + boxes[b"moov"] + boxes[b"mdat"])
    yield Case("mp4-around-a-rar", "polyglot", video + box(b"free", b"Rar!\x1a\7\1\0"))
    yield Case("mp4-and-page", "damaged", video + PAGE)
