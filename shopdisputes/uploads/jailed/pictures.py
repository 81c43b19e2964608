"""JPEG and PNG, read to the last pixel."""

import contextlib
import mmap
import warnings
from datetime import datetime
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from shopdisputes.uploads.jailed import heads, tails
from shopdisputes.uploads.jailed.refusals import Damaged, Refusal

#: A picture is unpacked in memory, so its packed size says nothing: 50 megapixels are 200 MB.
LARGEST_PIXELS = 50_000_000
#: What was saved with the picture lying on its side: its height is its width as shown.
_TURNED = frozenset({5, 6, 7, 8})
_FORMATS = {heads.JPEG: "JPEG", heads.PNG: "PNG"}
_LONGEST_CAMERA = 100

# Pillow warns of what it holds for a bomb and refuses only what is twice as large.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def facts_of(file: BinaryIO, content: mmap.mmap, *, kind: str) -> dict[str, Any]:
    """Return the picture's facts as ``StoredFile.facts`` has them.

    Raises:
        Refusal: cut short, too many pixels, or something else hangs behind it.
        Exception: whatever Pillow raises for a damaged one.
    """
    end = tails.end_of_jpeg(content) if kind == heads.JPEG else tails.end_of_png(content)
    if end is None:
        raise Damaged("it does not end")
    trailing = tails.need_harmless_tail(content, end)
    file.seek(0)
    # Only the format that was promised: Pillow knows dozens, each with its own past.
    try:
        with Image.open(file, formats=[_FORMATS[kind]]) as image:
            width, height = image.size
            if width * height > LARGEST_PIXELS:
                raise Refusal("too-many-pixels")
            if not width or not height:
                raise Damaged("it has no pixels")
            # Reading every pixel finds a file that was cut short; verify() does not for JPEG.
            image.load()
            facts = _claims(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refusal("too-many-pixels") from bomb
    turned = facts.pop("turned", False)
    facts["width"], facts["height"] = (height, width) if turned else (width, height)
    if trailing:
        facts["trailing_bytes"] = trailing
    return facts


def _claims(image: Image.Image) -> dict[str, Any]:
    """What the camera wrote into the picture. Damaged notes are no notes, not a damaged picture."""
    facts: dict[str, Any] = {}
    with contextlib.suppress(Exception):
        exif = image.getexif()
        facts["turned"] = exif.get(ExifTags.Base.Orientation) in _TURNED
        words = (exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model))
        if camera := _plain(" ".join(word for word in words if isinstance(word, str))):
            facts["camera"] = camera[:_LONGEST_CAMERA]
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        if ExifTags.GPS.GPSLatitude in place or ExifTags.GPS.GPSLongitude in place:
            facts["has_position"] = True
        taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        # The camera's clock has no zone.
        moment = datetime.strptime(str(taken).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        facts["taken_at"] = moment.isoformat()
    return facts


def _plain(words: str) -> str:
    return " ".join("".join(c for c in words if c.isprintable()).split())
