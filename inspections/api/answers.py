"""What the calls about inspections answer."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inspections.models import (
    Acknowledgement,
    Checklist,
    ChecklistItem,
    Inspection,
    InspectionItem,
    ItemDefinition,
    ItemMedia,
    RemarkFile,
)
from inspections.states import (
    AcknowledgementAnswer,
    InspectionStatus,
    ItemKind,
    PhotoRule,
    Result,
    Stage,
)
from inspections.wordings import said
from shopdisputes.api.fields import Out
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.uploads.models import FileKind
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason

#: The kinds of files as the API names them.
FILE_KINDS = [(kind.name.lower(), kind.label) for kind in FileKind]


def _number(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=3, **kwargs)


def _limit() -> serializers.DecimalField:
    return _number(allow_null=True)


def _fact(name: str, **kwargs: Any) -> serializers.IntegerField:
    """Return a field for what the examination of the content may have read."""
    return serializers.IntegerField(
        source=f"file.facts.{name}", default=None, allow_null=True, **kwargs
    )


class _FileOut(Out):
    """The facts of a row's ``file``: as it came, and what became of it since."""

    kind = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", help_text="Bytes")
    sha256 = serializers.CharField(
        source="file.sha256", help_text="Of the original, which is kept as it came"
    )
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=IntakeStatus.choices, source="file.intake.status")
    kept_apart_for = serializers.SerializerMethodField()
    width = _fact("width", help_text="Pixels, upright")
    height = _fact("height", help_text="Pixels, upright")
    duration_ms = _fact("duration_ms")
    pages = _fact("pages")

    @extend_schema_field(serializers.ChoiceField(choices=FILE_KINDS))
    def get_kind(self, row: ItemMedia | RemarkFile) -> str:
        """By its content, whatever its name says."""
        return FileKind(row.file.kind).name.lower()

    @extend_schema_field(serializers.ChoiceField(choices=QuarantineReason.choices, allow_null=True))
    def get_kept_apart_for(self, row: ItemMedia | RemarkFile) -> str | None:
        """Why it is not shown; null when it is."""
        return row.file.intake.reason or None


class MediaOut(_FileOut):
    """A photo, video or PDF of an item."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(source="item_id")
    shot = serializers.IntegerField(
        allow_null=True, help_text="Which of the item's shots it is, from 1"
    )
    caption = serializers.CharField()
    added_at = serializers.DateTimeField()
    added_by = serializers.CharField()


class DefinitionOut(Out):
    """What is asked for at an item; texts are in the language of Accept-Language."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    section = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    help = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=ItemKind.choices)
    unit = serializers.CharField()
    urgent_below = _limit()
    attention_below = _limit()
    attention_above = _limit()
    urgent_above = _limit()
    photo_rule = serializers.ChoiceField(choices=PhotoRule.choices)
    shots = serializers.SerializerMethodField()
    pair_key = serializers.CharField(help_text="Pairs an item of check-in with one of check-out")

    def get_section(self, item: ItemDefinition) -> str:
        """Under which heading it stands."""
        return said(item.section)

    def get_name(self, item: ItemDefinition) -> str:
        """What is to be looked at."""
        return said(item.name)

    def get_help(self, item: ItemDefinition) -> str:
        """How to look at it."""
        return said(item.help)

    def get_shots(self, item: ItemDefinition) -> list[str]:
        """The angles from which it is to be photographed."""
        return [said(shot) for shot in item.shots]


class ItemOut(DefinitionOut):
    """An item: what was asked for and what was seen."""

    is_extra = serializers.BooleanField(help_text="Added by hand, on no checklist")
    result = serializers.SerializerMethodField()
    reason = serializers.CharField(help_text="Why it was not inspected")
    measurement = _number(allow_null=True, help_text="In unit")
    reading = serializers.CharField(help_text="VIN or plate as read off the car")
    note = serializers.CharField(help_text="In words for the customer")
    internal_note = serializers.CharField(help_text="Never shown to the customer")
    recorded_at = serializers.DateTimeField(allow_null=True)
    recorded_by = serializers.CharField()
    media = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=Result.choices, allow_null=True))
    def get_result(self, item: InspectionItem) -> str | None:
        """Null: not looked at yet."""
        return item.result or None

    @extend_schema_field(MediaOut(many=True))
    def get_media(self, item: InspectionItem) -> Any:
        """The files of the item, in the order in which they came."""
        return MediaOut(item.media.all(), many=True).data


