"""Items as a customer sees them: by section, with their files, beside the check-in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext

from inspections import comparing
from inspections.comparing import Difference, Pair
from inspections.models import Inspection, InspectionItem, ItemMedia, RemarkFile
from inspections.public_forms import AnswerForm, field_of, files_field_of
from inspections.states import Result
from inspections.wordings import said
from shopdisputes.uploads.models import StoredFile
from shopdisputes.web.files import FileUrls

#: Where a page finds a stored file.
Addresses = Callable[[StoredFile], FileUrls]


@dataclass(frozen=True, kw_only=True)
class FileShown:
    """A photo, video or PDF on the page; ``remark_file`` is set for one of the customer's own."""

    file: StoredFile
    urls: FileUrls
    #: Under which it was sent.
    name: str
    caption: str = ""
    remark_file: RemarkFile | None = None


@dataclass(frozen=True, kw_only=True)
class AngleShown:
    """The same angle before and after; without a label what belongs to no angle."""

    label: str
    before: Sequence[FileShown]
    after: Sequence[FileShown]


@dataclass(frozen=True, kw_only=True)
class OwnFiles:
    """The customer's own files about the item at ``position``; 0: about the whole."""

    position: int
    files: Sequence[FileShown] = ()

    @property
    def is_pending(self) -> bool:
        """Whether a preview is still to come, so that it pays to look again."""
        return any(not shown.file.intake.is_finished for shown in self.files)


@dataclass(frozen=True, kw_only=True)
class ItemShown:
    """One item, with what the customer says about it so far."""

    item: InspectionItem
    files: Sequence[FileShown]
    own: OwnFiles
    field: str = ""
    files_field: str = ""
    remark: str = ""
    error: str = ""
    files_error: str = ""
    #: How it was at check-in; None where nothing is compared.
    pair: Pair | None = None
    angles: Sequence[AngleShown] = ()

    @property
    def has_remark(self) -> bool:
        """Whether the customer has begun to say something about it."""
        return bool(self.remark or self.own.files or self.error or self.files_error)

    @property
    def section(self) -> str:
        """The heading under which it stands."""
        return said(self.item.section) or gettext("Vehicle")


@dataclass(frozen=True, kw_only=True)
class SectionShown:
    """Items under one heading."""

    title: str
    items: Sequence[ItemShown]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Items by what was seen; those that ask for a look come with their own lists.

    ``worse``, ``better`` and ``changed`` since check-in, and what was looked at there only.
    """

    all_right: int
    worse: Sequence[ItemShown] = field(default_factory=list)
    better: Sequence[ItemShown] = field(default_factory=list)
    changed: Sequence[ItemShown] = field(default_factory=list)
    only_before: Sequence[Pair] = field(default_factory=list)
    urgent: Sequence[ItemShown] = field(default_factory=list)
    attention: Sequence[ItemShown] = field(default_factory=list)
    not_inspected: Sequence[ItemShown] = field(default_factory=list)


def items_of(inspection: Inspection) -> list[InspectionItem]:
    """Return an inspection's items with their files, in two queries."""
    return list(
        InspectionItem.objects.for_shop(inspection.shop)
        .filter(inspection=inspection)
        .in_order()
        .with_media()
    )


def shown_items(
    items: Iterable[InspectionItem],
    *,
    form: AnswerForm,
    problems: Mapping[str, str],
    own_files: Mapping[UUID | None, Sequence[FileShown]],
    pairs: Iterable[Pair],
    addresses: Addresses,
) -> list[ItemShown]:
    """Put together every item; ``problems`` say by field what was wrong with a file."""
    errors = form.errors if form.is_bound else {}
    pair_of = {pair.after.pk: pair for pair in pairs if pair.after}
    shown = []
    for item in items:
        pair = pair_of.get(item.pk)
        compared = pair if pair is not None and pair.before is not None else None
        shown.append(
            ItemShown(
                item=item,
                files=[_shown(media, addresses) for media in item.media.all()],
                field=field_of(item),
                files_field=files_field_of(item),
                remark=form.said_about(item),
                error=next((str(error) for error in errors.get(field_of(item), [])), ""),
                files_error=problems.get(files_field_of(item), ""),
                own=OwnFiles(position=item.position, files=own_files.get(item.pk, ())),
                pair=compared,
                angles=_angles(compared, addresses) if compared else (),
            )
        )
    return shown


def by_section(items: Iterable[ItemShown]) -> list[SectionShown]:
    """Group items under their headings, in the shop's order."""
    groups: dict[str, list[ItemShown]] = {}
    for shown in items:
        groups.setdefault(shown.section, []).append(shown)
    return [SectionShown(title=title, items=members) for title, members in groups.items()]


def summary_of(items: Iterable[ItemShown], *, pairs: Iterable[Pair]) -> Summary:
    """Count what was seen, and what has become of it since check-in."""
    items = list(items)

    def became(difference: Difference) -> list[ItemShown]:
        return [shown for shown in items if shown.pair and shown.pair.difference == difference]

    def seen(result: Result) -> list[ItemShown]:
        return [shown for shown in items if shown.item.result == result]

    return Summary(
        all_right=len(seen(Result.OK)),
        worse=became(Difference.WORSE),
        better=became(Difference.BETTER),
        changed=became(Difference.CHANGED),
        only_before=[pair for pair in pairs if pair.after is None],
        urgent=seen(Result.URGENT),
        attention=seen(Result.ATTENTION),
        not_inspected=seen(Result.NOT_INSPECTED),
    )


def own_files_of(
    files: Iterable[RemarkFile], *, addresses: Addresses
) -> dict[UUID | None, list[FileShown]]:
    """Return the customer's files by the item that they are about; None: about the whole."""
    found: dict[UUID | None, list[FileShown]] = {}
    for each in files:
        found.setdefault(each.item_id, []).append(
            FileShown(
                file=each.file,
                urls=addresses(each.file),
                caption=each.name,
                name=each.name,
                remark_file=each,
            )
        )
    return found


def pairs_of(inspection: Inspection) -> list[Pair]:
    """Return a check-out beside the visit's newest check-in; nothing where there is none."""
    before = Inspection.objects.for_shop(inspection.shop).counterpart_of(inspection)
    return comparing.pairs(before, inspection) if before else []


def _angles(pair: Pair, addresses: Addresses) -> list[AngleShown]:
    return [
        AngleShown(
            label=shot.label,
            before=[_shown(media, addresses) for media in shot.before],
            after=[_shown(media, addresses) for media in shot.after],
        )
        for shot in pair.shots
        if shot.before or shot.after
    ]


def _shown(media: ItemMedia, addresses: Addresses) -> FileShown:
    return FileShown(
        file=media.file, urls=addresses(media.file), caption=media.caption, name=media.name
    )
