"""What customers fill in about an invoice: a promise, what they paid, what is wrong, a name."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from invoices.services.claims import LONGEST_TEXT
from invoices.states import ClaimKind, PaymentMethod
from shopdisputes.web.forms.fields import MoneyInput
from shopdisputes.web.forms.signing import SignatureForm

_WORDS_TOO_LONG = {"max_length": _("At most 4000 characters.")}


class DayInput(forms.DateInput):
    """A day, chosen with the browser's own calendar; what is sent is ISO 8601."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(**facts: Any) -> forms.DateField:
    return forms.DateField(
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={
            "required": _("Please choose a day."),
            "invalid": _("Write the day like 2026-03-20."),
        },
        **facts,
    )


class PromiseForm(forms.Form):
    """When and how much the customer will pay."""

    promised_on = _day(label=_("I will pay on"))
    amount = MoneyInput(
        label=_("Amount, with tax"), error_messages={"required": _("Please write an amount.")}
    )
    note = forms.CharField(
        label=_("Anything we should know"),
        required=False,
        max_length=500,
        error_messages={"max_length": _("At most 500 characters.")},
    )


class ClaimForm(forms.Form):
    """What is said about an invoice. ``files`` are judged by the service, not here."""

    kind: ClaimKind
    #: What is wrong with a file.
    files_problem = ""

    def __init__(self, *args: Any, files_sent: Sequence[File] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"id_{self.kind.value}_%s"
        self.files_sent = files_sent

    def facts(self) -> dict[str, Any]:
        """Return what a valid form says, as the service takes it."""
        given = self.cleaned_data
        return {
            "kind": self.kind,
            "text": given.get("text", ""),
            "paid_on": given.get("paid_on"),
            "method": given.get("method", ""),
            "amount": given.get("amount"),
            "files": self.files_sent,
        }


class AlreadyPaidForm(ClaimForm):
    """When and how it was paid, with a proof."""

    kind = ClaimKind.ALREADY_PAID

    paid_on = _day(label=_("Day on which you paid"))
    method = forms.ChoiceField(
        label=_("How you paid"),
        choices=[("", _("Please choose")), *PaymentMethod.choices],
        error_messages={"required": _("Please choose how you paid.")},
    )
    amount = MoneyInput(label=_("Amount that you paid"), required=False)
    text = forms.CharField(
        label=_("Anything we should know"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_WORDS_TOO_LONG,
    )


class SomethingWrongForm(ClaimForm):
    """What is wrong, in the customer's own words."""

    kind = ClaimKind.SOMETHING_WRONG

    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=_WORDS_TOO_LONG | {"required": _("Please write what is wrong.")},
    )
    amount = MoneyInput(label=_("How much of the invoice is it about?"), required=False)


class SignForm(SignatureForm):
    """A signature, and the hash of what it is under."""

    subject_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DeclineForm(forms.Form):
    """Why a plan does not suit; it may stay empty."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        error_messages={"max_length": _("At most 500 characters.")},
    )
