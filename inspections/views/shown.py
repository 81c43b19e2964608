"""Items as the staff's pages show them: with their files by angle, limits and counterpart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from inspections import comparing
from inspections.forms.recording import RecordForm
from inspections.models import Inspection, InspectionItem, ItemMedia
from inspections.states import InspectionStatus, ItemKind, Result
from inspections.wordings import said
from shopdisputes.web.files import FileUrls, staff_urls


@dataclass(frozen=True, kw_only=True)
class MediaShown:
    """A file of an item and where its pictures are found."""

    media: ItemMedia
    urls: FileUrls


@dataclass(frozen=True, kw_only=True)
class ShotShown:
    """One angle from which an item is photographed; ``before`` are the check-in's."""

    number: int
    label: str
    media: Sequence[MediaShown]
    before: Sequence[MediaShown] = ()


@dataclass(frozen=True, kw_only=True)
class ItemShown:
    """An item with everything that stands on its card.

    ``loose`` are files of none of its angles; ``missing`` says what keeps it from completion;
    ``on_file`` is what the records say about the car, to compare with.
    """

    item: InspectionItem
    shots: Sequence[ShotShown]
    loose: Sequence[MediaShown]
    before: InspectionItem | None = None
    before_loose: Sequence[MediaShown] = ()
    missing: Sequence[str] = ()
    on_file: str = ""
    form: RecordForm | None = None

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return said(self.item.name)

    @property
    def help(self) -> str:
        """How to look at it."""
        return said(self.item.help)

    @property
    def media(self) -> list[MediaShown]:
        """All its files, by angle, the rest last."""
        return [*(each for shot in self.shots for each in shot.media), *self.loose]

    def with_form(self, form: RecordForm) -> "ItemShown":
        """Return the same card with a form that came back refused."""
        return ItemShown(**{**self.__dict__, "form": form})


@dataclass(kw_only=True)
class SectionShown:
    """The items under one heading."""

    title: str
    items: list[ItemShown] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many of them were looked at."""
        return sum(1 for shown in self.items if shown.item.result)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an inspection is."""

    looked_at: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many items got which result."""

    ok: int
    attention: int
    urgent: int
    not_inspected: int
    files: int


def items_of(inspection: Inspection) -> list[InspectionItem]:
    """Return the inspection's items in their order, with their files."""
    items = InspectionItem.objects.for_shop(inspection.shop).filter(inspection=inspection)
    return list(items.in_order().with_media())


def media_shown(media: Iterable[ItemMedia]) -> list[MediaShown]:
    """Return files with the addresses of their pictures."""
    return [MediaShown(media=each, urls=staff_urls(each.file)) for each in media]


def cards(
    inspection: Inspection,
    items: Iterable[InspectionItem],
    *,
    missing: Mapping[Any, Sequence[str]],
    with_forms: bool,
) -> list[ItemShown]:
    """Return the items (with their files) as cards; a check-out's beside the check-in's."""
    pairs = _pairs_of(inspection)
    return [
        _card(
            inspection,
            item,
            pairs.get(item.pk),
            missing.get(item.pk, ()),
            with_form=with_forms,
        )
        for item in items
    ]


def by_section(shown: Iterable[ItemShown]) -> list[SectionShown]:
    """Return the cards under their headings, in the order in which these first come."""
    sections: dict[str, SectionShown] = {}
    for each in shown:
        title = said(each.item.section) or _("Vehicle")
        sections.setdefault(title, SectionShown(title=title)).items.append(each)
    return list(sections.values())


def progress_of(items: Sequence[InspectionItem]) -> Progress:
    """Count what was looked at."""
    return Progress(looked_at=sum(1 for item in items if item.result), total=len(items))


def counts_of(shown: Sequence[ItemShown]) -> Counts:
    """Count the results and the files."""
    found = dict.fromkeys(Result, 0)
    for each in shown:
        if each.item.result:
            found[Result(each.item.result)] += 1
    return Counts(
        ok=found[Result.OK],
        attention=found[Result.ATTENTION],
        urgent=found[Result.URGENT],
        not_inspected=found[Result.NOT_INSPECTED],
        files=sum(len(each.media) for each in shown),
    )


def on_file(inspection: Inspection, item: InspectionItem) -> str:
    """Return what the records say about what this item reads off the car; empty for nothing."""
    vehicle = inspection.repair_order.vehicle
    odometer = inspection.repair_order.odometer
    known: dict[str, str] = {
        ItemKind.VIN: vehicle.vin,
        ItemKind.PLATE: vehicle.plate,
        ItemKind.ODOMETER: "" if odometer is None else str(odometer),
    }
    return known.get(item.kind, "")


def _pairs_of(inspection: Inspection) -> dict[UUID, comparing.Pair]:
    if inspection.status == InspectionStatus.DISCARDED:
        return {}
    before = Inspection.objects.for_shop(inspection.shop).counterpart_of(inspection)
    if before is None:
        return {}
    pairs = comparing.pairs(before, inspection)
    return {pair.after.pk: pair for pair in pairs if pair.before and pair.after}


def _card(
    inspection: Inspection,
    item: InspectionItem,
    pair: comparing.Pair | None,
    missing: Sequence[str],
    *,
    with_form: bool,
) -> ItemShown:
    files = list(item.media.all())
    earlier = {shot.label: shot.before for shot in pair.shots} if pair else {}
    labels = [said(shot) for shot in item.shots]
    shots = [
        ShotShown(
            number=number,
            label=label,
            media=media_shown(each for each in files if each.shot == number),
            before=media_shown(earlier.pop(label, ())),
        )
        for number, label in enumerate(labels, start=1)
    ]
    return ItemShown(
        item=item,
        shots=shots,
        loose=media_shown(each for each in files if not each.shot or each.shot > len(labels)),
        before=pair.before if pair else None,
        before_loose=media_shown(each for media in earlier.values() for each in media),
        missing=list(missing),
        on_file=on_file(inspection, item),
        form=RecordForm(item=item) if with_form else None,
    )
