"""Taking in files: judged by content, kept untouched, each once a shop."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO, cast

from django.core.files import File
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.uploads import sniffing
from shopdisputes.uploads.models import FileKind, StoredFile

_NAME_LENGTH = 200


class TooLarge(Refused):
    """The file is larger than allowed here (HTTP 413)."""

    code = "too-large"


class WrongType(Refused):
    """By its content the file is none of the kinds allowed here (HTTP 415)."""

    code = "wrong-type"


class EmptyFile(Refused):
    """There is nothing in the file."""

    code = "empty-file"
    default_message = gettext_lazy("This file is empty.")


def store(
    *,
    shop: Shop,
    upload: File,
    max_bytes: int,
    allowed: Collection[FileKind],
    by: Actor,
    at: datetime,
) -> StoredFile:
    """Keep a file as it came; the same bytes again return what is already there.

    Raises:
        EmptyFile: zero bytes.
        TooLarge: more than ``max_bytes``.
        WrongType: none of ``allowed`` by its content, or damaged.
    """
    sha256, size = _measure(upload, max_bytes=max_bytes)
    if earlier := StoredFile.objects.for_shop(shop).filter(sha256=sha256).first():
        _check_allowed(FileKind(earlier.kind), allowed=allowed)
        return earlier
    kind = _judge(upload, allowed=allowed)
    stored = StoredFile(
        shop=shop,
        sha256=sha256,
        size=size,
        kind=kind,
        name=PurePath(upload.name or "").name[:_NAME_LENGTH] or kind.label,
        uploaded_at=at,
        uploaded_by=by.name,
    )
    upload.seek(0)
    # The row is frozen by the database, so the file must lie there before the row is written.
    stored.file.save("", upload, save=False)
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
    except IntegrityError:
        # Somebody else stored the same bytes in this moment; theirs counts.
        stored.file.delete(save=False)
        return StoredFile.objects.for_shop(shop).get(sha256=sha256)
    return stored


def _measure(upload: File, *, max_bytes: int) -> tuple[str, int]:
    """Read through the file once, in pieces, and stop where it becomes too large."""
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > max_bytes:
            message = _("The file is larger than %(limit)s.") % {"limit": filesizeformat(max_bytes)}
            raise TooLarge(message, fields={"file": message})
        digest.update(chunk)
    if not size:
        raise EmptyFile(fields={"file": EmptyFile.default_message})
    return digest.hexdigest(), size


def _judge(upload: File, *, allowed: Collection[FileKind]) -> FileKind:
    upload.seek(0)
    kind = _check_allowed(sniffing.kind_of(upload.read(sniffing.HEAD_BYTES)), allowed=allowed)
    if not sniffing.is_sound(cast(BinaryIO, upload), kind=kind):
        message = _("This file is damaged or not what its beginning says.")
        raise WrongType(message, fields={"file": message})
    return kind


def _check_allowed(kind: FileKind | None, *, allowed: Collection[FileKind]) -> FileKind:
    if kind is None or kind not in allowed:
        message = _("This is not one of: %(kinds)s. The content counts, not the name.") % {
            "kinds": ", ".join(kind.label for kind in allowed)
        }
        raise WrongType(message, fields={"file": message})
    return kind
