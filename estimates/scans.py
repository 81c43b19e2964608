"""Reading the page codes on scanned or photographed papers; no database."""

import io
from collections.abc import Iterable, Iterator

import pypdfium2
import zxingcpp
from PIL import Image

from estimates import paper_codes
from estimates.paper_codes import PageCode
from shopdisputes.uploads.models import FileKind, StoredFile

#: Of all files together: more pages than any estimate has.
MOST_PICTURES = 60
#: A photo of a modern phone; larger ones are not unpacked.
_MOST_PIXELS = 120_000_000
#: Longer sides are made smaller before reading; an A4 page at 300 dpi is 3,508.
_LONGEST_SIDE = 3_600
_QR_CODES = zxingcpp.barcode_formats_from_str("QRCode")
_POINTS_PER_INCH = 72
_DOTS_PER_INCH = 220


def read_codes(files: Iterable[StoredFile]) -> frozenset[PageCode]:
    """Return every page code of ours that can be read in ``files``; unreadable files have none.

    At most 60 pictures or pages are looked at.
    """
    found: set[PageCode] = set()
    left = MOST_PICTURES
    for stored in files:
        if left <= 0:
            break
        with stored.file.open("rb") as file:
            content = file.read()
        pictures = _pages if stored.kind == FileKind.PDF else _photo
        for picture in pictures(content, left):
            left -= 1
            found |= _codes_in(picture)
    return frozenset(found)


def _codes_in(picture: Image.Image) -> set[PageCode]:
    barcodes = zxingcpp.read_barcodes(picture, formats=_QR_CODES)
    codes = (paper_codes.parse(barcode.text) for barcode in barcodes)
    return {code for code in codes if code is not None}


def _photo(content: bytes, _left: int) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            # The size stands in the head: what would unpack to gigabytes is left alone.
            if picture.width * picture.height > _MOST_PIXELS:
                return
            picture.draft("L", (_LONGEST_SIDE, _LONGEST_SIDE))
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return
    grey.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    yield grey


def _pages(content: bytes, left: int) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), left)):
            picture = _page(document, number)
            if picture is not None:
                yield picture
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> Image.Image | None:
    try:
        page = document[number]
        # A page may claim to be kilometres wide.
        longest = max(*page.get_size(), 1)
        scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST_SIDE / longest)
        return page.render(scale=scale, grayscale=True).to_pil()
    except pypdfium2.PdfiumError:
        return None
