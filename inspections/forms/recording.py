"""What is written down at an item, and around the items."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.models import InspectionItem
from inspections.states import READ, ItemKind, Result
from shopdisputes.web.forms.fields import DecimalInput

#: Why something is not looked at, most of the time; one touch writes it.
QUICK_REASONS = (
    _("No access"),
    _("Not asked for"),
    _("Tool missing"),
    _("Too dirty or wet"),
    _("Part not fitted"),
)


class RecordForm(forms.Form):
    """One item: what was seen. Its field names are the same in every card."""

    use_required_attribute = False

    result = forms.ChoiceField(
        label=_("Result"), choices=Result.choices, required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Why it was not inspected"), max_length=300, required=False)
    measurement = DecimalInput(label=_("Measurement"), decimal_places=3, required=False)
    reading = forms.CharField(label=_("As read off the car"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Note for the customer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    internal_note = forms.CharField(
        label=_("Note for the shop"),
        help_text=_("Never shown to the customer."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, item: InspectionItem, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"item-{item.pk}-%s")
        kwargs.setdefault(
            "initial",
            {
                "result": item.result,
                "reason": item.reason,
                "measurement": item.measurement,
                "reading": item.reading,
                "note": item.note,
                "internal_note": item.internal_note,
            },
        )
        super().__init__(*args, **kwargs)
        self.item = item
        if item.kind in READ:
            del self.fields["measurement"]
            self.fields["reading"].widget.attrs |= {
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        else:
            del self.fields["reading"]
        if item.kind == ItemKind.CONDITION:
            del self.fields["measurement"]
        if item.kind == ItemKind.ODOMETER:
            self.fields["measurement"].label = _("Odometer reading")

    @property
    def clears_measurement(self) -> bool:
        """Whether a number that was there was taken away; only after ``is_valid``."""
        return (
            "measurement" in self.fields
            and self.cleaned_data["measurement"] is None
            and self.item.measurement is not None
        )


class ReasonForm(forms.Form):
    """Why all that is left is not inspected, why an inspection is discarded."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class NoteForm(forms.Form):
    """A note about the whole inspection."""

    note = forms.CharField(
        label=_("Note for the customer"),
        help_text=_("About the whole inspection. It stands at the top of what they read."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtraItemForm(forms.Form):
    """Something that is on no checklist."""

    name = forms.CharField(label=_("What else was looked at"), max_length=200)
    section = forms.CharField(label=_("Section"), max_length=200, required=False)

    def wordings(self, *, language: str) -> tuple[dict[str, str], str]:
        """Return the section as words by language, and the item's name."""
        section = self.cleaned_data["section"] or gettext("Also looked at")
        return {language: section}, self.cleaned_data["name"]


class DescribeForm(forms.Form):
    """What a picture shows."""

    caption = forms.CharField(label=_("Caption"), max_length=200, required=False)
    shot = forms.TypedChoiceField(
        label=_("Angle"), coerce=int, empty_value=None, required=False, choices=[]
    )

    def __init__(self, *args: Any, shots: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shot"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("None of them")), *enumerate(shots, start=1)]
