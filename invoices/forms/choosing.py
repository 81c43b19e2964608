"""The signature under the choice of how a stopped repair goes on."""

from django import forms

from invoices.states import StopOption
from shopdisputes.web.forms.signing import SignatureForm


class StopSignForm(SignatureForm):
    """The option that the page showed, the hash of the offer, and the signature."""

    option = forms.ChoiceField(
        choices=[choice for choice in StopOption.choices if choice[0] != StopOption.UNDECIDED],
        widget=forms.HiddenInput,
    )
    stop_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
