"""Two inspections of one car side by side: the same items, then and now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from inspections.judging import SEVERITY
from inspections.models import Inspection, InspectionItem, ItemMedia
from inspections.wordings import said


class Difference(TextChoices):
    """What became of an item between two inspections."""

    SAME = "same", _("Same")
    WORSE = "worse", _("Worse")
    BETTER = "better", _("Better")
    CHANGED = "changed", _("Changed")
    ONLY_BEFORE = "only_before", _("Only in the earlier inspection")
    ONLY_AFTER = "only_after", _("Only in the later inspection")
    NOT_COMPARABLE = "not_comparable", _("Not comparable")


@dataclass(frozen=True, kw_only=True)
class ShotPair:
    """Files from one angle, then and now; ``label`` is empty for files of no angle."""

    label: str
    before: Sequence[ItemMedia]
    after: Sequence[ItemMedia]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One item, then and now; one of the two may be missing. Texts are in the language in force."""

    section: str
    name: str
    before: InspectionItem | None
    after: InspectionItem | None
    difference: Difference
    shots: Sequence[ShotPair]


def pairs(before: Inspection | None, after: Inspection) -> list[Pair]:
    """Return the items of two inspections in pairs, in the order of the later one.

    What only the earlier one has comes last. Angles without a file on either side are left out.
    Takes two queries an inspection, however many items and files there are.
    """
    earlier = list(before.items.in_order().with_media()) if before else []
    later = list(after.items.in_order().with_media())
    partners = {item.pair_key: item for item in earlier if item.pair_key}
    found = [_pair(partners.pop(item.pair_key, None), item) for item in later]
    alone = {item.pk for item in partners.values()}
    found += [_pair(item, None) for item in earlier if item.pk in alone or not item.pair_key]
    return found


def difference(before: InspectionItem | None, after: InspectionItem | None) -> Difference:
    """Say what became of an item; what was not inspected on either side is not comparable.

    Results say what is worse; with the same result, another measurement or another VIN or plate
    is a change.
    """
    if before is None:
        return Difference.ONLY_AFTER
    if after is None:
        return Difference.ONLY_BEFORE
    if before.result not in SEVERITY or after.result not in SEVERITY:
        return Difference.NOT_COMPARABLE
    if SEVERITY[after.result] != SEVERITY[before.result]:
        graver = SEVERITY[after.result] > SEVERITY[before.result]
        return Difference.WORSE if graver else Difference.BETTER
    if before.kind != after.kind or before.unit != after.unit:
        return Difference.NOT_COMPARABLE
    told = [(item.measurement, _key(item.reading)) for item in (before, after)]
    return Difference.SAME if told[0] == told[1] else Difference.CHANGED


def _pair(before: InspectionItem | None, after: InspectionItem | None) -> Pair:
    shown = after or before
    assert shown is not None
    return Pair(
        section=said(shown.section),
        name=said(shown.name),
        before=before,
        after=after,
        difference=difference(before, after),
        shots=list(_shots(before, after)),
    )


def _shots(before: InspectionItem | None, after: InspectionItem | None) -> Iterator[ShotPair]:
    """Yield the angles in the order of the later item, then the earlier's own, then the rest."""
    then, now = _by_shot(before), _by_shot(after)
    for label in {**dict.fromkeys(now), **dict.fromkeys(then)}:
        if label:
            yield ShotPair(label=label, before=then.get(label, []), after=now.get(label, []))
    if then.get("") or now.get(""):
        yield ShotPair(label="", before=then.get("", []), after=now.get("", []))


def _by_shot(item: InspectionItem | None) -> dict[str, list[ItemMedia]]:
    """Return an item's files by the name of their angle, in the order of the angles."""
    if item is None:
        return {}
    labels = [said(shot) for shot in item.shots]
    found: dict[str, list[ItemMedia]] = {}
    for media in sorted(item.media.all(), key=lambda media: media.shot or 0):
        label = labels[media.shot - 1] if media.shot and media.shot <= len(labels) else ""
        found.setdefault(label, []).append(media)
    return found


def _key(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())
