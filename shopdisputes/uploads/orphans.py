"""Files without a row: what a crash between the file and its row has left behind."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import cast

from django.core.files.storage import storages

from shopdisputes.uploads.models import Intake, StoredFile
from shopdisputes.uploads.storage import BucketStorage, LocalStorage

#: A file is written moments before its row. A day leaves room for the slowest line and clock.
SPARED = timedelta(hours=24)
#: The folders whose every file has a row, and nothing else lies in them.
FOLDERS = ("originals", "previews")
_BATCH = 500

logger = logging.getLogger(__name__)


def sweep(*, at: datetime) -> dict[str, int]:
    """Remove what lies in the storage since more than a day without a row.

    What is younger, or has a row, stays. When more has no row than has one, nothing is removed:
    then the storage is likely another installation's, or the database an older one.

    Returns how many files have a row (``known``), have none (``orphans``), were ``removed``.
    """
    storage = cast(LocalStorage | BucketStorage, storages["default"])
    known, orphans = 0, set[str]()
    for folder in FOLDERS:
        old = (
            name for name, written_at in storage.written_below(folder) if written_at < at - SPARED
        )
        while batch := set(islice(old, _BATCH)):
            without_row = batch - _with_row(batch)
            known += len(batch) - len(without_row)
            orphans |= without_row
    counts = {"known": known, "orphans": len(orphans), "removed": 0}
    if len(orphans) > known:
        logger.error(
            "%d stored files have no row and only %d have one; nothing is removed. "
            "Is this the right database for this storage?",
            *(len(orphans), known),
        )
        return counts
    # Asked again, because looking through a large storage takes its time.
    for name in sorted(orphans - _with_row(orphans)):
        storage.delete(name)
        counts["removed"] += 1
        logger.warning("Removed %s: it had no row", name)
    return counts


def _with_row(names: Iterable[str]) -> set[str]:
    wanted = list(names)
    found: set[str] = set()
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        found.update(StoredFile.objects.filter(file__in=part).values_list("file", flat=True))
        for field in ("thumbnail", "web"):
            found.update(
                Intake.objects.filter(**{f"{field}__in": part}).values_list(field, flat=True)
            )
    return found
