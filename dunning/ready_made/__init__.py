"""The ladders and texts every shop starts with, in each language.

They are data of a shop from its first day on, so they are not interface strings: each language
says what its readers expect, not a translation of the other. They ask, they do not threaten:
what a place allows to say beyond that, a shop adds itself. Counting words are avoided, because
one mail may be about one invoice or several.
"""

from collections.abc import Mapping

from dunning.ready_made.english import ENGLISH
from dunning.ready_made.french import FRENCH
from dunning.ready_made.ladders import ReadyMadeLadder, ReadyMadeStep, ladders_of
from dunning.ready_made.russian import RUSSIAN
from dunning.ready_made.wording import Wording
from dunning.states import Template

__all__ = [
    "WORDINGS",
    "ReadyMadeLadder",
    "ReadyMadeStep",
    "Wording",
    "ladders_of",
]

#: By language and text.
WORDINGS: Mapping[str, Mapping[Template, Wording]] = {
    "en": ENGLISH,
    "fr": FRENCH,
    "ru": RUSSIAN,
}
