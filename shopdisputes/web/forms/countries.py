"""Countries by their names, in the reader's language."""

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language


def country_choices() -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of every country in the active language, by name."""
    return list(_named(get_language() or "en"))


def country_name(code: str) -> str:
    """Return a country's name in the active language; an unknown code as it is."""
    return str(Locale.parse((get_language() or "en")[:2]).territories.get(code, code))


@lru_cache(maxsize=8)
def _named(language: str) -> tuple[tuple[str, str], ...]:
    territories = Locale.parse(language[:2]).territories
    # Two letters are countries; three digits are continents and the like. EU, UN, XA and their
    # like have two letters too, but nobody's street is there.
    named = [
        (code, str(name))
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return tuple(sorted(named, key=lambda row: row[1].casefold()))


_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
