"""Making the PDFs: claim, typeset, seal, store, note; and taking up what crashed workers left."""

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from PIL import Image, ImageFile
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from shopdisputes.actors import SYSTEM
from shopdisputes.audit import services as audit
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import sealing
from shopdisputes.documents.models import Document, DocumentQuerySet
from shopdisputes.documents.states import DocumentStatus, TimestampState

#: Longer than any document takes on a busy machine.
LEASE = timedelta(seconds=120)
_BATCH = 10
_LONGEST_ERROR = 300
#: Without a base a relative address is left out silently instead of being refused.
_NOWHERE = "https://document.invalid/"

# WeasyPrint makes Pillow accept pictures that end in the middle, in the whole process.
ImageFile.LOAD_TRUNCATED_IMAGES = False

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Typeset:
    """A finished PDF."""

    content: bytes
    pages: int
    seal_fingerprint: str = ""
    timestamp_state: TimestampState = TimestampState.NONE


class OwnPicturesOnly(URLFetcher):
    """Loads nothing but the PNG and JPEG pictures that stand in the document itself.

    The error is fatal, because WeasyPrint leaves out what it cannot load: a document without
    its picture would be made, sealed and believed.
    """

    _ALLOWED = ("data:image/png;base64,", "data:image/jpeg;base64,")

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if not url.startswith(self._ALLOWED):
            raise FatalURLFetchingError(f"not a picture of this document: {url[:80]}")
        content = super().fetch(url, headers).read()
        try:
            with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
                picture.load()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
            raise FatalURLFetchingError(f"a picture that cannot be shown: {problem}") from problem
        return URLFetcherResponse(url, content)


def drain(*, clock: Clock, time_left: Callable[[], bool]) -> dict[str, int]:
    """Sweep, then typeset what is due until nothing is or time is up; return the counts.

    May run in any number of workers at once, twice, or late.
    """
    counts = {"put_back": sweep(at=clock()), "ready": 0, "failed": 0}
    while time_left():
        due = list(Document.objects.due(at=clock()).values_list("pk", flat=True)[:_BATCH])
        if not due:
            break
        for document_id in due:
            if not time_left():
                break
            made = make_one(document_id, clock=clock)
            if made is not None:
                counts["ready" if made else "failed"] += 1
    return counts


def make_one(document_id: object, *, clock: Clock) -> bool | None:
    """Typeset one queued document; say whether it is ready, None when another worker has it."""
    at = clock()
    document = Document.objects.claim(document_id, at=at, lease_until=at + LEASE)
    return None if document is None else _finish(document, clock)


def sweep(*, at: datetime) -> int:
    """Put back what crashed workers left, however long ago; return how many."""
    return Document.objects.filter(status=DocumentStatus.CLAIMED, lease_until__lte=at).update(
        status=DocumentStatus.QUEUED,
        lease_until=None,
        attempts=F("attempts") + 1,
        last_error="the typesetter stopped while making it",
    )


def _mine(document: Document) -> DocumentQuerySet:
    """Return the row as long as it is held by the very claim under which we act."""
    return Document.objects.filter(
        pk=document.pk, status=DocumentStatus.CLAIMED, claimed_at=document.claimed_at
    )


def _finish(document: Document, clock: Clock) -> bool:
    """Make one PDF and note it; say whether it is ready."""
    try:
        made = typeset(document, at=clock())
        return _store(document, made, clock)
    except (Exception, FatalURLFetchingError) as problem:
        _put_back(document, problem, clock)
        return False
    except BaseException as problem:
        # A worker that is told to stop must not leave the row to its lease.
        _put_back(document, problem, clock)
        raise


def typeset(document: Document, *, at: datetime) -> Typeset:
    """Make a document's PDF, sealed when that is wanted. Nothing is stored.

    Raises:
        FatalURLFetchingError: it wants something from outside itself (a ``BaseException``).
        sealing.SealKeyUnreadable, sealing.TimestampAway: it cannot be sealed now.
    """
    attachments = (
        [
            Attachment(
                string=document.attachment,
                name=document.attachment_name,
                relationship="Data",
                created=document.created_at,
                modified=document.created_at,
            )
        ]
        if document.attachment_name
        else []
    )
    page = HTML(string=document.html, url_fetcher=OwnPicturesOnly(), base_url=_NOWHERE)
    # Counted where they are laid out: reading the finished PDF again would cost as much as a page.
    counted: list[int] = []
    content = page.write_pdf(
        finisher=lambda laid_out, _pdf: counted.append(len(laid_out.pages)),
        attachments=attachments,
        font_config=_fonts(),
        pdf_identifier=document.pk.bytes,
        pdf_tags=True,
    )
    (pages,) = counted
    if not document.seal_wanted:
        return Typeset(content=content, pages=pages)
    sealed = sealing.seal(content, document.shop, at=at)
    return Typeset(
        content=sealed.content,
        pages=pages,
        seal_fingerprint=sealed.fingerprint,
        timestamp_state=sealed.timestamp_state,
    )


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    # Looking for fonts is slow, so it is done once a process.
    return FontConfiguration()


def _store(document: Document, made: Typeset, clock: Clock) -> bool:
    # The storage picks another name where one is taken, so what a crash left is never touched.
    storage = document.file.storage
    name = storage.save(
        document.file.field.generate_filename(document, ""), ContentFile(made.content)
    )
    if not _note_ready(document, made, name, at=clock()):
        storage.delete(name)
        return False
    return True


@transaction.atomic
def _note_ready(document: Document, made: Typeset, name: str, *, at: datetime) -> bool:
    digest = sha256_hex(made.content)
    won = _mine(document).update(
        status=DocumentStatus.READY,
        lease_until=None,
        file=name,
        sha256=digest,
        size=len(made.content),
        pages=made.pages,
        ready_at=at,
        attempts=F("attempts") + 1,
        last_error="",
        seal_fingerprint=made.seal_fingerprint,
        timestamp_state=made.timestamp_state,
    )
    if won and made.seal_fingerprint:
        audit.record(
            shop=document.shop,
            action="document.sealed",
            target=document,
            repair_order_id=document.repair_order_id,
            by=SYSTEM,
            at=at,
            data={
                "kind": document.kind,
                "title": document.title,
                "sha256": digest,
                "seal_fingerprint": made.seal_fingerprint,
                "timestamp_state": made.timestamp_state,
            },
        )
    return bool(won)


def _put_back(document: Document, problem: BaseException, clock: Clock) -> None:
    _log.error("document %s could not be made: %s", document.pk, problem, exc_info=problem)
    pending = isinstance(problem, sealing.TimestampAway)
    _mine(document).update(
        status=DocumentStatus.QUEUED,
        lease_until=None,
        attempts=F("attempts") + 1,
        next_try_at=clock() + backoff(document.attempts + 1),
        last_error=f"{type(problem).__name__}: {problem}"[:_LONGEST_ERROR],
        timestamp_state=TimestampState.PENDING if pending else TimestampState.NONE,
    )


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts: 1, 2, 4 … and at most 60 minutes."""
    return timedelta(minutes=min(2 ** min(attempts - 1, 10), 60))
