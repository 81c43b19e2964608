"""Signatures as a finger or a pen leaves them, for the demo shop only."""

import io
import math
import random

import pypdfium2
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 600, 200
_STEPS_A_LETTER = 14


def strokes_of(name: str) -> list[list[dict[str, float]]]:
    """Return the same scrawl for the same name: one stroke a word, points in pixels."""
    chance = random.Random(name)  # noqa: S311 - a likeness, not a secret
    words = name.split()
    letters = sum(len(word) for word in words) + len(words)
    advance = (WIDTH - 80) / letters
    strokes, x = [], 40.0
    for word in words:
        points = []
        phase = chance.uniform(0, math.pi)
        for step in range(len(word) * _STEPS_A_LETTER):
            turn = step / _STEPS_A_LETTER * 2 * math.pi
            swing = 34 * math.exp(-step / 90) + 16
            points.append(
                {
                    "x": round(x + 9 * math.cos(turn), 1),
                    "y": round(HEIGHT / 2 + swing * math.sin(turn * 0.83 + phase), 1),
                }
            )
            x += advance / _STEPS_A_LETTER
        x += advance
        strokes.append(points)
    return strokes


def draw(name: str) -> bytes:
    """Return the scrawl as a PNG, dark on white."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(picture)
    for stroke in strokes_of(name):
        pen.line([(point["x"], point["y"]) for point in stroke], fill=(20, 30, 80), width=4)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def sign_on_paper(pdf: bytes, name: str) -> bytes:
    """Return a printed PDF as it comes back from the scanner: signed on its last page."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number].render(scale=200 / 72).to_pil() for number in range(len(document))]
    last = pages[-1].convert("RGB")
    pen = ImageDraw.Draw(last)
    left, top = last.width * 0.12, last.height * 0.80
    for stroke in strokes_of(name):
        pen.line(
            [(left + point["x"], top + point["y"] / 2) for point in stroke],
            fill=(20, 30, 80),
            width=5,
        )
    buffer = io.BytesIO()
    pages = [page.convert("RGB") for page in pages[:-1]] + [last]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return buffer.getvalue()
