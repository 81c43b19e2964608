"""What is written down when a customer stops a repair, and what the customer chooses."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates.forms.recording import SeveralFilesField, SeveralFilesInput
from inspections.models import Inspection
from invoices.progress import Job
from invoices.states import ChoiceMode, Safety, StopChannel, StopOption
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import DecimalInput

Words = str | Promise

_DONE = "done-"
_ACCEPT = {
    "accept": "image/jpeg,image/png,application/pdf,video/mp4",
    "class": "form-control",
}
CHOICES = [choice for choice in StopOption.choices if choice[0] != StopOption.UNDECIDED]


class _StateForm(forms.Form):
    """The state of the vehicle when the work stopped."""

    use_required_attribute = False

    safety = forms.ChoiceField(
        label=_("May it be driven as it stands?"),
        help_text=_("In your professional opinion. The customer is told."),
        choices=Safety.choices,
        widget=forms.RadioSelect,
    )
    car_state = forms.CharField(
        label=_("State of the vehicle"),
        help_text=_("What is taken apart, where the parts lie, what leaks."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    inspection = forms.ModelChoiceField(
        label=_("Inspection with photos of this state"),
        queryset=Inspection.objects.none(),
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, inspections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["inspection"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = inspections


class StateForm(_StateForm):
    """The state of the vehicle, corrected."""


class RecordForm(_StateForm):
    """The stop itself, with how far each line is."""

    happened_at = forms.DateTimeField(
        label=_("When the customer said it"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    channel = forms.ChoiceField(
        label=_("How we were told"), choices=StopChannel.choices, widget=forms.RadioSelect
    )
    person = forms.CharField(label=_("Who told it"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Reason, in the customer’s words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Proofs"),
        help_text=_("The message, the letter, a note of the call: JPEG, PNG, PDF or MP4."),
        required=False,
        widget=SeveralFilesInput(attrs=_ACCEPT),
    )

    def __init__(self, *args: Any, jobs: Iterable[Job], **kwargs: Any) -> None:
        self.jobs = list(jobs)
        super().__init__(*args, **kwargs)
        for job in self.jobs:
            self.fields[f"{_DONE}{job.key}"] = DecimalInput(
                label=job.line.description,
                required=False,
                min_value=ZERO,
                initial=job.work.done_quantity if job.work else ZERO,
            )

    def lines(self) -> Iterator[tuple[Job, BoundField]]:
        """Yield each line with its field, in the estimates' order."""
        for job in self.jobs:
            yield job, self[f"{_DONE}{job.key}"]

    def work(self) -> list[tuple[UUID, Decimal]]:
        """Return what was changed of how far the lines are; only after the form was checked."""
        given = [(job, self.cleaned_data.get(f"{_DONE}{job.key}")) for job in self.jobs]
        return [
            (job.key, done)
            for job, done in given
            if done is not None and done != (job.work.done_quantity if job.work else ZERO)
        ]

    def renamed(self, fields: Mapping[str, Words]) -> dict[str, Words]:
        """Return a service's errors under the names of this form's fields."""
        keys = {str(job.key) for job in self.jobs}
        return {f"{_DONE}{name}" if name in keys else name: why for name, why in fields.items()}


class OfferForm(forms.Form):
    """What goes with the prices."""

    use_required_attribute = False

    note = forms.CharField(
        label=_("What the customer should know"),
        help_text=_("Until when to answer, what towing costs, when the vehicle can be collected."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChoiceForm(forms.Form):
    """What the customer chose on the phone, at the desk or on paper."""

    use_required_attribute = False

    option = forms.ChoiceField(
        label=_("The customer chose"), choices=CHOICES, widget=forms.RadioSelect
    )
    mode = forms.ChoiceField(
        label=_("How"),
        choices=[
            (mode.value, mode.label)
            for mode in (ChoiceMode.ORAL, ChoiceMode.IN_PERSON, ChoiceMode.PAPER)
        ],
        widget=forms.RadioSelect,
    )
    person = forms.CharField(label=_("Who chose"), max_length=200)
    note = forms.CharField(label=_("Remark"), max_length=500, required=False)
    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Proofs"),
        help_text=_("The signed paper, the message: JPEG, PNG, PDF or MP4."),
        required=False,
        widget=SeveralFilesInput(attrs=_ACCEPT),
    )
