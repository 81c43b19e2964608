"""A drawn signature, as a finger leaves it on a phone: for the demo shop only."""

import io
import math
import random

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
