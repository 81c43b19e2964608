"""Real files, made by the tests themselves: pictures, PDFs and videos, to the byte if need be."""

import functools
import io
import struct
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pikepdf
from PIL import Image, ImageDraw

MAKE, MODEL, ORIENTATION, EXIF_IFD, GPS_IFD = 0x010F, 0x0110, 0x0112, 0x8769, 0x8825
DATETIME_ORIGINAL = 0x9003


def drawing(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture with something on it, so that up and down can be told apart."""
    picture = Image.new("RGB", (width, height), "#c8d4e0")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width // 2, height // 4), fill="#aa2200")
    pen.line((0, height, width, 0), fill="#003366", width=max(1, width // 40))
    return picture.convert(mode)


def jpeg(
    width: int = 64,
    height: int = 48,
    *,
    gps: bool = False,
    camera: str = "",
    taken_at: str = "",
    orientation: int = 0,
    mode: str = "RGB",
    **save: Any,
) -> bytes:
    """A JPEG; ``taken_at`` as cameras write it, ``2026:11:02 09:12:00``, ``gps`` adds a place."""
    exif = Image.Exif()
    if camera:
        exif[MAKE], exif[MODEL] = camera.split(" ", 1)
    if orientation:
        exif[ORIENTATION] = orientation
    if taken_at:
        exif.get_ifd(EXIF_IFD)[DATETIME_ORIGINAL] = taken_at
    if gps:
        exif.get_ifd(GPS_IFD).update(
            {1: "N", 2: (45.0, 46.0, 3.4), 3: "E", 4: (4.0, 50.0, 9.0), 29: "2026:11:02"}
        )
    out = io.BytesIO()
    drawing(width, height, mode).save(out, format="JPEG", exif=exif, **save)
    return out.getvalue()


def png(width: int = 64, height: int = 48, *, mode: str = "RGB", **save: Any) -> bytes:
    """A PNG."""
    out = io.BytesIO()
    drawing(width, height, mode).save(out, format="PNG", **save)
    return out.getvalue()


def pdf(pages: int = 1, *, title: str = "") -> bytes:
    """A PDF of so many pages with a rectangle on each."""
    document = pikepdf.new()
    for number in range(pages):
        page = document.add_blank_page(page_size=(300, 400))
        page.Contents = document.make_stream(b"0.8 0.2 0.1 rg 30 %d 120 60 re f" % (300 - number))
    if title:
        document.docinfo["/Title"] = title
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


@functools.cache
def mp4(
    seconds: float = 1.0,
    width: int = 64,
    height: int = 48,
    *,
    codec: str = "libx264",
    place: str = "",
) -> bytes:
    """A video without sound at ten pictures a second; ``place`` as +48.8566+002.3522/."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
            if place:
                container.metadata["location"] = place
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = Fraction(1, 10)
            for number in range(max(1, round(seconds * 10))):
                picture = drawing(width, height)
                ImageDraw.Draw(picture).point((number % width, 1), fill="#ffffff")
                frame = av.VideoFrame.from_image(picture)
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def mp4_of_size(size: int) -> bytes:
    """A playable video of exactly ``size`` bytes, filled up with a ``free`` box."""
    video = mp4()
    room = size - len(video)
    if room < 8:
        raise ValueError(f"The smallest that can be filled up has {len(video) + 8} bytes.")
    return video + struct.pack(">I", room) + b"free" + bytes(room - 8)


def jpeg_of_size(size: int) -> bytes:
    """A photo of exactly ``size`` bytes, filled up with comments before its pixels."""
    photo = jpeg()
    parts, room = [photo[:2]], size - len(photo)
    while room:
        take = min(room, 65_537)
        # No rest may be smaller than an empty comment.
        take -= 4 if 0 < room - take < 4 else 0
        if take < 4:
            raise ValueError(f"The smallest that can be filled up has {len(photo) + 4} bytes.")
        parts.append(b"\xff\xfe" + struct.pack(">H", take - 2) + bytes(take - 4))
        room -= take
    return b"".join([*parts, photo[2:]])
