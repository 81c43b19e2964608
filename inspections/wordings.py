"""Short texts that a checklist holds in several languages."""

from collections.abc import Mapping

from django.utils.translation import get_language

#: Language code → text. The languages of the product; a missing one falls back.
Words = Mapping[str, str]

_FALLBACK = ("en", "fr", "ru")


def said(words: Words, language: str = "") -> str:
    """Return ``words`` in ``language`` (default: the one in force), else in any there is."""
    wanted = (language or get_language() or "")[:2]
    for code in (wanted, *_FALLBACK):
        if text := words.get(code):
            return text
    return next(iter(words.values()), "")


def placed(section: Words, name: Words, language: str = "") -> str:
    """Return a name after its section: what is called “Front left” says little by itself."""
    return " · ".join(words for words in (said(section, language), said(name, language)) if words)
