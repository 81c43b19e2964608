"""Drawings that stand for photos and a film: a car from all sides, a gauge, a plate, a display."""

import functools
import io
import math
from datetime import datetime
from fractions import Fraction

import av
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1280, 960
_SKY, _FLOOR, _GLASS, _RUBBER, _STEEL = "#d5dde4", "#8d949b", "#2b3a46", "#1d2023", "#b9c0c6"
_MAKE, _MODEL, _EXIF, _TAKEN = 0x010F, 0x0110, 0x8769, 0x9003
_FRAMES_A_SECOND = 12


def body(
    side: str, *, colour: str = "#9c2f2a", plate: str = "", scratch: bool = False
) -> Image.Image:
    """Draw a car as seen from ``front``, ``rear``, ``left``, ``right`` or in between."""
    picture, pen = _hall()
    if side in {"left", "right"}:
        _from_the_side(pen, colour)
    else:
        _from_an_end(pen, colour, plate=plate, rear=side.startswith("rear"))
    if scratch:
        for shift in range(3):
            pen.line((690, 590 + 9 * shift, 890, 566 + 9 * shift), fill="#e9dfd6", width=3)
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if side == "right" else picture


def plate(text: str) -> Image.Image:
    """Draw a number plate, close up."""
    picture, pen = _hall()
    pen.rounded_rectangle((190, 360, 1090, 580), 24, fill="#f4f5f2", outline=_RUBBER, width=8)
    pen.rounded_rectangle((190, 360, 270, 580), 24, fill="#1f4ea1")
    _write(pen, (680, 470), text, size=120, fill=_RUBBER)
    return picture


def vin(text: str) -> Image.Image:
    """Draw the stamped number behind the windscreen."""
    picture, pen = _hall(wall="#39424a", floor="#22282d")
    pen.rounded_rectangle((120, 400, 1160, 560), 12, fill=_STEEL, outline="#6d757c", width=6)
    _write(pen, (640, 480), text, size=84, fill="#30363b")
    return picture


def odometer(reading: str) -> Image.Image:
    """Draw the instruments with a mileage."""
    picture, pen = _hall(wall="#14181b", floor="#0d1012")
    for centre in (360, 920):
        pen.ellipse((centre - 240, 170, centre + 240, 650), outline="#cfd8de", width=8)
        for step in range(13):
            angle = math.radians(135 + step * 22.5)
            inner, outer = 190, 222
            pen.line(
                (
                    *(centre + inner * math.cos(angle), 410 + inner * math.sin(angle)),
                    *(centre + outer * math.cos(angle), 410 + outer * math.sin(angle)),
                ),
                fill="#cfd8de",
                width=6,
            )
    pen.line((360, 410, 250, 540), fill="#e24a33", width=10)
    pen.line((920, 410, 800, 520), fill="#e24a33", width=10)
    pen.rounded_rectangle((400, 700, 880, 830), 12, fill="#1e2a22", outline="#4b5f52", width=4)
    _write(pen, (640, 765), f"{reading} km", size=84, fill="#b8f0c4")
    return picture


def tread(millimetres: float) -> Image.Image:
    """Draw a tyre's tread with a gauge in it."""
    picture, pen = _hall(wall="#4a4f54", floor="#3a3e42")
    pen.rectangle((0, 300, WIDTH, 800), fill=_RUBBER)
    for left in range(40, WIDTH, 210):
        pen.polygon(
            ((left, 300), (left + 46, 300), (left + 96, 800), (left + 50, 800)), fill="#0c0d0e"
        )
    pen.rectangle((590, 120, 690, 520), fill=_STEEL, outline="#6d757c", width=4)
    depth = int(520 + millimetres * 18)
    pen.rectangle((632, 520, 648, depth), fill="#d6dbdf")
    pen.rounded_rectangle((700, 150, 1010, 290), 16, fill="#f4f5f2", outline=_RUBBER, width=4)
    _write(pen, (855, 220), f"{millimetres:.1f} mm", size=72, fill=_RUBBER)
    return picture


def brake(millimetres: float) -> Image.Image:
    """Draw a disc with its calliper, and the pad's thickness beside it."""
    picture, pen = _hall(wall="#5a6067", floor="#43484d")
    pen.ellipse((230, 90, 1010, 870), fill="#a8afb5", outline="#777f86", width=10)
    for ring in range(6):
        radius = 350 - ring * 26
        pen.ellipse(
            (620 - radius, 480 - radius, 620 + radius, 480 + radius), outline="#929aa1", width=3
        )
    pen.ellipse((480, 340, 760, 620), fill="#6d757c")
    pen.rounded_rectangle((820, 260, 1090, 700), 40, fill="#7b2420")
    thick = max(6, int(millimetres * 9))
    pen.rectangle((790, 300, 790 + thick, 660), fill="#1d2023")
    pen.rounded_rectangle((60, 760, 420, 900), 16, fill="#f4f5f2", outline=_RUBBER, width=4)
    _write(pen, (240, 830), f"{millimetres:.1f} mm", size=72, fill=_RUBBER)
    return picture


