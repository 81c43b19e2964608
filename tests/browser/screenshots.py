"""Pictures of the pages for the documentation.

The browser tests take them as they go, into ``var/screenshots``. ``python -m
tests.browser.screenshots`` puts the latest ones into ``docs/screenshots``.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
TAKEN = ROOT / "var" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
PUBLISHED = ("customer-*.png", "desk-*.png", "runner-*.png")
LARGEST_BYTES = 120 * 1024


def take(page: Page, name: str, *, whole_page: bool = False) -> None:
    """Keep a picture of a page, in few colours so that it stays small."""
    page.evaluate("() => document.fonts.ready")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole_page, animations="disabled")))
    TAKEN.mkdir(parents=True, exist_ok=True)
    for colours in (192, 96, 48, 24):
        few = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        content = io.BytesIO()
        few.save(content, "PNG", optimize=True)
        if content.tell() <= LARGEST_BYTES:
            break
    (TAKEN / f"{name}.png").write_bytes(content.getvalue())


def beside(desk: Path, phone: Path, *, height: int = 560) -> Image.Image:
    """Put a page of the desk and one of the phone next to each other, at the same height."""
    margin = 24
    pictures = [
        picture.resize((round(picture.width * height / picture.height), height))
        for picture in (Image.open(path).convert("RGB") for path in (desk, phone))
    ]
    sheet = Image.new(
        "RGB",
        (sum(picture.width for picture in pictures) + 3 * margin, height + 2 * margin),
        "#e6e9ef",
    )
    left = margin
    for picture in pictures:
        sheet.paste(picture, (left, margin))
        left += picture.width + margin
    return sheet


def publish() -> list[Path]:
    """Copy what the documentation shows of the pictures taken; return where it lies.

    ``readme.png`` is made of two of them.

    Raises:
        FileNotFoundError: no browser test has taken any yet.
    """
    pictures = sorted(picture for names in PUBLISHED for picture in TAKEN.glob(names))
    if not pictures:
        raise FileNotFoundError(TAKEN)
    SHOWN.mkdir(parents=True, exist_ok=True)
    first = beside(TAKEN / "desk-answered.png", TAKEN / "customer-answers.png")
    first.quantize(128, dither=Image.Dither.NONE).save(SHOWN / "readme.png", optimize=True)
    return [Path(shutil.copy(picture, SHOWN)) for picture in pictures]


if __name__ == "__main__":
    for published in publish():
        print(published.relative_to(ROOT), published.stat().st_size)
