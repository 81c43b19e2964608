"""JPEG and PNG: honest, broken, swollen, and two things at once."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests import media
from tests.uploads.crafting import (
    ACCEPTED,
    PAGE,
    SCRIPT,
    Case,
    inflating,
    png_chunk,
    truncated,
    zip_of,
)

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_IEND = png_chunk(b"IEND", b"")


def cases() -> Iterator[Case]:
    """Yield all crafted pictures."""
    yield from _honest()
    yield from _broken_jpegs()
    yield from _broken_pngs()
    yield from _swollen()
    yield from _two_at_once()


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_head(photo: bytes, *segments: bytes) -> bytes:
    """A JPEG with more segments before all others."""
    return photo[:2] + b"".join(segments) + photo[2:]


def _sized(photo: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame says another size than its pixels have."""
    at = photo.index(b"\xff\xc0") + 5
    return photo[:at] + struct.pack(">HH", height, width) + photo[at + 4 :]


def _png(width: int, height: int, *chunks: bytes, depth: int = 8, colours: int = 2) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"".join([_PNG_MARK, png_chunk(b"IHDR", head), *chunks, _IEND])


def _pixels(width: int, height: int) -> bytes:
    return png_chunk(b"IDAT", zlib.compress(bytes(height * (1 + 3 * width))))


def _mpo() -> bytes:
    out = io.BytesIO()
    media.drawing().save(out, format="MPO", save_all=True, append_images=[media.drawing(32, 24)])
    return out.getvalue()


def _animated_png() -> bytes:
    out = io.BytesIO()
    media.drawing().save(
        out, format="PNG", save_all=True, append_images=[media.drawing(mode="RGB").rotate(180)]
    )
    return out.getvalue()


