"""Photos, videos and PDFs of items; what an inspection holds, counted."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection, InspectionItem, ItemMedia
from inspections.services import trail
from inspections.services.locking import lock_item, need_in_progress
from inspections.states import MediaSource, Result
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind, StoredFile

MOST_FILES = 60
_LONGEST_CAPTION = 200


class TooManyFiles(Refused):
    """An item has at most 60 files."""

    code = "too-many-files"
    default_message = _("An item has at most 60 files.")


class MediaRefused(Refused):
    """The angle is none of the item's, or the caption is too long; ``fields`` says which."""

    code = "media-refused"


class MediaGone(Conflict):
    """Somebody took the file away before."""

    code = "media-gone"
    default_message = _("This file was removed.")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How much an inspection holds: files that were not taken away, items by result."""

    photos: int = 0
    videos: int = 0
    pdfs: int = 0
    items: int = 0
    ok: int = 0
    attention: int = 0
    urgent: int = 0
    not_inspected: int = 0

    @property
    def files(self) -> int:
        """All files together."""
        return self.photos + self.videos + self.pdfs

    @property
    def looked_at(self) -> int:
        """Items that have a result."""
        return self.ok + self.attention + self.urgent + self.not_inspected

    @property
    def findings(self) -> int:
        """Items that need something done."""
        return self.attention + self.urgent

    def as_data(self) -> dict[str, int]:
        """Return the counts by name, for the trail."""
        return asdict(self)


def add(
    *,
    item: InspectionItem,
    upload: File,
    shot: int | None = None,
    caption: str = "",
    source: str,
    by: Actor,
    at: datetime,
) -> ItemMedia:
    """Put a file beside an item; the same bytes again are the row that is there.

    ``shot`` is which of the item's angles it shows, from 1. A file that was taken away may come
    again. No transaction is open while the file is judged and stored, which takes seconds for a
    video: whoever completes the inspection meanwhile does not wait, and the file is refused.

    Raises:
        NotInProgress: the inspection is over.
        ItemGone: somebody removed the item.
        TooManyFiles: the item has 60.
        MediaRefused: no such angle, or ``caption`` is longer than 200 signs.
        EmptyFile, TooLarge, WrongType, StorageAway: see ``uploads.services.store``.
        NotYourTransition: ``by`` is not of the staff.
    """
    caption = caption.strip()
    # Asked before the work and again behind the lock: most refusals cost nothing this way.
    need_in_progress(inspection=item.inspection, by=by)
    _check(item, shot=shot, caption=caption)
    stored = uploads.store(
        shop=item.shop,
        upload=upload,
        max_bytes=uploads.LARGEST_MEDIA,
        allowed=uploads.MEDIA_KINDS,
        by=by,
        at=at,
    )
    return _attach(
        item=item,
        stored=stored,
        sent_as=uploads.name_of(upload),
        shot=shot,
        caption=caption,
        source=source,
        by=by,
        at=at,
    )


@transaction.atomic
def remove(*, media: ItemMedia, by: Actor, at: datetime) -> ItemMedia:
    """Take a file away from its item; the file itself stays, and the trail names it.

    Raises:
        NotInProgress: the inspection is over.
        MediaGone: it was taken away before.
        NotYourTransition: ``by`` is not of the staff.
    """
    item = lock_item(media.item)
    need_in_progress(inspection=item.inspection, by=by)
    media = _there(media)
    media.removed_at, media.removed_by = at, by.name
    media.save(update_fields=["removed_at", "removed_by"])
    trail.record(
        action="inspection.media_removed",
        inspection=item.inspection,
        data={"item": str(item), "file": media.name, "sha256": media.file.sha256},
        by=by,
        at=at,
    )
    return media


@transaction.atomic
def describe(
    *, media: ItemMedia, caption: str, shot: int | None, by: Actor, at: datetime
) -> ItemMedia:
    """Say what a file shows, and which of the item's angles it is.

    Raises:
        NotInProgress: the inspection is over.
        MediaGone: it was taken away before.
        MediaRefused: no such angle, or ``caption`` is longer than 200 signs.
        NotYourTransition: ``by`` is not of the staff.
    """
    item = lock_item(media.item)
    need_in_progress(inspection=item.inspection, by=by)
    media = _there(media)
    caption = caption.strip()
    _check(item, shot=shot, caption=caption)
    media.caption, media.shot = caption, shot
    media.save(update_fields=["caption", "shot"])
    return media


def summary(inspection: Inspection) -> Summary:
    """Count what an inspection holds, in one query."""
    return summaries([inspection])[inspection.pk]


def summaries(inspections: Iterable[Inspection]) -> dict[UUID, Summary]:
    """Count what each of these inspections holds, in one query for all."""
    keys = [inspection.pk for inspection in inspections]
    shown = Q(media__removed_at=None)

    def files(*kinds: FileKind) -> Count:
        return Count("media", filter=shown & Q(media__file__kind__in=kinds), distinct=True)

    def items(**condition: str) -> Count:
        return Count("pk", filter=Q(**condition), distinct=True)

    rows = (
        InspectionItem.objects.filter(inspection__in=keys)
        .order_by()
        .values("inspection")
        .annotate(
            photos=files(FileKind.JPEG, FileKind.PNG),
            videos=files(FileKind.MP4),
            pdfs=files(FileKind.PDF),
            items=items(),
            **{result: items(result=result) for result in Result.values},
        )
    )
    found = {row.pop("inspection"): Summary(**row) for row in rows}
    return {key: found.get(key, Summary()) for key in keys}


@transaction.atomic
def _attach(
    *,
    item: InspectionItem,
    stored: StoredFile,
    sent_as: str,
    shot: int | None,
    caption: str,
    source: str,
    by: Actor,
    at: datetime,
) -> ItemMedia:
    item = lock_item(item)
    need_in_progress(inspection=item.inspection, by=by)
    if earlier := _earlier(item, stored):
        return earlier
    _need_room(item)
    return ItemMedia.objects.create(
        shop=item.shop,
        item=item,
        file=stored,
        sent_as=sent_as,
        shot=shot,
        caption=caption,
        source=MediaSource(source),
        added_at=at,
        added_by=by.name,
    )


def _earlier(item: InspectionItem, stored: StoredFile) -> ItemMedia | None:
    """Return the row of the same bytes beside the same item."""
    found = ItemMedia.objects.filter(item=item, file=stored, removed_at=None)
    return found.select_related("file__intake").first()


def _need_room(item: InspectionItem) -> None:
    if ItemMedia.objects.filter(item=item, removed_at=None).count() >= MOST_FILES:
        raise TooManyFiles(fields={"file": TooManyFiles.default_message})


def _there(media: ItemMedia) -> ItemMedia:
    """Return a file's row as it is behind its item's lock."""
    found = ItemMedia.objects.filter(pk=media.pk).select_related("item", "file__intake").first()
    if found is None or found.removed_at is not None:
        raise MediaGone
    return found


def _check(item: InspectionItem, *, shot: int | None, caption: str) -> None:
    problems: dict[str, str | Promise] = {}
    if shot is not None and not 1 <= shot <= len(item.shots):
        problems["shot"] = _("This is none of the item's angles.")
    if len(caption) > _LONGEST_CAPTION:
        problems["caption"] = _("At most %(most)d signs.") % {"most": _LONGEST_CAPTION}
    if problems:
        raise MediaRefused(next(iter(problems.values())), fields=problems)
