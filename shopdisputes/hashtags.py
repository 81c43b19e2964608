"""Hashtags in texts that a shop words itself: finding them, and putting values in their place."""

import re
from collections.abc import Mapping
from functools import lru_cache

# Not within a word or an address (https://…/#amount), which is nobody's wish.
_HASHTAG = re.compile(r"(?<![\w/&])#([a-z_]{1,40})")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")


def tags_in(text: str) -> list[str]:
    """Return what is written like a hashtag, in order, without ``#``."""
    return _HASHTAG.findall(text)


def fill(text: str, values: Mapping[str, str], *, known: frozenset[str]) -> str:
    """Return ``text`` with the ``known`` hashtags replaced by ``values``.

    It goes over the text once: a value that itself looks like a hashtag (a shop called “#amount”)
    is not replaced again. One without a value is left out; lines that it leaves empty do not pile
    up. What is not known stays as it is.
    """
    filled = "".join(
        values.get(part, "") if is_hashtag else part for is_hashtag, part in _parts(text, known)
    )
    return _MANY_EMPTY_LINES.sub("\n\n", filled).strip()


@lru_cache(maxsize=1024)
def _parts(text: str, known: frozenset[str]) -> tuple[tuple[bool, str], ...]:
    """Return a text cut into hashtags (without ``#``) and what is between them."""
    parts: list[tuple[bool, str]] = []
    end = 0
    for found in _HASHTAG.finditer(text):
        if found[1] not in known:
            continue
        parts.append((False, text[end : found.start()]))
        parts.append((True, found[1]))
        end = found.end()
    parts.append((False, text[end:]))
    return tuple(part for part in parts if part[1])
