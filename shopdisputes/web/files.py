"""Giving out what people uploaded: never as a page of ours, in parts where a player asks."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from shopdisputes.errors import Unavailable
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason
from shopdisputes.uploads.storage import BucketStorage

ORIGINAL, WEB, THUMBNAIL = VARIANTS = ("original", "web", "thumbnail")

#: Whatever is in the file, it gets no script, no form, no request and no origin of ours.
_POLICY = "sandbox; default-src 'none'"
#: How much of a file is in memory at once while it is given out.
_CHUNK_BYTES = 64 * 1024
_RANGE = re.compile(r"bytes=\s*([0-9]*)-([0-9]*)\s*")
#: What a name may end with; anything else gets the first one, so that nothing that is opened by
#: its name is opened as something else.
_SUFFIXES = {
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.PNG: (".png",),
    FileKind.PDF: (".pdf",),
    FileKind.MP4: (".mp4", ".m4v", ".mov"),
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileUrls:
    """Where a page finds a file: ``{% include "components/media.html" with urls=… %}``.

    ``for_staff``: the shop's own people may fetch the originals of photos, which say where they
    were taken, and a PDF that is kept apart because of its active parts; customers may not, and
    are shown no link to them.
    """

    web: str
    thumbnail: str
    original: str
    for_staff: bool = False


def staff_urls(stored: StoredFile) -> FileUrls:
    """Return the addresses under which the shop's staff read a file."""
    web, thumbnail, original = (
        reverse("file", kwargs={"file_id": stored.pk, "variant": variant})
        for variant in (WEB, THUMBNAIL, ORIGINAL)
    )
    return FileUrls(web=web, thumbnail=thumbnail, original=original, for_staff=True)


@dataclass(frozen=True)
class _Offer:
    """One file as it is given out: which bytes, as what, under which name."""

    file: FieldFile
    content_type: str
    filename: str
    attachment: bool
    etag: str
    caching: str

    @property
    def disposition(self) -> str:
        """The header that says whether it is shown or saved, and under which name."""
        return content_disposition_header(self.attachment, self.filename) or "inline"


def respond(
    request: HttpRequest,
    stored: StoredFile,
    variant: str,
    *,
    for_customer: bool,
    name: str = "",
) -> HttpResponseBase:
    """Give out a file's ``original``, its ``web`` size or its ``thumbnail``.

    The caller has checked that whoever asks may see this file. ``name`` is the one under which
    it came to where he sees it; left out: under which its bytes came first, from anybody. From
    a folder it is streamed, in parts where asked (RFC 9110, single ranges); from a bucket it is a
    redirect to an address that expires.

    Raises:
        Http404: no such variant, no such preview yet, the original of a photo for a customer, or a
            file that is kept apart from whoever asks; waiting for the scanner is kept apart too.
        Unavailable: the disk or the bucket is away.
    """
    offer = _offer(stored, variant, name=name or stored.name, for_customer=for_customer)
    # If-Match and If-None-Match come before any range (RFC 9110, 13.2.2).
    early = get_conditional_response(request, etag=offer.etag)
    if early is not None:
        response: HttpResponseBase = early
    elif isinstance(offer.file.storage, BucketStorage) and request.method != "HEAD":
        return _elsewhere(offer.file.storage, offer)
    else:
        response = _bytes(request, offer)
        response["Content-Disposition"] = offer.disposition
        response["Accept-Ranges"] = "bytes"
    response["ETag"] = offer.etag
    response["Cache-Control"] = offer.caching
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _offer(stored: StoredFile, variant: str, *, name: str, for_customer: bool) -> _Offer:
    """Decide whether and as what the file is given out.

    Raises:
        Http404: it is not.
    """
    intake: Intake | None = getattr(stored, "intake", None)
    kind = FileKind(stored.kind)
    if variant in {WEB, THUMBNAIL}:
        if intake is None or intake.status != IntakeStatus.READY or intake.ready_at is None:
            raise Http404
        return _Offer(
            file=intake.web if variant == WEB else intake.thumbnail,
            content_type=FileKind.JPEG.value,
            filename=_name(PurePath(name).stem, FileKind.JPEG),
            attachment=False,
            etag=f'"{stored.sha256}-{variant}-{intake.ready_at:%Y%m%d%H%M%S}"',
            caching="private, no-store" if for_customer else "private, max-age=3600",
        )
    if variant != ORIGINAL:
        raise Http404
    if for_customer and stored.is_picture:
        # A photo says where and with what it was taken; only what was drawn anew leaves the shop.
        raise Http404
    apart = intake is not None and not intake.is_accepted
    if apart and (for_customer or not _is_active_pdf(intake)):
        raise Http404
    return _Offer(
        file=stored.file,
        content_type="application/octet-stream" if apart else kind.value,
        filename=_name(name, kind),
        # What hides behind the end of a picture is evidence, and nothing to be opened by chance.
        # What came before files were examined this closely has no intake.
        attachment=kind == FileKind.PDF
        or intake is None
        or bool(stored.facts.get("trailing_bytes")),
        etag=f'"{stored.sha256}"',
        caching="private, no-store" if for_customer else "private, no-cache",
    )


