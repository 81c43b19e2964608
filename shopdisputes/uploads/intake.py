"""What becomes of a file: let pass by the scanner, drawn small; and what crashes left taken up."""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from shopdisputes.actors import SYSTEM
from shopdisputes.audit import services as audit
from shopdisputes.uploads import handlers, jail, scanning
from shopdisputes.uploads.models import Intake, IntakeQuerySet, StoredFile
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason

#: Longer than the scanner may think about a file, or previews take on a busy machine.
LEASE = timedelta(seconds=120)
#: How long drawing the previews of one file may take.
DRAWING_SECONDS = 60.0
#: How often previews of a file may fail before it stays without.
TRIES = 3
#: A scanner or storage that is away is asked again after at most this.
LONGEST_WAIT = timedelta(seconds=60)
_FIRST_WAIT = timedelta(seconds=5)
#: What a preview may weigh; drawn by us, so more means that something is wrong.
_LARGEST_PREVIEW = 8 * 1024 * 1024
_LONGEST_SIDE = 1600
_BATCH = 10
_LONGEST_ERROR = 300
_MOST_ATTEMPTS = 1000
_FOLDER_PREFIX = "previews-"
#: No preview takes so long; a folder this old was left by a worker that was killed.
_FOLDER_LIFE = timedelta(hours=1)

_JPEG = b"\xff\xd8\xff"

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Drawn:
    """Two JPEGs, and the size of the larger one in pixels."""

    thumbnail: bytes
    web: bytes
    width: int
    height: int


def drain(*, clock: Clock, time_left: Callable[[], bool]) -> dict[str, int]:
    """Sweep, then scan and draw what is due until nothing is or time is up; return the counts.

    May run in any number of workers at once, twice, or late. A scanner that is away is asked
    once: what waits for it goes on waiting, and previews of what it let pass are made.
    """
    counts = {"put_back": sweep(at=clock()), "let_pass": 0, "kept_apart": 0, "ready": 0}
    counts |= {"waiting": 0, "failed": 0}
    scanner_away = False
    while time_left():
        due = Intake.objects.due(at=clock())
        if scanner_away:
            due = due.exclude(status=IntakeStatus.WAITING)
        rows = list(due.values_list("pk", "status")[:_BATCH])
        if not rows:
            break
        for pk, status in rows:
            if not time_left():
                break
            if status == IntakeStatus.QUEUED:
                at = clock()
                intake = Intake.objects.claim(pk, at=at, lease_until=at + LEASE)
                if intake is not None:
                    counts["ready" if _draw(intake, clock) else "failed"] += 1
            elif not scanner_away and (intake := _take_to_scan(pk, at=clock())):
                try:
                    counts[_scan(intake, clock)] += 1
                except scanning.ScannerAway as problem:
                    counts["waiting"] += 1
                    scanner_away = not isinstance(problem, scanning.StreamTooShort)
    return counts


def sweep(*, at: datetime) -> int:
    """Put back what crashed workers left, however long ago; return how many.

    A worker that stopped says nothing against the file, so it does not count as a try.
    """
    _remove_old_folders(at=at)
    handlers.remove_left(at=at)
    return Intake.objects.filter(status=IntakeStatus.CLAIMED, lease_until__lte=at).update(
        status=IntakeStatus.QUEUED,
        lease_until=None,
        last_error="the worker stopped while drawing its previews",
    )


def _take_to_scan(pk: UUID, *, at: datetime) -> Intake | None:
    """Take a file to the scanner; None if another worker has. It comes again after the lease."""
    won = Intake.objects.filter(pk=pk, status=IntakeStatus.WAITING, next_try_at__lte=at).update(
        next_try_at=at + LEASE, claimed_at=at
    )
    return Intake.objects.select_related("file", "shop").get(pk=pk) if won else None


def _mine(intake: Intake) -> IntakeQuerySet:
    """Return the row as long as it is held by the very claim under which we act."""
    return Intake.objects.filter(pk=intake.pk, status=intake.status, claimed_at=intake.claimed_at)


