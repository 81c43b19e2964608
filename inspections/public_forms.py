"""What customers fill in: remarks, one of three answers, their signature."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.models import InspectionItem
from inspections.services.checks import (
    LONGEST_ITEM_REMARK,
    LONGEST_REMARKS,
    AnswerRefused,
    check_remarks,
)
from inspections.states import AcknowledgementAnswer
from shopdisputes.web.forms.signing import SignatureForm

_Answer = AcknowledgementAnswer

#: In the customer's own voice.
CHOICES: tuple[tuple[AcknowledgementAnswer, str | Promise], ...] = (
    (_Answer.AGREE, pgettext_lazy("answer to an inspection", "I agree")),
    (
        _Answer.AGREE_WITH_REMARKS,
        pgettext_lazy("answer to an inspection", "I agree, with remarks"),
    ),
    (_Answer.DISAGREE, pgettext_lazy("answer to an inspection", "I do not agree")),
)
#: The field of what is said about the whole, and of the files that belong to it.
REMARKS = "remarks"
REMARKS_FILES = "f0"


def field_of(item: InspectionItem) -> str:
    """Return the name under which an item is remarked upon."""
    return f"r{item.position}"


def files_field_of(item: InspectionItem | None) -> str:
    """Return the name under which files about an item come; None: about the whole."""
    return f"f{item.position}" if item else REMARKS_FILES


class _Words(forms.CharField):
    """A text of several lines, counted as people count: a line's end is one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class AnswerForm(forms.Form):
    """What is said about an inspection. Nothing is preset, and every text may stay empty."""

    answer = forms.ChoiceField(
        choices=CHOICES,
        error_messages={
            "required": _("Please choose one of the three answers."),
            "invalid_choice": _("Please choose one of the three answers."),
        },
    )
    remarks = _Words(
        required=False,
        max_length=LONGEST_REMARKS,
        error_messages={"max_length": _("At most 4000 characters.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        items: Iterable[InspectionItem],
        has_files: bool = False,
    ) -> None:
        super().__init__(data)
        self.items = list(items)
        self.has_files = has_files
        for item in self.items:
            self.fields[field_of(item)] = _Words(
                required=False,
                max_length=LONGEST_ITEM_REMARK,
                error_messages={"max_length": _("At most 2000 characters.")},
            )

    def said_about(self, item: InspectionItem) -> str:
        """Return what is written about an item so far, fit to be kept or not."""
        return str(self.data.get(field_of(item), ""))

    def item_remarks(self) -> dict[UUID, str]:
        """Return the remarks of a valid form by item; empty ones are left out."""
        return {
            item.pk: self.cleaned_data[field_of(item)]
            for item in self.items
            if self.cleaned_data[field_of(item)]
        }

    def clean(self) -> None:
        """Let the answer and the remarks not contradict each other."""
        answer = self.cleaned_data.get("answer")
        if answer is None or self.errors:
            return
        speaks = bool(self.cleaned_data[REMARKS] or self.item_remarks() or self.has_files)
        try:
            check_remarks(answer, any_given=speaks)
        except AnswerRefused as refusal:
            for name, words in refusal.fields.items():
                self.add_error(name, str(words))


class SignForm(SignatureForm):
    """The signature under the answer, and which version of the inspection it is about."""

    inspection_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
