"""What staff fill in about work that is to be done again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from disputes.billed import billed_for
from disputes.services.deciding_rework import LONGEST_NOTE
from disputes.services.rework_steps import LONGEST_TEXT
from disputes.states import RefusalReason
from estimates.forms.drafting import DateInput
from estimates.forms.recording import SeveralFilesField, SeveralFilesInput
from invoices.models import Invoice, InvoiceLine
from shopdisputes.money import format_money

_TOO_LONG = {"max_length": _("At most 4,000 characters.")}


def _files() -> SeveralFilesField:
    return SeveralFilesField(
        label=_("Photos or papers"),
        required=False,
        widget=SeveralFilesInput(
            attrs={
                "accept": "image/jpeg,image/png,application/pdf,video/mp4",
                "class": "form-control",
            }
        ),
    )


class LinesForm(forms.Form):
    """Which lines are to be done again, and what is not right."""

    use_required_attribute = False

    lines = forms.MultipleChoiceField(
        label=_("What is to be done again"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one."),
            "invalid_choice": _("Tick what stands here."),
        },
    )
    description = forms.CharField(
        label=_("What is not right"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=_TOO_LONG | {"required": _("Write what is not right.")},
    )

    def __init__(
        self, *args: Any, invoice: Invoice, lines: Sequence[InvoiceLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {str(line.pk): line for line in lines}
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, _shown(invoice, line)) for key, line in self._lines.items()]

    @property
    def chosen(self) -> list[InvoiceLine]:
        """What was ticked; only after ``is_valid``."""
        return [self._lines[key] for key in self.cleaned_data["lines"]]


class AskForm(LinesForm):
    """The same, written down by staff for the customer."""

    files = _files()  # type: ignore[assignment]


class AppointmentForm(forms.Form):
    """When the vehicle comes."""

    use_required_attribute = False

    appointment_on = forms.DateField(
        label=_("The vehicle comes on"),
        widget=DateInput(),
        error_messages={"required": _("Choose a day.")},
    )
    note = forms.CharField(
        label=_("Words for the customer"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the hour, or what to bring. The customer reads it."),
    )


class AcceptForm(AppointmentForm):
    """It is done again; the day may be agreed later."""

    field_order = ("appointment_on", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appointment_on"].required = False


class RefuseForm(forms.Form):
    """Why it is not done again for nothing."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=RefusalReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    explanation = forms.CharField(
        label=_("Explanation"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The customer reads it, and has seven days to answer."),
        error_messages=_TOO_LONG | {"required": _("Explain it: the customer reads it.")},
    )
    files = _files()  # type: ignore[assignment]


class WordsForm(forms.Form):
    """Words with which a request moves, under the name that the service gives them."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        name: str,
        label: Any,
        help_text: Any = "",
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields[name] = forms.CharField(
            label=label,
            help_text=help_text,
            required=required,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 5}),
            error_messages=_TOO_LONG | {"required": _("Write it in words.")},
        )


def _shown(invoice: Invoice, line: InvoiceLine) -> str:
    language = get_language() or invoice.shop.language
    amount = format_money(billed_for(invoice, line), currency=invoice.currency, language=language)
    return f"{line.description} · {amount}"