def _scan(intake: Intake, clock: Clock) -> str:
    """Ask the scanner about one file and note its answer; say under what to count it.

    Raises:
        ScannerAway: there was no answer; the file waits, as noted.
    """
    try:
        verdict = _ask(intake.file)
    except BaseException as problem:
        _wait(intake, problem, at=clock())
        if isinstance(problem, scanning.ScannerAway) or not isinstance(problem, Exception):
            raise
        return "waiting"
    reason, found = QuarantineReason.INFECTED, verdict.found
    if not found:
        # No virus, but what can act by itself is shown to nobody in a page.
        reason = QuarantineReason.ACTIVE_CONTENT
        found = ", ".join(intake.file.facts.get("active", ()))
    if found:
        return "kept_apart" if _keep_apart(intake, reason, found, at=clock()) else "waiting"
    at = clock()
    _mine(intake).update(
        status=IntakeStatus.QUEUED,
        scanned_at=at if settings.CLAMD_URL else None,
        next_try_at=at,
        attempts=0,
        last_error="",
    )
    return "let_pass"


def _ask(stored: StoredFile) -> scanning.Verdict:
    if not settings.CLAMD_URL:
        # The scanner was taken away while files waited for it: as if there had been none.
        return scanning.Verdict()
    with stored.file.open("rb") as content:
        return scanning.scan(cast(BinaryIO, content), address=settings.CLAMD_URL)


@transaction.atomic
def _keep_apart(intake: Intake, reason: QuarantineReason, found: str, *, at: datetime) -> bool:
    won = _mine(intake).update(
        status=IntakeStatus.QUARANTINED,
        reason=reason,
        scanner_said=found[:200] if reason == QuarantineReason.INFECTED else "",
        scanned_at=at,
        last_error="",
    )
    if won:
        audit.record(
            shop=intake.shop,
            action="file.quarantined",
            target=intake.file,
            by=SYSTEM,
            at=at,
            data={
                "name": intake.file.name,
                "sha256": intake.file.sha256,
                "reason": reason.value,
                "found": found[:200],
            },
        )
    return bool(won)


def _draw(intake: Intake, clock: Clock) -> bool:
    """Make one file's previews and note them; say whether they are ready."""
    try:
        with _folder() as folder, _at_hand(intake.file) as original:
            said = jail.run(
                *("preview", intake.file.kind, str(original), str(folder)), seconds=DRAWING_SECONDS
            )
            return _store(intake, _drawn(said, folder), clock)
    except jail.Unanswered as problem:
        _count_try(intake, problem, at=clock())
        return False
    except BaseException as problem:
        # The storage is away, or this worker is told to stop: nothing is wrong with the file.
        _wait(intake, problem, at=clock())
        if not isinstance(problem, Exception):
            raise
        return False


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of its own below the one for unfinished uploads."""
    above = Path(settings.FILE_UPLOAD_TEMP_DIR)
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_FOLDER_PREFIX, dir=above) as folder:
        yield Path(folder)


def _remove_old_folders(*, at: datetime) -> None:
    """Remove what killed workers left in the folder for unfinished work."""
    oldest = (at - _FOLDER_LIFE).timestamp()
    for folder in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"{_FOLDER_PREFIX}*"):
        # Another worker's may vanish at any moment.
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _at_hand(stored: StoredFile) -> Iterator[Path]:
    """The original as a file of this machine: itself, or a copy for as long as the block lasts."""
    try:
        path = Path(stored.file.path)
    except NotImplementedError:
        path = None
    if path is not None:
        # The child cannot tell a disk that is away from a picture that is broken.
        path.open("rb").close()
        yield path
        return
    with _folder() as folder:
        copy = folder / "original"
        with stored.file.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield copy


def _drawn(said: Mapping[str, Any], folder: Path) -> Drawn:
    """Take over what the child has drawn.

    Raises:
        jail.Unanswered: it is not what was asked for. The child is not trusted.
    """
    width, height = said.get("width", 0), said.get("height", 0)
    if not all(type(side) is int and 0 < side <= _LONGEST_SIDE for side in (width, height)):
        raise jail.Unanswered(f"preview: {width} by {height} pixels")
    contents = []
    for name in ("thumbnail", "web"):
        content = _written(folder / f"{name}.jpg")
        if len(content) > _LARGEST_PREVIEW or not content.startswith(_JPEG):
            raise jail.Unanswered(f"preview: {len(content)} bytes that are no {name}")
        contents.append(content)
    return Drawn(thumbnail=contents[0], web=contents[1], width=width, height=height)


def _written(path: Path) -> bytes:
    """Read what the child has written; never through a link of its own, nor from a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as picture:
            return picture.read(_LARGEST_PREVIEW + 1)
    except OSError as problem:
        raise jail.Unanswered(f"preview: {problem.strerror}") from problem


