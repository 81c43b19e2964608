"""What a file is, by its content. Names and declared types are claims of strangers."""

from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from shopdisputes.uploads.models import FileKind

#: How much of a file's beginning ``kind_of`` needs.
HEAD_BYTES = 16
#: How near its end a PDF must say that it ends; some programs append a little.
_PDF_TAIL_BYTES = 2048
#: A picture is unpacked in memory, so its packed size says nothing: 50 megapixels are 200 MB.
#: Smaller than Pillow's own limit, so Pillow never merely warns about what is let through.
LARGEST_PIXELS = 50_000_000

_PILLOW_FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG"}


def kind_of(head: bytes) -> FileKind | None:
    """Return the kind that a file's first bytes promise; None for anything not accepted."""
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return FileKind.PNG
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    return None


def is_sound(file: BinaryIO, *, kind: FileKind) -> bool:
    """Say whether the whole file keeps the promise of its first bytes.

    A web page or script behind a picture's first bytes is found out here.
    """
    return _ends_as_pdf(file) if kind == FileKind.PDF else _is_picture(file, kind=kind)


def _ends_as_pdf(file: BinaryIO) -> bool:
    size = file.seek(0, 2)
    file.seek(max(0, size - _PDF_TAIL_BYTES))
    tail = file.read()
    return b"startxref" in tail and b"%%EOF" in tail


def _is_picture(file: BinaryIO, *, kind: FileKind) -> bool:
    file.seek(0)
    try:
        # Only the format that was promised: Pillow knows dozens, each with its own past.
        with Image.open(file, formats=[_PILLOW_FORMATS[kind]]) as image:
            width, height = image.size
            if width * height > LARGEST_PIXELS:
                return False
            # Reading every pixel finds a file that was cut short; verify() does not for JPEG.
            image.load()
    except (
        *(UnidentifiedImageError, OSError, ValueError, SyntaxError, LookupError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ):
        return False
    return True
