"""How a ready-made checklist is written down: plain values, no database."""

from dataclasses import dataclass, field
from decimal import Decimal

from inspections.states import ItemKind, PhotoRule, Stage

#: Language code → text.
Words = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ReadyMadeItem:
    """One thing to look at; the fields are those of ``inspections.models.ItemDefinition``."""

    section: Words
    name: Words
    help: Words = field(default_factory=dict)
    kind: ItemKind = ItemKind.CONDITION
    unit: str = ""
    urgent_below: Decimal | None = None
    attention_below: Decimal | None = None
    attention_above: Decimal | None = None
    urgent_above: Decimal | None = None
    photo_rule: PhotoRule = PhotoRule.NEVER
    shots: list[Words] = field(default_factory=list)
    pair_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadyMade:
    """A checklist that every shop starts with. ``code`` never changes."""

    code: str
    stage: Stage
    name: Words
    items: tuple[ReadyMadeItem, ...]


def words(en: str, fr: str, ru: str) -> Words:
    """Return a text in the three languages of the product."""
    return {"en": en, "fr": fr, "ru": ru}
