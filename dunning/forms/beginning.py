"""From which day the steps of an invoice count when they begin anew."""

from django import forms
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput


class BeginningForm(forms.Form):
    """The day that counts as the due day from now on."""

    base_on = forms.DateField(
        label=_("Count the steps from"),
        widget=DateInput(),
        help_text=_("As if the invoice were due on this day: “3 days after” is 3 days after it."),
    )
