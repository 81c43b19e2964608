"""What is written down about letters, calls and charges."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dunning.states import CallOutcome


class PostedForm(forms.Form):
    """When letters were posted."""

    use_required_attribute = False

    posted_on = forms.DateField(
        label=_("Posted on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For instance the number of a registered letter."),
        max_length=200,
        required=False,
    )


class CallForm(forms.Form):
    """What came of a call."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=CallOutcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WaiveForm(forms.Form):
    """Why a charge is let go of."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