def inside() -> Image.Image:
    """Draw the seats."""
    picture, pen = _hall(wall="#2d3338", floor="#1b1f22")
    for left in (180, 700):
        pen.rounded_rectangle((left, 220, left + 400, 640), 70, fill="#565f67")
        pen.rounded_rectangle((left - 20, 620, left + 420, 860), 50, fill="#4a525a")
        pen.rounded_rectangle((left + 110, 110, left + 290, 230), 40, fill="#565f67")
    return picture


def jpeg(picture: Image.Image, *, taken_at: datetime) -> bytes:
    """Return a picture as a phone keeps it, with the camera's name and time."""
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "Bay", "Tablet 11"
    exif.get_ifd(_EXIF)[_TAKEN] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=84, exif=exif)
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    """Return a picture as a screenshot is kept."""
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()


def pdf(lines: tuple[str, ...]) -> bytes:
    """Return a one-page PDF, as a diagnostic tester prints one."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((120, 140 + number * 64), line, font=_font(40), fill=_RUBBER)
    out = io.BytesIO()
    page.save(out, format="PDF", resolution=150)
    return out.getvalue()


def film(*, seconds: int = 4, millimetres: float = 18.0) -> bytes:
    """Return an MP4 of a lamp that blinks while a wheel turns."""
    out = io.BytesIO()
    with av.open(out, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(seconds * _FRAMES_A_SECOND):
            frame = av.VideoFrame.from_image(_wheel(number, wobble=millimetres))
            frame.pts, frame.time_base = number, Fraction(1, _FRAMES_A_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def _wheel(number: int, *, wobble: float) -> Image.Image:
    picture = Image.new("RGB", (640, 480), "#4a4f54")
    pen = ImageDraw.Draw(picture)
    sway = wobble * math.sin(number / 3)
    centre = 320 + sway
    pen.ellipse((centre - 200, 40, centre + 200, 440), fill=_RUBBER)
    pen.ellipse((centre - 130, 110, centre + 130, 370), fill=_STEEL)
    for spoke in range(5):
        angle = number / 4 + spoke * 2 * math.pi / 5
        pen.line(
            (centre, 240, centre + 120 * math.cos(angle), 240 + 120 * math.sin(angle)),
            fill="#59616a",
            width=18,
        )
    pen.ellipse((centre - 24, 216, centre + 24, 264), fill="#30363b")
    return picture


def _hall(wall: str = _SKY, floor: str = _FLOOR) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH, HEIGHT), wall)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 720, WIDTH, HEIGHT), fill=floor)
    return picture, pen


def _from_the_side(pen: ImageDraw.ImageDraw, colour: str) -> None:
    pen.polygon(
        (
            *((90, 640), (110, 560), (300, 520), (430, 390), (820, 380), (1000, 510)),
            *((1160, 560), (1190, 660), (1180, 720), (100, 720)),
        ),
        fill=colour,
    )
    pen.polygon(((450, 415), (615, 408), (615, 515), (350, 520)), fill=_GLASS)
    pen.polygon(((640, 408), (800, 408), (930, 510), (640, 515)), fill=_GLASS)
    pen.line((628, 400, 628, 715), fill="#5c1a17", width=4)
    pen.rectangle((650, 560, 720, 574), fill="#5c1a17")
    for centre in (320, 960):
        pen.ellipse((centre - 115, 600, centre + 115, 830), fill=_RUBBER)
        pen.ellipse((centre - 66, 649, centre + 66, 781), fill=_STEEL)
    pen.ellipse((96, 575, 150, 615), fill="#f2e8c4")
    pen.rectangle((1150, 570, 1184, 620), fill="#c4241c")


def _from_an_end(pen: ImageDraw.ImageDraw, colour: str, *, plate: str, rear: bool) -> None:
    pen.polygon(((400, 330), (880, 330), (990, 520), (290, 520)), fill=colour)
    pen.polygon(((430, 355), (850, 355), (930, 505), (350, 505)), fill=_GLASS)
    pen.rounded_rectangle((250, 500, 1030, 770), 60, fill=colour)
    lamp = "#c4241c" if rear else "#f2e8c4"
    pen.rounded_rectangle((280, 545, 430, 625), 26, fill=lamp)
    pen.rounded_rectangle((850, 545, 1000, 625), 26, fill=lamp)
    pen.rounded_rectangle((480, 640, 800, 715), 10, fill="#f4f5f2")
    _write(pen, (640, 677), plate, size=46, fill=_RUBBER)
    for left in (285, 885):
        pen.rounded_rectangle((left, 760, left + 110, 850), 20, fill=_RUBBER)


def _write(
    pen: ImageDraw.ImageDraw, centre: tuple[int, int], text: str, *, size: int, fill: str
) -> None:
    pen.text(centre, text, font=_font(size), fill=fill, anchor="mm")


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
