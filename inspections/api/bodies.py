"""What the calls about inspections take."""

from typing import Any

from django.http import QueryDict

from inspections.models import Checklist
from inspections.states import Result, Stage
from shopdisputes.api.fields import Choice, Day, Flag, In, Number, Reference, Text, Upload, Whole
from shopdisputes.repairorders.models import RepairOrder


class InspectionIn(In):
    """A new inspection."""

    repair_order = Reference(RepairOrder)
    stage = Choice(choices=Stage.choices)
    checklist = Reference(
        Checklist,
        required=False,
        allow_null=True,
        help_text="Of this stage; left out: the first one that is offered",
    )


class InspectionChangeIn(In):
    """What is said about the whole."""

    note = Text(max_length=4000, allow_blank=True, help_text="In words for the customer")


class ExtraItemIn(In):
    """An item that stands on no checklist."""

    name = Text(max_length=200)
    section = Text(max_length=200, required=False, allow_blank=True)


class ItemIn(In):
    """What was seen; what is not sent stays.

    A measurement without a result gets the one that its limits suggest. A milder one than that
    needs a note.
    """

    result = Choice(
        choices=Result.choices,
        required=False,
        allow_null=True,
        help_text="Null: not looked at yet",
    )
    reason = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Why it was not inspected; left out, the note of the same call is the reason",
    )
    measurement = Number(
        max_digits=12,
        decimal_places=3,
        required=False,
        allow_null=True,
        help_text="In the item's unit; null is as if left out. Of a VIN or plate it is the reading",
    )
    reading = Text(
        max_length=40, required=False, allow_blank=True, help_text="VIN or plate as read"
    )
    note = Text(max_length=2000, required=False, allow_blank=True)
    internal_note = Text(
        max_length=2000, required=False, allow_blank=True, help_text="Never shown to the customer"
    )


class MediaIn(In):
    """A photo, video or PDF: JPEG, PNG, PDF or MP4 by content, at most 50 MiB."""

    #: The service says what is wrong with an empty one.
    file = Upload(allow_empty_file=True)
    shot = Whole(
        min_value=1,
        max_value=99,
        required=False,
        allow_null=True,
        help_text="Which of the item's shots it is, from 1",
    )
    caption = Text(max_length=200, required=False, allow_blank=True)

    @classmethod
    def from_form(cls, form: QueryDict) -> dict[str, Any]:
        """Return a form's fields; an empty number is none."""
        return {name: value for name, value in super().from_form(form).items() if value != ""}


class ShareIn(In):
    """How an inspection is put before the customer."""

    message = Text(max_length=4000, required=False, allow_blank=True)
    answer_by = Day(required=False, allow_null=True, help_text="Left out: as the settings say")


class CompleteIn(In):
    """How strictly it is ended."""

    needs_proof = Flag(
        required=False,
        default=False,
        help_text=(
            "True: refuse it while a photo, measurement or reading that the checklist asks for "
            "is missing, as the shop's own pages do"
        ),
    )


class RestIn(In):
    """Why nothing else was looked at."""

    reason = Text(max_length=300)


class DiscardIn(In):
    """Why it counts no more."""

    reason = Text(max_length=2000)
