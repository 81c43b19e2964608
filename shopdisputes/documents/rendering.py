"""Wording a document: a template becomes HTML that needs nothing else, ever."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone, translation

from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile

_STYLESHEET = "css/document.css"
_HEADS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def render(template: str, context: Mapping[str, Any], language: str) -> str:
    """Render a document template, with its sheet and the shop's logo inside the HTML.

    ``context`` must hold ``shop``. Words are in ``language``, moments in the shop's zone. The
    template extends ``base_document.html`` and may use ``data_uri`` for its own pictures.
    """
    shop = context["shop"]
    words = {
        "stylesheet": stylesheet(),
        "logo": logo_of(shop),
        "language": language,
        **context,
    }
    with translation.override(language), timezone.override(shop.zone):
        return render_to_string(template, words)


def data_uri(picture: bytes) -> str:
    """Return a PNG or JPEG as the only kind of address that a document may load.

    Raises:
        ValueError: the content is neither.
    """
    for head, kind in _HEADS.items():
        if picture.startswith(head):
            return f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    raise ValueError("neither PNG nor JPEG")


def logo_of(shop: Shop) -> str:
    """Return the shop's logo as a ``data:`` URI; empty when it has none."""
    if not shop.logo_sha256:
        return ""
    stored = StoredFile.objects.for_shop(shop).filter(sha256=shop.logo_sha256).first()
    if stored is None:
        return ""
    with stored.file.open("rb") as file:
        return data_uri(file.read())


def stylesheet() -> str:
    """Return the print sheet that is frozen into every document.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    path = finders.find(_STYLESHEET)
    if not path:
        raise FileNotFoundError(_STYLESHEET)
    return _read(path) if not settings.DEBUG else Path(path).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")