class ItemRemarkOut(Out):
    """What the customer says about one item."""

    item = serializers.UUIDField(source="item_id")
    text = serializers.CharField()


class RemarkFileOut(_FileOut):
    """A file that the customer added."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(source="item_id", allow_null=True, help_text="Null: the whole")


class AcknowledgementOut(Out):
    """What the customer answered, or that there was no answer by the date."""

    id = serializers.UUIDField()
    answer = serializers.ChoiceField(choices=AcknowledgementAnswer.choices)
    remarks = serializers.CharField()
    person = serializers.CharField()
    evidence_level = serializers.ChoiceField(choices=EvidenceLevel.choices, allow_blank=True)
    at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    signature = serializers.UUIDField(source="signature_id", allow_null=True)
    sha256 = serializers.CharField(help_text="Of what was signed; empty for no answer")
    document_sha256 = serializers.SerializerMethodField()
    item_remarks = ItemRemarkOut(many=True)
    files = serializers.SerializerMethodField()

    def get_document_sha256(self, acknowledgement: Acknowledgement) -> str | None:
        """Of the sealed PDF; null until it is sealed."""
        document = acknowledgement.document
        return document.sha256 or None if document else None

    @extend_schema_field(RemarkFileOut(many=True))
    def get_files(self, acknowledgement: Acknowledgement) -> Any:
        """What the customer added before signing."""
        return RemarkFileOut(acknowledgement.files.shown(), many=True).data


class InspectionSummaryOut(Out):
    """An inspection as lists show it."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    repair_order = serializers.UUIDField(source="repair_order_id")
    stage = serializers.ChoiceField(choices=Stage.choices)
    title = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=InspectionStatus.choices)
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    shared_at = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateField(allow_null=True, help_text="The last day to answer")
    answered_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, inspection: Inspection) -> str:
        """The name of its checklist when it was begun."""
        return said(inspection.title)


class InspectionOut(InspectionSummaryOut):
    """An inspection with its items, their files, and the customer's answer."""

    checklist = serializers.UUIDField(source="version.checklist_id")
    checklist_version = serializers.IntegerField(source="version.number")
    created_by = serializers.CharField()
    completed_by = serializers.CharField()
    note = serializers.CharField(help_text="In words for the customer, about the whole")
    message = serializers.CharField(help_text="What was written when it was shared")
    sent_to = serializers.CharField()
    sha256 = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    acknowledgement = serializers.SerializerMethodField()

    def get_sha256(self, inspection: Inspection) -> str | None:
        """Of everything it says, as of its completion; null before."""
        return inspection.sha256 or None

    @extend_schema_field(ItemOut(many=True))
    def get_items(self, inspection: Inspection) -> Any:
        """In the order of the walk, what proves identity first."""
        return ItemOut(self.context["items"], many=True).data

    @extend_schema_field(AcknowledgementOut(allow_null=True))
    def get_acknowledgement(self, inspection: Inspection) -> Any:
        """The newest answer, or the note that there was none; null while it is awaited."""
        newest = self.context["acknowledgement"]
        return None if newest is None else AcknowledgementOut(newest).data


class ChecklistSummaryOut(Out):
    """A checklist as lists show it."""

    id = serializers.UUIDField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    name = serializers.SerializerMethodField()
    ready_made = serializers.CharField(help_text="Which ready-made one it was; empty for none")
    is_active = serializers.BooleanField(help_text="Offered for new inspections")
    version = serializers.IntegerField(source="newest_number")
    items = serializers.IntegerField(source="item_count", help_text="How many items it has now")

    def get_name(self, checklist: Checklist) -> str:
        """In the language of Accept-Language."""
        return said(checklist.name)


class ChecklistOut(ChecklistSummaryOut):
    """A checklist with the items of its newest version."""

    items = serializers.SerializerMethodField()  # type: ignore[assignment]

    @extend_schema_field(DefinitionOut(many=True))
    def get_items(self, checklist: Checklist) -> Any:
        """In their order."""
        items: list[ChecklistItem] = self.context["items"]
        return DefinitionOut(items, many=True).data
