"""Taking in files: judged by content, kept untouched, each once a shop."""

import errno
from collections.abc import Collection
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Refused, Unavailable
from shopdisputes.shops.models import Shop
from shopdisputes.uploads import handlers, jail, ringing, sniffing
from shopdisputes.uploads.handlers import HashedUpload
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason

#: The largest photo, PDF or video, in bytes.
LARGEST_MEDIA = handlers.LARGEST
#: What people may bring as proof.
MEDIA_KINDS = (FileKind.JPEG, FileKind.PNG, FileKind.PDF, FileKind.MP4)

_NAME_LENGTH = 200


class TooLarge(Refused):
    """The file is larger than allowed here (HTTP 413)."""

    code = "too-large"


class WrongType(Refused):
    """By its content the file is none of the kinds allowed here, or not sound (HTTP 415)."""

    code = "wrong-type"


class EmptyFile(Refused):
    """There is nothing in the file."""

    code = "empty-file"
    default_message = gettext_lazy("This file is empty.")


class StorageAway(Unavailable):
    """The disk or the bucket does not take the file now (HTTP 503)."""

    code = "storage-away"
    default_message = gettext_lazy("The file could not be stored just now. Try again in a minute.")


class StorageFull(StorageAway):
    """There is no room left for the file (HTTP 507)."""

    code = "storage-full"
    default_message = gettext_lazy("There is no room left to store files. Tell the shop.")


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

    Its intake is written with it: waiting for the virus scanner where there is one, else for its
    previews; a PDF that can act by itself is kept apart. ``facts`` say what it holds. It may be
    called within a transaction; examining the file takes up to 15 seconds, so hold no lock then.

    Raises:
        EmptyFile: zero bytes.
        TooLarge: more than ``max_bytes``, or than ``LARGEST_MEDIA``.
        WrongType: none of ``allowed`` by its content, damaged, or dangerous.
        StorageAway, StorageFull: the disk or the bucket did not take it; nothing was written.
    """
    landed = HashedUpload.of(upload)
    try:
        return _keep(
            landed,
            shop=shop,
            max_bytes=min(max_bytes, LARGEST_MEDIA),
            allowed=allowed,
            by=by,
            at=at,
        )
    finally:
        if landed is not upload:
            landed.close()


def _keep(
    upload: HashedUpload,
    *,
    shop: Shop,
    max_bytes: int,
    allowed: Collection[FileKind],
    by: Actor,
    at: datetime,
) -> StoredFile:
    _check_size(upload, max_bytes=max_bytes)
    if earlier := StoredFile.objects.for_shop(shop).filter(sha256=upload.sha256).first():
        if earlier.kind not in allowed:
            raise _wrong_type("", allowed=allowed)
        return earlier
    kind, facts = _judge(upload, allowed=allowed)
    stored = StoredFile(
        shop=shop,
        sha256=upload.sha256,
        size=upload.size,
        kind=kind,
        name=name_of(upload) or kind.label,
        facts=facts,
        uploaded_at=at,
        uploaded_by=by.name,
    )
    _save_content(stored, upload)
    try:
        with transaction.atomic():
            # The row is frozen by the database, so the file lies there before the row is written.
            stored.save(force_insert=True)
            _begin_intake(stored, by=by, at=at)
    except IntegrityError:
        # Somebody else stored the same bytes in this moment; theirs counts. In a bucket both may
        # have been given the same name, and then the file is theirs.
        theirs = StoredFile.objects.for_shop(shop).get(sha256=stored.sha256)
        if theirs.file.name != stored.file.name:
            stored.file.delete(save=False)
        return theirs
    return stored


def name_of(upload: File) -> str:
    """Return the name under which a file was sent, without folders, fit to be kept; may be ''."""
    return PurePath(upload.name or "").name[:_NAME_LENGTH]


def _check_size(upload: HashedUpload, *, max_bytes: int) -> None:
    if upload.size > max_bytes:
        message = _("The file is larger than %(limit)s.") % {"limit": filesizeformat(max_bytes)}
        raise TooLarge(message, fields={"file": message})
    if upload.problem:
        raise _storage_away(upload.problem) from upload.problem
    if not upload.size:
        raise EmptyFile(fields={"file": EmptyFile.default_message})


def _judge(
    upload: HashedUpload, *, allowed: Collection[FileKind]
) -> tuple[FileKind, dict[str, Any]]:
    """Return what it is and holds."""
    upload.seek(0)
    kind = sniffing.kind_of(upload.read(sniffing.HEAD_BYTES))
    # What is not allowed here anyway needs no examination to say so.
    if kind is not None and kind not in allowed:
        raise _wrong_type("", allowed=allowed)
    verdict = jail.examine(upload.temporary_file_path())
    if verdict.reason or verdict.kind is None or verdict.kind not in allowed:
        raise _wrong_type(verdict.reason, allowed=allowed)
    return verdict.kind, dict(verdict.facts)


def _wrong_type(reason: str, *, allowed: Collection[FileKind]) -> WrongType:
    message = sniffing.sentence_for(reason, allowed=allowed)
    return WrongType(message, fields={"file": message}, details={"reason": reason or "unknown"})


def _save_content(stored: StoredFile, upload: HashedUpload) -> None:
    upload.seek(0)
    try:
        stored.file.save("", upload, save=False)
    except OSError as problem:
        raise _storage_away(problem) from problem


def _storage_away(problem: OSError) -> StorageAway:
    full = problem.errno in {errno.ENOSPC, errno.EDQUOT}
    error = StorageFull if full else StorageAway
    return error(fields={"file": error.default_message})


def _begin_intake(stored: StoredFile, *, by: Actor, at: datetime) -> None:
    # Where there is a scanner, it comes first: staff may fetch what is merely active.
    acts = bool(stored.facts.get("active")) and not settings.CLAMD_URL
    if acts:
        status = IntakeStatus.QUARANTINED
    elif settings.CLAMD_URL:
        status = IntakeStatus.WAITING
    else:
        status = IntakeStatus.QUEUED
    Intake.objects.create(
        shop=stored.shop,
        file=stored,
        status=status,
        reason=QuarantineReason.ACTIVE_CONTENT if acts else "",
        created_at=at,
        next_try_at=at,
    )
    if acts:
        audit.record(
            shop=stored.shop,
            action="file.quarantined",
            target=stored,
            data={
                "name": stored.name,
                "sha256": stored.sha256,
                "reason": QuarantineReason.ACTIVE_CONTENT.value,
                "found": ", ".join(stored.facts["active"]),
            },
            by=by,
            at=at,
        )
    else:
        transaction.on_commit(ringing.ring)
