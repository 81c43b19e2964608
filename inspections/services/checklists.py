"""Checklists: what is to be looked at, in versions that never change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections import ready_made
from inspections.models import THRESHOLDS, Checklist, ChecklistItem, ChecklistVersion
from inspections.states import MEASURED, ItemKind, PhotoRule, Stage
from shopdisputes.actors import SYSTEM, Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop

MOST_ITEMS = 200
MOST_SHOTS = 16
_LONGEST_NAME = 200
_LONGEST_HELP = 1000
_LARGEST = Decimal(10) ** 9
_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """An item as somebody wants it; see ``ItemDefinition``."""

    section: Words = field(default_factory=dict)
    name: Words
    help: Words = field(default_factory=dict)
    kind: str = ItemKind.CONDITION
    unit: str = ""
    urgent_below: Decimal | None = None
    attention_below: Decimal | None = None
    attention_above: Decimal | None = None
    urgent_above: Decimal | None = None
    photo_rule: str = PhotoRule.NEVER
    shots: Sequence[Words] = ()
    pair_key: str = ""


#: The names of what defines an item, apart from its place.
DEFINED = tuple(each.name for each in fields(ItemDraft))


class ChecklistRefused(Refused):
    """Something of it cannot be right; ``fields`` has ``items.<index>.<field>``, from 0."""

    code = "checklist-refused"
    default_message = _("This checklist cannot be saved as it is.")


class NotReadyMade(Refused):
    """There is no ready-made checklist of this name."""

    code = "not-ready-made"
    default_message = _("There is no ready-made checklist of this name.")


@transaction.atomic
def install(*, shop: Shop, at: datetime) -> None:
    """Give a shop the ready-made checklists, as version 1 each; those it has stay as they are."""
    there = set(Checklist.objects.for_shop(shop).values_list("ready_made", flat=True))
    for position, made in enumerate(ready_made.READY_MADE):
        if made.code not in there:
            checklist = Checklist.objects.create(
                shop=shop,
                stage=made.stage,
                name=dict(made.name),
                ready_made=made.code,
                position=position,
                created_at=at,
            )
            _write(checklist, _drafts(made), number=1, by=SYSTEM, at=at)


@transaction.atomic
def save_version(
    *,
    checklist: Checklist | None,
    shop: Shop,
    stage: str,
    name: Words,
    items: Sequence[ItemDraft],
    by: Actor,
    at: datetime,
) -> ChecklistVersion:
    """Write the next version of ``checklist``; None makes a new checklist.

    The same items again are no new version. Inspections that were begun keep what they copied.

    Raises:
        ChecklistRefused: a text is missing or too long, limits are not in order, two items are
            paired as the same, or there is no item or more than 200.
    """
    name, items = _trimmed(name), [_clean(draft) for draft in items]
    if problems := _problems(stage, name, items):
        raise ChecklistRefused(fields=problems)
    if checklist is None:
        checklist = Checklist.objects.create(
            shop=shop,
            stage=stage,
            name=name,
            position=Checklist.objects.for_shop(shop).filter(stage=stage).count(),
            created_at=at,
        )
        version = _write(checklist, items, number=1, by=by, at=at)
        _note(version, "checklist.created", by=by, at=at)
        return version
    checklist = _lock(checklist, shop=shop)
    return _change(checklist, stage=stage, name=name, items=items, by=by, at=at)


@transaction.atomic
def set_active(*, checklist: Checklist, active: bool, by: Actor, at: datetime) -> Checklist:
    """Offer a checklist for new inspections, or no more; the same again does nothing."""
    checklist = _lock(checklist, shop=checklist.shop)
    if checklist.is_active == active:
        return checklist
    checklist.is_active = active
    checklist.save(update_fields=["is_active"])
    version = newest_version(checklist)
    assert version is not None
    action = "checklist.activated" if active else "checklist.deactivated"
    _note(version, action, by=by, at=at)
    return checklist


@transaction.atomic
def restore_ready_made(*, shop: Shop, code: str, by: Actor, at: datetime) -> ChecklistVersion:
    """Bring a ready-made checklist back as it comes with the product, and offer it.

    What the shop made of it stays readable as an older version.

    Raises:
        NotReadyMade: there is none with this ``code``.
    """
    made = next((each for each in ready_made.READY_MADE if each.code == code), None)
    if made is None:
        raise NotReadyMade
    checklist = Checklist.objects.for_shop(shop).filter(ready_made=code).first()
    if checklist is None:
        checklist = Checklist.objects.create(
            shop=shop,
            stage=made.stage,
            name=dict(made.name),
            ready_made=code,
            position=ready_made.READY_MADE.index(made),
            created_at=at,
        )
        version = _write(checklist, _drafts(made), number=1, by=by, at=at)
        _note(version, "checklist.created", by=by, at=at)
        return version
    checklist = set_active(checklist=checklist, active=True, by=by, at=at)
    return _change(
        checklist, stage=made.stage, name=dict(made.name), items=_drafts(made), by=by, at=at
    )


def newest_version(checklist: Checklist) -> ChecklistVersion | None:
    """Return the version with which inspections are begun now."""
    return (
        ChecklistVersion.objects.filter(checklist=checklist)
        .select_related("shop", "checklist")
        .order_by("-number")
        .first()
    )


def drafts_of(version: ChecklistVersion) -> list[ItemDraft]:
    """Return the items of a version as they would be proposed again, in their order."""
    return [
        ItemDraft(**{name: getattr(item, name) for name in DEFINED})
        for item in version.items.order_by("position")
    ]


def _lock(checklist: Checklist, *, shop: Shop) -> Checklist:
    return (
        Checklist.objects.for_shop(shop)
        .select_for_update(of=("self",))
        .select_related("shop")
        .get(pk=checklist.pk)
    )


def _change(
    checklist: Checklist,
    *,
    stage: str,
    name: Words,
    items: Sequence[ItemDraft],
    by: Actor,
    at: datetime,
) -> ChecklistVersion:
    current = newest_version(checklist)
    assert current is not None
    same_items = [_plain(item) for item in items] == [_plain(item) for item in drafts_of(current)]
    if same_items and checklist.name == name and checklist.stage == stage:
        return current
    checklist.name, checklist.stage = dict(name), stage
    checklist.save(update_fields=["name", "stage"])
    version = (
        current if same_items else _write(checklist, items, number=current.number + 1, by=by, at=at)
    )
    version.checklist = checklist
    _note(version, "checklist.changed", by=by, at=at)
    return version


def _write(
    checklist: Checklist, items: Sequence[ItemDraft], *, number: int, by: Actor, at: datetime
) -> ChecklistVersion:
    version = ChecklistVersion.objects.create(
        shop=checklist.shop, checklist=checklist, number=number, created_at=at, created_by=by.name
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(shop=checklist.shop, version=version, position=position, **_plain(item))
        for position, item in enumerate(items, start=1)
    )
    return version


def _note(version: ChecklistVersion, action: str, *, by: Actor, at: datetime) -> None:
    checklist = version.checklist
    audit.record(
        shop=checklist.shop,
        action=action,
        target=checklist,
        by=by,
        at=at,
        data={
            "name": str(checklist),
            "stage": checklist.stage,
            "version": version.number,
            "items": version.items.count(),
        },
    )


def _drafts(made: ready_made.ReadyMade) -> list[ItemDraft]:
    return [ItemDraft(**{name: getattr(item, name) for name in DEFINED}) for item in made.items]


def _plain(item: ItemDraft) -> dict[str, Any]:
    """Return what a row keeps of it; equal for equal content."""
    return {name: getattr(item, name) for name in DEFINED} | {
        "section": dict(item.section),
        "name": dict(item.name),
        "help": dict(item.help),
        "shots": [dict(shot) for shot in item.shots],
    }


def _trimmed(words: Words) -> dict[str, str]:
    return {code: text.strip() for code, text in words.items() if text.strip()}


def _clean(item: ItemDraft) -> ItemDraft:
    return replace(
        item,
        section=_trimmed(item.section),
        name=_trimmed(item.name),
        help=_trimmed(item.help),
        shots=[shot for each in item.shots if (shot := _trimmed(each))],
        unit=item.unit.strip(),
        pair_key=item.pair_key.strip(),
    )


Problems = dict[str, str | Promise]


def _problems(stage: str, name: Words, items: Sequence[ItemDraft]) -> Problems:
    problems: Problems = {}
    if stage not in Stage.values:
        problems["stage"] = _("Choose a stage.")
    if problem := _wrong_words(name, longest=_LONGEST_NAME, needed=True):
        problems["name"] = problem
    if not items:
        problems["items"] = _("A checklist needs at least one item.")
    elif len(items) > MOST_ITEMS:
        problems["items"] = _("A checklist has at most %(most)d items.") % {"most": MOST_ITEMS}
    paired: set[str] = set()
    for index, item in enumerate(items):
        found = _problems_of(item)
        if item.pair_key and item.pair_key in paired:
            found["pair_key"] = _("Another item is paired as the same.")
        paired.add(item.pair_key)
        problems |= {f"items.{index}.{key}": problem for key, problem in found.items()}
    return problems


def _problems_of(item: ItemDraft) -> Problems:
    checks: dict[str, str | Promise | None] = {
        "name": _wrong_words(item.name, longest=_LONGEST_NAME, needed=True),
        "section": _wrong_words(item.section, longest=_LONGEST_NAME),
        "help": _wrong_words(item.help, longest=_LONGEST_HELP),
        "kind": None if item.kind in ItemKind.values else _("Choose a kind."),
        "photo_rule": None if item.photo_rule in PhotoRule.values else _("Choose a rule."),
        "unit": _too_long(item.unit, 12),
        "pair_key": _too_long(item.pair_key, 60),
        "shots": _wrong_shots(item.shots),
    }
    return {key: problem for key, problem in checks.items() if problem} | _wrong_limits(item)


def _wrong_words(words: Words, *, longest: int, needed: bool = False) -> str | Promise | None:
    if needed and not words:
        return _("Say it in at least one language.")
    if not set(words) <= _LANGUAGES:
        return _("This is not one of the product's languages.")
    return next((wrong for text in words.values() if (wrong := _too_long(text, longest))), None)


def _too_long(text: str, longest: int) -> str | Promise | None:
    return _("At most %(most)d signs.") % {"most": longest} if len(text) > longest else None


def _wrong_shots(shots: Sequence[Words]) -> str | Promise | None:
    if len(shots) > MOST_SHOTS:
        return _("An item has at most %(most)d angles.") % {"most": MOST_SHOTS}
    found = (_wrong_words(shot, longest=_LONGEST_NAME) for shot in shots)
    return next((wrong for wrong in found if wrong), None)


def _wrong_limits(item: ItemDraft) -> Problems:
    limits = {name: value for name in THRESHOLDS if (value := getattr(item, name)) is not None}
    if limits and item.kind not in MEASURED:
        return dict.fromkeys(limits, _("Only a measurement has limits."))
    for name, value in limits.items():
        if not value.is_finite() or abs(value) >= _LARGEST or value != round(value, 3):
            return {name: _("A number with three decimals at most.")}
    pairs = zip(list(limits.items()), list(limits.items())[1:], strict=False)
    for (_lower, low), (upper, high) in pairs:
        if low > high:
            return {upper: _("The limits are not in order: urgent lies outside attention.")}
    return {}