def _is_active_pdf(intake: Intake | None) -> bool:
    return (
        intake is not None
        and intake.status == IntakeStatus.QUARANTINED
        and intake.reason == QuarantineReason.ACTIVE_CONTENT
    )


def _name(name: str, kind: FileKind) -> str:
    """Return a name without control characters that ends as its content is."""
    shown = "".join(letter for letter in name if letter.isprintable()).strip() or kind.label
    suffixes = _SUFFIXES[kind]
    return shown if shown.lower().endswith(suffixes) else f"{shown}{suffixes[0]}"


def _elsewhere(storage: BucketStorage, offer: _Offer) -> HttpResponse:
    address = storage.address(
        str(offer.file.name),
        content_type=offer.content_type,
        disposition=offer.disposition,
        caching=offer.caching,
    )
    # Whoever has the address has the file; it must lie in no cache.
    return HttpResponseRedirect(address, headers={"Cache-Control": "no-store"})


def _bytes(request: HttpRequest, offer: _Offer) -> HttpResponseBase:
    try:
        if request.method == "HEAD":
            length = {"Content-Length": str(offer.file.size)}
            return HttpResponse(content_type=offer.content_type, headers=length)
        file = offer.file.open("rb")
    except FileNotFoundError as error:
        logger.error("The file %s has a row, but is not in the storage", offer.file.name)
        raise Http404 from error
    except OSError as error:
        logger.error("The file %s cannot be read: %s", offer.file.name, error)
        raise Unavailable from error
    size = file.size
    wanted = _asked_part(request, size=size, etag=offer.etag)
    if wanted is not None and not wanted:
        file.close()
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            headers={"Content-Range": f"bytes */{size}"},
        )
    part = range(size) if wanted is None else wanted
    response = StreamingHttpResponse(
        _Part(file, part), content_type=offer.content_type, headers={"Content-Length": len(part)}
    )
    if wanted is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def _asked_part(request: HttpRequest, *, size: int, etag: str) -> range | None:
    """Return which bytes are asked for: none given means all, an empty range what is not there.

    Several ranges at once, and what is no range of bytes, are answered with everything, as is
    a range of another version of the file.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    try:
        first, last = (int(text) if text else None for text in match.groups())
    except ValueError:
        # More digits than Python reads.
        return None
    if first is None:
        # The last so many bytes.
        return None if last is None else range(max(0, size - last), size)
    if last is not None and last < first:
        return None
    return range(first, size if last is None else min(last + 1, size))


class _Part:
    """Some of a file's bytes, read while they are sent."""

    def __init__(self, file: IO[bytes], part: range) -> None:
        self._file = file
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._part.start)
        left = len(self._part)
        while left > 0:
            chunk = self._file.read(min(_CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Give the file back, also when nobody read to the end."""
        self._file.close()
