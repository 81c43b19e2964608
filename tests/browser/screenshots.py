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


def publish() -> list[Path]:
    """Copy every picture taken into the documentation; return where they lie.

    Raises:
        FileNotFoundError: no browser test has taken any yet.
    """
    pictures = sorted(TAKEN.glob("*.png"))
    if not pictures:
        raise FileNotFoundError(TAKEN)
    SHOWN.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy(picture, SHOWN)) for picture in pictures]


if __name__ == "__main__":
    for published in publish():
        print(published.relative_to(ROOT), published.stat().st_size)
