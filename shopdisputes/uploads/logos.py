"""The shop's logo: drawn anew from whatever was uploaded, so that nothing hidden survives."""

import base64
import logging
from datetime import datetime
from io import BytesIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from shopdisputes.accounts import shop_settings
from shopdisputes.actors import Actor
from shopdisputes.shops.models import Shop
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind, StoredFile

MAX_BYTES = 2 * 1024 * 1024
#: Neither side is longer than this after redrawing; enough for print at the size it is used.
MAX_SIDE_PIXELS = 600
#: A redrawn picture may be larger in bytes than the JPEG it came from.
_REDRAWN_MAX_BYTES = 4 * 1024 * 1024

_log = logging.getLogger(__name__)


@transaction.atomic
def set_logo(*, shop: Shop, upload: File, by: Actor, at: datetime) -> StoredFile:
    """Make an uploaded JPEG or PNG the shop's logo.

    The original is kept too, as every upload is; pages and documents show the redrawn PNG.

    Raises:
        EmptyFile, TooLarge, WrongType: as ``uploads.services.store``.
    """
    original = uploads.store(
        shop=shop,
        upload=upload,
        max_bytes=MAX_BYTES,
        allowed=(FileKind.PNG, FileKind.JPEG),
        by=by,
        at=at,
    )
    with original.file.open("rb") as source:
        redrawn = ContentFile(_redraw(source), name="logo.png")
    logo = uploads.store(
        shop=shop,
        upload=redrawn,
        max_bytes=_REDRAWN_MAX_BYTES,
        allowed=(FileKind.PNG,),
        by=by,
        at=at,
    )
    shop_settings.change(
        shop=shop, section="logo", values={"logo_sha256": logo.sha256}, by=by, at=at
    )
    return logo


def remove_logo(*, shop: Shop, by: Actor, at: datetime) -> None:
    """Go back to the shop's name in letters; documents made before keep their logo."""
    shop_settings.change(shop=shop, section="logo", values={"logo_sha256": ""}, by=by, at=at)


def logo_of(shop: Shop) -> StoredFile | None:
    """Return the file that the shop's pages and documents show, if there is one."""
    if not shop.logo_sha256:
        return None
    return StoredFile.objects.for_shop(shop).filter(sha256=shop.logo_sha256).first()


def data_uri(shop: Shop) -> str:
    """Return the logo as a ``data:`` address for customers' pages; '' when there is none.

    A storage that is away costs the page its logo, and no more.
    """
    logo = logo_of(shop)
    if logo is None:
        return ""
    try:
        with logo.file.open("rb") as content:
            encoded = base64.b64encode(content.read()).decode("ascii")
    except OSError as problem:
        _log.warning("the logo cannot be read: %s", problem)
        return ""
    return f"data:{logo.kind};base64,{encoded}"


def _redraw(source: File) -> bytes:
    with Image.open(source, formats=["PNG", "JPEG"]) as image:
        upright = ImageOps.exif_transpose(image)
        # RGBA keeps transparency; palettes, CMYK and 16-bit grey all become plain colours.
        drawn = upright.convert("RGBA")
        drawn.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
        # A fresh picture: no EXIF, no text chunks, no colour profile of the original.
        clean = Image.new("RGBA", drawn.size)
        clean.paste(drawn)
        output = BytesIO()
        clean.save(output, format="PNG", optimize=True)
    return output.getvalue()
