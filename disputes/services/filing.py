"""Files that people bring into a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.models import CaseFile, CaseMessage, DisputeCase, ResolverAnswer
from shopdisputes.actors import Actor
from shopdisputes.errors import DomainError, Refused
from shopdisputes.shops.models import Shop
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import StoredFile

MOST_FILES = 10


class TooManyFiles(Refused):
    """There is no room for so many files."""

    code = "too-many-files"
    default_message = _("At most 10 files.")


@dataclass(frozen=True)
class Kept:
    """A stored file and the name under which it was sent here."""

    file: StoredFile
    sent_as: str


def keep(*, shop: Shop, files: Sequence[File], by: Actor, at: datetime) -> list[Kept]:
    """Store what somebody brings; call it before any lock, judging a file takes seconds.

    The same bytes sent under two names are one file.

    Raises:
        TooManyFiles: more than ten, at ``files``.
        EmptyFile, TooLarge, WrongType, StorageAway: as ``uploads.services.store``; what is wrong
            with a file stands at ``file``, after its name.
    """
    if len(files) > MOST_FILES:
        raise TooManyFiles(fields={"files": TooManyFiles.default_message})
    kept: dict[object, Kept] = {}
    for upload in files:
        name = uploads.name_of(upload)
        try:
            stored = uploads.store(
                shop=shop,
                upload=upload,
                max_bytes=uploads.LARGEST_MEDIA,
                allowed=uploads.MEDIA_KINDS,
                by=by,
                at=at,
            )
        except DomainError as error:
            if "file" in error.fields:
                error.fields["file"] = f"{name}: {error.fields['file']}"
            raise
        kept.setdefault(stored.pk, Kept(stored, name))
    return list(kept.values())


def are_in(brought: QuerySet[CaseFile], kept: Iterable[Kept]) -> bool:
    """Say whether stored files are all among those that came with something before."""
    known = set(brought.values_list("file", flat=True))
    return known.issuperset(each.file.pk for each in kept)


def add(
    *,
    case: DisputeCase,
    files: Iterable[Kept],
    side: str,
    message: CaseMessage | None = None,
    answer: ResolverAnswer | None = None,
    by: Actor,
    at: datetime,
) -> list[CaseFile]:
    """Put stored files into a case: with a message, an answer, or as it was opened."""
    return CaseFile.objects.bulk_create(
        CaseFile(
            shop=case.shop,
            case=case,
            message=message,
            answer=answer,
            file=kept.file,
            sent_as=kept.sent_as,
            side=side,
            added_at=at,
            added_by=by.name,
        )
        for kept in files
    )
