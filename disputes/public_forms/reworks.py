"""What customers fill in about work that is to be done again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disputes.forms.reworks import LinesForm
from disputes.public_forms import FilesForm
from disputes.services.rework_steps import LONGEST_TEXT

_TOO_LONG = {"max_length": _("At most 4,000 characters.")}


class AskForm(FilesForm, LinesForm):
    """Which lines, and what is not right. Nothing is ticked beforehand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].label = _("What do you want done again?")
        self.fields["description"].label = _("What is not right?")
        self.fields["lines"].error_messages["required"] = _("Tick what is to be done again.")
        self.fields["description"].error_messages["required"] = _("Please write what is not right.")


class ComplainForm(forms.Form):
    """What is still not right."""

    text = forms.CharField(
        label=_("What is still not right?"),
        max_length=LONGEST_TEXT,
        error_messages=_TOO_LONG | {"required": _("Please write what is still not right.")},
    )


class DisputeForm(forms.Form):
    """What the customer answers to a refusal; words may be left out."""

    text = forms.CharField(
        label=_("What do you answer?"),
        required=False,
        max_length=LONGEST_TEXT,
        error_messages=_TOO_LONG,
    )


class CallOffForm(forms.Form):
    """Why nothing needs to be done any more; words may be left out."""

    note = forms.CharField(
        label=_("Anything that we should know"),
        required=False,
        max_length=LONGEST_TEXT,
        error_messages=_TOO_LONG,
    )
