"""A version of a checklist in words, and what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.services.checklists import DEFINED, ItemDraft
from inspections.states import ItemKind, PhotoRule
from inspections.wordings import said

#: What is said of a part of an item that changed.
_PARTS: dict[str, str | Promise] = {
    "section": _("section"),
    "name": _("name"),
    "help": _("how to look at it"),
    "kind": _("kind"),
    "unit": _("unit"),
    "urgent_below": _("limits"),
    "attention_below": _("limits"),
    "attention_above": _("limits"),
    "urgent_above": _("limits"),
    "photo_rule": _("photo needed"),
    "shots": _("angles"),
    "pair_key": _("what it is compared with"),
}


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is new, gone and different, by the items' names in the language in force."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    #: Name of an item → its parts that changed.
    altered: list[tuple[str, list[str]]] = field(default_factory=list)
    is_reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.altered or self.is_reordered)


def sections(items: Sequence[ItemDraft]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return a version as it is read: its sections in their order, each item in words."""
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for item in items:
        section = said(item.section)
        if not found or found[-1][0] != section:
            found.append((section, []))
        found[-1][1].append(
            {
                "name": said(item.name),
                "help": said(item.help),
                "shots": [said(shot) for shot in item.shots],
                "facts": _facts(item),
            }
        )
    return found


def _facts(item: ItemDraft) -> list[str]:
    """Say of an item what is out of the ordinary: what is measured, its limits, its photos."""
    kind, rule = ItemKind(item.kind), PhotoRule(item.photo_rule)
    facts = [] if kind == ItemKind.CONDITION else [str(kind.label)]
    if kind == ItemKind.MEASUREMENT and item.unit:
        facts = [f"{kind.label}, {item.unit}"]
    facts += [
        words % {"limit": f"{_number(limit)} {item.unit}".strip()}
        for name, words in _limits().items()
        if (limit := getattr(item, name)) is not None
    ]
    if rule == PhotoRule.ALWAYS:
        facts.append(gettext("photo always"))
    elif rule == PhotoRule.WHEN_NOT_OK:
        facts.append(gettext("photo when something is wrong"))
    return facts


def _number(limit: Decimal) -> str:
    return number_format(limit.normalize(), use_l10n=True, force_grouping=False)


def _limits() -> dict[str, str]:
    return {
        "urgent_below": gettext("urgent below %(limit)s"),
        "attention_below": gettext("attention below %(limit)s"),
        "attention_above": gettext("attention above %(limit)s"),
        "urgent_above": gettext("urgent above %(limit)s"),
    }


def between(before: Sequence[ItemDraft], after: Sequence[ItemDraft]) -> Changes:
    """Compare two versions. An item is the same when its pairing is, or else its name."""
    left = list(before)
    added: list[str] = []
    altered: list[tuple[str, list[str]]] = []
    places: list[int] = []
    for item in after:
        earlier = _same(item, left)
        if earlier is None:
            added.append(said(item.name))
            continue
        left.remove(earlier)
        places.append(next(i for i, each in enumerate(before) if each is earlier))
        if parts := _different(earlier, item):
            altered.append((said(item.name), parts))
    return Changes(
        added=added,
        removed=[said(item.name) for item in left],
        altered=altered,
        is_reordered=places != sorted(places),
    )


def _same(item: ItemDraft, candidates: Sequence[ItemDraft]) -> ItemDraft | None:
    """Return what an item was before; None when it is new."""
    by_key = (each for each in candidates if item.pair_key and each.pair_key == item.pair_key)
    by_place = (
        each for each in candidates if (each.name, each.section) == (item.name, item.section)
    )
    by_name = (each for each in candidates if each.name == item.name)
    return next(by_key, None) or next(by_place, None) or next(by_name, None)


def _different(before: ItemDraft, after: ItemDraft) -> list[str]:
    parts = (str(_PARTS[name]) for name in DEFINED if _plain(before, name) != _plain(after, name))
    return list(dict.fromkeys(parts))


def _plain(item: ItemDraft, name: str) -> object:
    value = getattr(item, name)
    return [dict(shot) for shot in value] if name == "shots" else value
