"""Answers that staff write down: by phone, and from a signed paper."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from estimates.models import EstimateLine
from estimates.states import Answer, LedgerState, PaperReceipt

Words = str | Promise

#: Scans of one paper; a longer estimate is scanned into one PDF.
MOST_FILES = 20
_ANSWER = "answer-"


@dataclass(frozen=True, kw_only=True)
class LineAsked:
    """A line to which an answer can be written down. ``gross`` is its own price with tax.

    ``needed``: it has no answer yet; else it has one, ``state``, which stays when none is given.
    """

    line: EstimateLine
    gross: Decimal
    state: LedgerState
    needed: bool


class AnswersForm(forms.Form):
    """One answer a line; the fields are made from the lines."""

    use_required_attribute = False

    def __init__(self, *args: Any, asked: Iterable[LineAsked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(asked)
        for each in self.asked:
            self.fields[_name_of(each.line)] = forms.ChoiceField(
                label=each.line.description,
                choices=_choices(each),
                required=each.needed,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose what the customer said to this line.")},
            )

    def questions(self) -> Iterator[tuple[LineAsked, BoundField]]:
        """Yield each line with its field, in the estimate's order."""
        for each in self.asked:
            yield each, self[_name_of(each.line)]

    def answers(self) -> dict[UUID, str]:
        """Return what was answered, by line id; only after the form was checked."""
        given = {each.line.pk: self.cleaned_data.get(_name_of(each.line)) for each in self.asked}
        return {line_id: answer for line_id, answer in given.items() if answer}

    def renamed(self, fields: Mapping[str, Words]) -> dict[str, Words]:
        """Return a service's errors under the names of this form's fields."""
        ids = {str(each.line.pk) for each in self.asked}
        return {f"{_ANSWER}{name}" if name in ids else name: why for name, why in fields.items()}


class OralForm(AnswersForm):
    """What must be known of an answer given by phone."""

    person = forms.CharField(
        label=_("Who answered"),
        help_text=_("The person who gave the authorization, by name."),
        max_length=200,
    )
    contact = forms.CharField(
        label=_("Number called"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "numbers", "autocomplete": "off"}),
    )
    said_at = forms.DateTimeField(
        label=_("When it was said"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=_("Why you asked"),
        help_text=_("For example: the discs turned out to be below their minimum."),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words = forms.CharField(
        label=_("What the customer said, in their words"),
        max_length=450,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    witness = forms.CharField(
        label=_("Second member of staff who listened"), max_length=200, required=False
    )

    @property
    def full_reason(self) -> str:
        """The reason together with the customer's own words."""
        reason: str = self.cleaned_data["reason"]
        words: str = self.cleaned_data["words"]
        if not words:
            return reason
        return f"{reason}\n{gettext('In the customer’s words: “%(words)s”') % {'words': words}}"


class SeveralFilesInput(forms.ClearableFileInput):
    """A file control that takes several."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Several files, each checked as one; it is never required, none is an empty list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files.

        Raises:
            ValidationError: one is empty or has no name, or there are too many.
        """
        files = [each for each in data or [] if each]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                gettext("At most %(most)s files; put more pages into one PDF.")
                % {"most": MOST_FILES}
            )
        return [super(SeveralFilesField, self).clean(each, initial) for each in files]


class PaperForm(AnswersForm):
    """What staff attest about a signed paper."""

    person = forms.CharField(
        label=_("Name on the paper"), help_text=_("As it is written there."), max_length=200
    )
    signed_on = forms.DateField(label=_("Date on the paper"), widget=DateInput)
    scans = SeveralFilesField(
        label=_("Scan or photos of every page"),
        help_text=_("PDF, JPEG or PNG, 20 MB each. The code on each page is read by itself."),
        required=False,
        widget=SeveralFilesInput(
            attrs={"accept": "application/pdf,image/jpeg,image/png", "class": "form-control"}
        ),
    )
    unread_reason = forms.CharField(
        label=_("How you checked the paper, when a code cannot be read"),
        help_text=_("It is printed on the certificate."),
        max_length=300,
        required=False,
    )
    receipt = forms.ChoiceField(
        label=_("How it came back"), choices=PaperReceipt.choices, widget=forms.RadioSelect
    )
    location = forms.CharField(
        label=_("Where the original lies"),
        help_text=_("For example: folder 2026, under the number of the repair order."),
        max_length=200,
        required=False,
    )
    reason = forms.CharField(
        label=_("Remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    witness = forms.CharField(
        label=_("Second member of staff who saw it"), max_length=200, required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_signed_on(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["signed_on"]
        if day > self._today:
            raise forms.ValidationError(gettext("This day has not come yet."))
        return day

    def renamed(self, fields: Mapping[str, Words]) -> dict[str, Words]:
        """Return a service's errors under the names of this form's fields."""
        names = {"file": "scans", "files": "scans", "said_at": "signed_on"}
        return {names.get(name, name): why for name, why in super().renamed(fields).items()}


def local_minute(moment: datetime) -> datetime:
    """Return a moment (local) as the minute that people note."""
    return moment.replace(second=0, microsecond=0)


def _name_of(line: EstimateLine) -> str:
    return f"{_ANSWER}{line.pk}"


def _choices(asked: LineAsked) -> list[tuple[str, Words]]:
    answers: list[tuple[str, Words]] = [(answer.value, answer.label) for answer in Answer]
    if asked.needed:
        return answers
    kept = gettext("As before: %(answer)s") % {"answer": asked.state.label}
    return [("", kept), *(each for each in answers if each[0] != asked.state)]
