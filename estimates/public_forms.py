"""What customers fill in: their answers, their signature, when to call."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estimates.models import EstimateLine
from estimates.states import Answer
from shopdisputes.web.forms.signing import SignatureForm

#: In the customer's own voice; the sentences that are signed name them with the same words.
CHOICES: tuple[tuple[Answer, str | Promise], ...] = (
    (Answer.AUTHORIZED, pgettext_lazy("answer to a line", "Authorize")),
    (Answer.DEFERRED, pgettext_lazy("answer to a line", "Not now")),
    (Answer.DECLINED, pgettext_lazy("answer to a line", "No")),
)
CHOICES_FOR_ALL: tuple[tuple[Answer, str | Promise], ...] = (
    (Answer.AUTHORIZED, _("I authorize everything")),
    (Answer.DEFERRED, _("Nothing for now")),
    (Answer.DECLINED, _("I authorize nothing")),
)


def field_of(line: EstimateLine) -> str:
    """Return the name under which a line is answered: short, for the address holds them all."""
    return f"a{line.position}"


class AnswersForm(forms.Form):
    """One answer for each line; ``all`` answers every line at once. Nothing is preset."""

    def __init__(self, data: Mapping[str, Any], *, lines: Iterable[EstimateLine]) -> None:
        self.lines = list(lines)
        # One answer for everything is as if each line had been ticked.
        everywhere = data.get("all")
        names = map(field_of, self.lines)
        super().__init__({name: everywhere or data.get(name, "") for name in names})
        for line in self.lines:
            self.fields[field_of(line)] = forms.ChoiceField(
                choices=CHOICES,
                error_messages={
                    "required": _("Please choose one of the three answers."),
                    "invalid_choice": _("Please choose one of the three answers."),
                },
            )

    def given(self) -> dict[UUID, Answer]:
        """Return the answers given so far, complete or not, by the line's key in the database."""
        given = {}
        for line in self.lines:
            value = self.data.get(field_of(line))
            if value in Answer.values:
                given[line.pk] = Answer(value)
        return given

    def as_query(self) -> dict[str, str]:
        """Return the answers given so far as they stand in an address."""
        given = self.given()
        return {field_of(line): given[line.pk].value for line in self.lines if line.pk in given}


class SignForm(SignatureForm):
    """The signature under the answers, with the code where the policy asks for one."""

    revision_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("Electronic documents"),
        error_messages={
            "required": _(
                "Tick that you agree to electronic documents, or ask to sign on paper instead."
            )
        },
    )
    code = forms.CharField(
        label=_("The six digits"),
        required=False,
        max_length=12,
        error_messages={"max_length": _("The code has six digits.")},
    )

    def __init__(self, *args: Any, code_wanted: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code_wanted = code_wanted

    def clean_code(self) -> str:
        """Return the digits alone, however they were spaced."""
        digits = "".join(filter(str.isdigit, self.cleaned_data["code"]))
        if self.code_wanted and len(digits) != 6:
            raise forms.ValidationError(_("Write the six digits from the e-mail."))
        return digits


class CallForm(forms.Form):
    """When, and on which number, the customer can be reached."""

    note = forms.CharField(
        required=False,
        max_length=300,
        error_messages={"max_length": _("At most 300 characters.")},
    )
