"""What the makers of crafted files share."""

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

#: Taken as it is, and with ``facts.active`` kept apart; every other verdict is a refusal's word.
ACCEPTED, QUARANTINED = "accepted", "quarantined"

SCRIPT = b"<script>alert(document.domain)</script>"
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"


@dataclass(frozen=True)
class Case:
    """One crafted file: bytes and the verdict they must get."""

    name: str
    verdict: str
    content: bytes


def truncated(name: str, content: bytes, *, verdict: str = "damaged") -> Iterator[Case]:
    """Yield ``content`` cut short at many points."""
    size = len(content)
    for part in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97):
        yield Case(f"{name}-cut-at-{round(part * 100)}", verdict, content[: round(size * part)])


def zip_of(name: str = "x.class", inside: bytes = b"\xca\xfe\xba\xbe payload") -> bytes:
    """A ZIP with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, inside)
    return out.getvalue()


@functools.cache
def inflating(size: int) -> bytes:
    """Few bytes that unpack to ``size`` zeros; made at once, for one block stands for all."""
    block = 1_000_000
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    # Behind a full flush a block leans on nothing before it, so it can stand there many times.
    again = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(size % block)) + packer.flush(zlib.Z_FULL_FLUSH)
    times = size // block
    # Adler-32 of zeros: one, and how many they are.
    checksum = struct.pack(">I", (size % 65_521) << 16 | 1)
    return first + again * (times - 1) + rest + b"\x03\x00" + checksum


def png_chunk(name: bytes, data: bytes, *, crc: int | None = None) -> bytes:
    """One chunk of a PNG, with its right checksum unless told otherwise."""
    checksum = zlib.crc32(name + data) if crc is None else crc
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def box(name: bytes, *inside: bytes) -> bytes:
    """One box of an MP4."""
    content = b"".join(inside)
    return struct.pack(">I4s", 8 + len(content), name) + content
