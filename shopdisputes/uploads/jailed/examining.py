"""What a file is and whether it keeps its first bytes' promise; runs in the child only."""

import mmap
from importlib import import_module
from typing import Any, BinaryIO

from shopdisputes.uploads.jailed import heads, tails
from shopdisputes.uploads.jailed.refusals import Damaged, Refusal

#: By name, so that a photo does not wait for the PDF library to load. Each has ``facts_of``.
_EXAMINERS = {
    heads.JPEG: "shopdisputes.uploads.jailed.pictures",
    heads.PNG: "shopdisputes.uploads.jailed.pictures",
    heads.PDF: "shopdisputes.uploads.jailed.pdfs",
    heads.MP4: "shopdisputes.uploads.jailed.videos",
}


def run(path: str) -> dict[str, Any]:
    """Return ``{"kind", "reason", "facts"}``; the file is sound when there is no reason."""
    with open(path, "rb") as file:
        kind = heads.kind_of(file.read(heads.HEAD_BYTES))
        if kind is None:
            return {"kind": None, "reason": "unknown", "facts": {}}
        try:
            facts = _facts(file, kind=kind)
        except Refusal as refusal:
            return {"kind": kind, "reason": refusal.reason, "facts": {}}
    return {"kind": kind, "reason": "", "facts": facts}


def _facts(file: BinaryIO, *, kind: str) -> dict[str, Any]:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        tails.need_one_format(content, kind=kind)
        try:
            examiner = import_module(_EXAMINERS[kind])
            facts: dict[str, Any] = examiner.facts_of(file, content, kind=kind)
        except (Refusal, MemoryError, ImportError):
            # The last two say nothing against the file: the child dies of them, and that is told.
            raise
        except Exception as problem:
            # Parsers fail on hostile bytes in every way there is; all of them mean the same.
            raise Damaged(str(problem)) from problem
    return facts