def _honest() -> Iterator[Case]:
    photo, drawing = media.jpeg(), media.png()
    told = PngInfo()
    told.add_text("Comment", SCRIPT.decode())
    told.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>", zip=True)
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    for name, content in (
        ("jpeg", photo),
        ("jpeg-grey", media.jpeg(mode="L")),
        ("jpeg-cmyk", media.jpeg(mode="CMYK")),
        ("jpeg-progressive", media.jpeg(progressive=True)),
        ("jpeg-restarts", media.jpeg(restart_marker_blocks=2)),
        ("jpeg-one-pixel", media.jpeg(1, 1)),
        ("jpeg-of-a-phone", media.jpeg(gps=True, camera="Apple iPhone 15", orientation=6)),
        ("jpeg-broken-notes", with_head(photo, segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"))),
        ("jpeg-script-in-comment", media.jpeg(comment=SCRIPT)),
        ("jpeg-script-in-notes", with_head(photo, segment(0xE1, exif.tobytes()))),
        ("jpeg-fill-bytes", photo[:2] + b"\xff\xff\xff" + photo[2:]),
        ("jpeg-many-comments", media.jpeg_of_size(300_000)),
        ("jpeg-two-pictures", _mpo()),
        ("jpeg-and-jpeg", photo + media.jpeg(32, 24)),
        ("jpeg-and-video", photo + media.mp4()),
        ("jpeg-and-zeros", photo + bytes(4096)),
        ("jpeg-and-trailer", photo + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1699999999999SEFT"),
        ("png", drawing),
        ("png-with-alpha", media.png(mode="RGBA")),
        ("png-palette", media.png(mode="P")),
        ("png-grey", media.png(mode="L")),
        ("png-black-and-white", media.png(mode="1")),
        (
            "png-16-bit",
            _png(2, 2, png_chunk(b"IDAT", zlib.compress(bytes(10))), depth=16, colours=0),
        ),
        ("png-moving", _animated_png()),
        ("png-script-in-text", media.png(pnginfo=told)),
        ("png-and-zeros", drawing + bytes(64)),
    ):
        yield Case(name, ACCEPTED, content)


def _broken_jpegs() -> Iterator[Case]:
    photo = media.jpeg(200, 150)
    yield from truncated("jpeg", photo)
    tables = photo.index(b"\xff\xc4")
    scan = photo.index(b"\xff\xda")
    for name, content in (
        ("without-last-byte", photo[:-1]),
        ("without-end", photo[:-2]),
        ("script-behind-mark", b"\xff\xd8\xff\xe0" + SCRIPT),
        ("page-behind-mark", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + PAGE),
        ("only-ends", b"\xff\xd8\xff\xd9"),
        ("only-head", photo[:scan] + b"\xff\xd9"),
        ("no-width", _sized(photo, 0, 150)),
        ("no-height", _sized(photo, 200, 0)),
        ("segment-of-0", photo[:2] + b"\xff\xe0\0\0" + photo[2:]),
        ("segment-of-1", photo[:2] + b"\xff\xe0\0\1" + photo[2:]),
        ("segment-beyond-end", photo[:-2] + b"\xff\xe0\xff\xff"),
        ("tables-of-noise", photo[: tables + 4] + b"\xff" * 60 + photo[tables + 64 :]),
        ("zeros-behind-mark", b"\xff\xd8\xff" + bytes(500)),
        ("marks-without-end", b"\xff\xd8" + b"\xff" * 5000),
    ):
        yield Case(f"jpeg-{name}", "damaged", content)


def _broken_pngs() -> Iterator[Case]:
    drawing = media.png(200, 150)
    yield from truncated("png", drawing)
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    for name, content in (
        ("without-last-byte", drawing[:-1]),
        ("without-end", drawing[:-12]),
        ("script-behind-mark", _PNG_MARK + b"\0\0\0\x0dIHDR" + SCRIPT),
        ("no-width", _png(0, 4, _pixels(0, 4))),
        ("no-height", _png(4, 0, _pixels(4, 0))),
        ("no-pixels", _png(4, 4)),
        ("packed-noise", _png(4, 4, png_chunk(b"IDAT", b"\x78\x9c" + b"noise" * 9))),
        ("head-with-wrong-checksum", _PNG_MARK + png_chunk(b"IHDR", head, crc=1) + _IEND),
        ("pixels-with-wrong-checksum", _png(4, 4, png_chunk(b"IDAT", b"x", crc=7))),
        ("depth-of-3", _png(4, 4, _pixels(4, 4), depth=3)),
        ("unknown-colours", _png(4, 4, _pixels(4, 4), colours=5)),
        (
            "chunk-beyond-end",
            _PNG_MARK + png_chunk(b"IHDR", head) + b"\x7f\xff\xff\xffIDAT" + bytes(9),
        ),
        ("chunk-of-4-gigabytes", _PNG_MARK + png_chunk(b"IHDR", head) + b"\xff" * 4 + b"IDAT"),
        (
            "profile-bomb",
            _png(4, 4, png_chunk(b"zTXt", b"a\0\0" + inflating(80_000_000)), _pixels(4, 4)),
        ),
    ):
        yield Case(f"png-{name}", "damaged", content)


def _swollen() -> Iterator[Case]:
    photo = media.jpeg(64, 48)
    little = png_chunk(b"IDAT", zlib.compress(b"\0"))
    for name, content in (
        ("jpeg-65500-square", _sized(photo, 65_500, 65_500)),
        ("jpeg-just-too-large", _sized(photo, 7072, 7072)),
        ("jpeg-one-long-line", _sized(photo, 65_500, 800)),
        ("png-20000-square", _png(20_000, 20_000, little)),
        ("png-just-too-large", _png(7072, 7072, little)),
        ("png-of-two-thousand-million", _png(2_000_000_000, 1, little)),
        ("png-2147483647-square", _png(2**31 - 1, 2**31 - 1, little)),
        ("png-whole-bomb", _png(9000, 9000, png_chunk(b"IDAT", inflating(9000 * 27_001)))),
    ):
        yield Case(name, "too-many-pixels", content)
    # Browsers show such pictures as well: what is missing is grey or black.
    bare = photo[: photo.index(b"\xff\xc4")] + photo[photo.index(b"\xff\xda") :]
    yield Case("jpeg-without-tables", ACCEPTED, bare)
    yield Case("jpeg-more-rows-than-pixels", ACCEPTED, _sized(photo, 64, 6000))
    yield Case("png-too-few-pixels", ACCEPTED, _png(400, 400, _pixels(400, 300)))
    # The rest of what it unpacks to is never asked for.
    yield Case(
        "png-more-than-its-pixels",
        ACCEPTED,
        _png(4, 4, png_chunk(b"IDAT", inflating(50_000_000))),
    )


def _two_at_once() -> Iterator[Case]:
    photo, drawing, archive, paper = media.jpeg(), media.png(), zip_of(), media.pdf()
    for name, tail in (
        ("page", PAGE),
        ("page-behind-zeros", bytes(999) + PAGE),
        ("page-far-behind", b"data of a phone" * 9000 + PAGE),
        ("loud-page", PAGE.upper()),
        ("utf16-page", PAGE.decode().encode("utf-16-le")),
        ("utf16-big-page", PAGE.decode().encode("utf-16-be")),
        ("svg", b"<svg onload=alert(1)>"),
        ("frame", b"<iframe src=//evil.example>"),
        ("script-address", b"javascript:alert(1)"),
        ("php", b"<?php eval($_POST[1]); __HALT_COMPILER(); ?>"),
        ("zip", archive),
        ("zip-with-comment", archive[:-2] + b"\x05\0hello"),
        ("zip-behind-rubbish", b"rubbish" * 20 + archive),
        ("rar", b"Rar!\x1a\7\1\0" + bytes(20)),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(20)),
        ("gzip", b"\x1f\x8b\x08\0" + bytes(20)),
        ("exe", b"MZ\x90\0" + bytes(80)),
        ("elf-behind-blanks", b"\r\n\0 \x7fELF\2\1\1" + bytes(80)),
        ("shell", b"\n#!/bin/sh\nid\n"),
        ("class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        ("pdf", paper),
        ("jpeg-and-page", media.jpeg(8, 8) + PAGE),
        ("video-and-page", media.mp4() + PAGE),
    ):
        yield Case(f"jpeg-and-{name}", "polyglot", photo + tail)
        if name in {"page", "svg", "zip", "exe", "pdf"}:
            yield Case(f"png-and-{name}", "polyglot", drawing + tail)
    yield Case(
        "jpeg-that-is-a-pdf", "polyglot", with_head(photo, segment(0xFE, paper[:400])) + paper[400:]
    )
    # Readers of ZIP look from the end: this one stands within a comment and the pixels follow.
    yield Case("jpeg-around-a-zip", "polyglot", with_head(photo, segment(0xFE, archive)))
    yield Case("png-around-a-zip", "polyglot", drawing[:-12] + png_chunk(b"zzZp", archive) + _IEND)
    yield Case(
        "png-that-is-a-pdf", "polyglot", drawing[:33] + png_chunk(b"zzPd", paper) + drawing[33:]
    )
    tape = bytearray(with_head(photo, segment(0xFE, bytes(600))))
    tape[257:263] = b"ustar\0"
    yield Case("jpeg-that-is-a-tape", "polyglot", bytes(tape))
    disc = bytearray(media.jpeg_of_size(len(photo) + 60_000))
    disc[0x8001:0x8006] = b"CD001"
    yield Case("jpeg-that-is-a-disc", "polyglot", bytes(disc))