def _store(intake: Intake, drawn: Drawn, clock: Clock) -> bool:
    """Keep the previews and mark the file ready, unless the claim was lost meanwhile.

    Their names are noted before they are written: whoever takes the file up after a crash
    removes what lies there, so no preview is kept twice.
    """
    _remove_previews(intake)
    small, web = _name(intake.thumbnail, intake), _name(intake.web, intake)
    if not _mine(intake).update(thumbnail=small, web=web):
        return False
    storage = intake.thumbnail.storage
    small = storage.save(small, ContentFile(drawn.thumbnail))
    web = storage.save(web, ContentFile(drawn.web))
    won = _mine(intake).update(
        status=IntakeStatus.READY,
        lease_until=None,
        thumbnail=small,
        web=web,
        web_width=drawn.width,
        web_height=drawn.height,
        ready_at=clock(),
        last_error="",
    )
    if not won:
        storage.delete(small)
        storage.delete(web)
    return bool(won)


def _remove_previews(intake: Intake) -> None:
    """Remove what an earlier try that did not end has left."""
    for left in (intake.thumbnail, intake.web):
        if left.name:
            left.storage.delete(left.name)


def _name(preview: FieldFile, intake: Intake) -> str:
    """Return where a preview shall lie: a name that no other claim of the file can have."""
    usual = PurePosixPath(preview.field.generate_filename(intake, ""))
    return preview.storage.get_alternative_name(str(usual.with_suffix("")), usual.suffix)


def _count_try(intake: Intake, problem: Exception, *, at: datetime) -> None:
    """Note that the file could not be drawn; after ``TRIES`` it stays without previews."""
    _log.warning("no preview of file %s: %s", intake.file_id, problem)
    _remove_previews(intake)
    attempts = intake.attempts + 1
    _mine(intake).update(
        status=IntakeStatus.FAILED if attempts >= TRIES else IntakeStatus.QUEUED,
        lease_until=None,
        thumbnail="",
        web="",
        attempts=attempts,
        next_try_at=at + backoff(attempts),
        last_error=str(problem)[:_LONGEST_ERROR],
    )


def _wait(intake: Intake, problem: BaseException, *, at: datetime) -> None:
    """Put a file back for a while, because somebody else is away."""
    _log.warning("file %s waits: %s: %s", intake.file_id, type(problem).__name__, problem)
    waiting = intake.status == IntakeStatus.WAITING
    attempts = min(intake.attempts + 1, _MOST_ATTEMPTS) if waiting else intake.attempts
    _mine(intake).update(
        status=IntakeStatus.WAITING if waiting else IntakeStatus.QUEUED,
        lease_until=None,
        attempts=attempts,
        next_try_at=at + (backoff(attempts) if waiting else LONGEST_WAIT),
        last_error=f"{type(problem).__name__}: {problem}"[:_LONGEST_ERROR],
    )


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts: 5, 10, 20, 40 and then 60 seconds."""
    return min(_FIRST_WAIT * 2 ** min(attempts - 1, 4), LONGEST_WAIT)
