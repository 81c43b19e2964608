"""Crafted files, each with the verdict it must get; hostile, broken, odd, and some honest ones.

``python -m tests.uploads.corpus FOLDER`` writes them all into a folder, to be tried elsewhere.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.uploads import crafted_heads, crafted_pdfs, crafted_pictures, crafted_videos
from tests.uploads.crafting import Case

_MAKERS = {
    "heads": crafted_heads.cases,
    "pictures": crafted_pictures.cases,
    "pdfs": crafted_pdfs.cases,
    "videos": crafted_videos.cases,
}
GROUPS = tuple(_MAKERS)


def cases(group: str) -> Iterator[Case]:
    """Yield the crafted files of a group; names are unique in all of them."""
    yield from _MAKERS[group]()


def write(folder: Path) -> int:
    """Write all of them, named ``<verdict>--<name>``; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for group in GROUPS:
        for case in cases(group):
            (folder / f"{case.verdict}--{case.name}").write_bytes(case.content)
            number += 1
    return number


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
