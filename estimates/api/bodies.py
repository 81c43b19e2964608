"""What the calls about estimates take."""

import json
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from estimates.states import (
    Answer,
    AuthorizationMode,
    LineKind,
    Necessity,
    PaperReceipt,
    PartCondition,
)
from shopdisputes.api.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    In,
    Key,
    Moment,
    Number,
    Reference,
    Text,
    Upload,
)
from shopdisputes.repairorders.models import RepairOrder


class LineIn(In):
    """A proposed line. ``unit_price`` is before tax; negative for a discount only."""

    kind = Choice(choices=LineKind.choices)
    description = Text(max_length=300)
    quantity = Number(
        max_digits=9, decimal_places=3, required=False, help_text="Hours for labour, else pieces"
    )
    unit_price = Amount()
    tax_rate = Number(
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text="Percent; left out: the shop's usual rate",
    )
    necessity = Choice(choices=Necessity.choices, required=False)
    reason = Text(max_length=1000, required=False, allow_blank=True)
    part_condition = Choice(choices=PartCondition.choices, required=False, allow_blank=True)
    contingent = Flag(required=False)
    disclosure = Text(max_length=2000, required=False, allow_blank=True)
    finding = Key(
        required=False,
        allow_null=True,
        source="finding_id",
        help_text="The item of a completed inspection of this vehicle that made it necessary",
    )
    key = Key(
        required=False,
        allow_null=True,
        help_text="The key of the line of an earlier revision that this one continues",
    )


class EstimateChangeIn(In):
    """What a draft says; lines are replaced as a whole."""

    valid_until = Day(required=False)
    deposit_amount = Amount(required=False)
    lines = LineIn(many=True, required=False)
    reason = Text(max_length=2000, required=False, allow_blank=True, help_text="Why it was revised")


class EstimateIn(In):
    """A new estimate."""

    repair_order = Reference(RepairOrder)
    valid_until = Day(required=False, help_text="Left out: the shop's usual validity")
    deposit_amount = Amount(required=False)
    lines = LineIn(many=True, required=False)


class SendIn(In):
    """How an estimate is put before the customer."""

    request_authorization = Flag(required=False)
    request_signature = Flag(required=False)
    message = Text(max_length=4000, required=False, allow_blank=True)
    deposit_amount = Amount(required=False)
    by_email = Flag(required=False, help_text="False: it is answered in person, on paper, by phone")


class ReviseIn(In):
    """The next revision; without lines it starts as a copy."""

    lines = LineIn(many=True, required=False)
    reason = Text(max_length=2000, required=False, allow_blank=True)


class AnswerIn(In):
    """What the customer said to a line."""

    line = Key()
    answer = Choice(choices=Answer.choices)


class AuthorizationIn(In):
    """What the customer said to staff, or signed on paper.

    As a form (multipart) it may bring ``files``; ``answers`` is then a JSON text.
    """

    mode = Choice(
        choices=[
            (mode.value, mode.label)
            for mode in (
                AuthorizationMode.ORAL,
                AuthorizationMode.IN_PERSON,
                AuthorizationMode.PAPER,
            )
        ]
    )
    person = Text(max_length=200)
    contact = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="The number called, the address written to, the place",
    )
    at = Moment(help_text="When the customer said it or signed; not in the future")
    reason = Text(max_length=2000, required=False, allow_blank=True)
    witness = Text(max_length=200, required=False, allow_blank=True)
    answers = AnswerIn(many=True)
    receipt = Choice(
        choices=PaperReceipt.choices,
        required=False,
        allow_blank=True,
        help_text="On paper: how it came back",
    )
    location = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="On paper: where the original lies",
    )
    unread_reason = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="On paper: how the pages were checked when the machine cannot read their codes",
    )
    files = serializers.ListField(
        child=Upload(),
        required=False,
        max_length=20,
        help_text="Scans: JPEG, PNG or PDF by content, 20 MiB each",
    )

    def validate_answers(self, answers: list[dict[str, Any]]) -> dict[UUID, str]:
        """Return the answers by line; two to one line say nothing."""
        given = {answer["line"]: answer["answer"] for answer in answers}
        if len(given) != len(answers):
            raise serializers.ValidationError(_("A line has more than one answer."))
        return given

    @classmethod
    def from_form(cls, form: QueryDict) -> dict[str, Any]:
        """Return a form's fields as the plain data that JSON would bring.

        Raises:
            ParseError: ``answers`` is not JSON.
        """
        data = super().from_form(form)
        if "files" in form:
            data["files"] = form.getlist("files")
        if "answers" in form:
            try:
                data["answers"] = json.loads(str(form["answers"]))
            except (ValueError, TypeError, RecursionError) as error:
                raise ParseError(_("The answers are not JSON.")) from error
        return data
