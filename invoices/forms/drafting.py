"""What stands around the lines of a draft, and what is asked when it is issued."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from invoices.models import Invoice

#: Nobody is given longer to pay than this.
LONGEST_TERM = timedelta(days=366)


class DraftForm(forms.Form):
    """The facts of a draft beside its lines."""

    use_required_attribute = False

    due_on = forms.DateField(label=_("To be paid by"), widget=DateInput)
    explanation = forms.CharField(
        label=_("Explanation for the customer"),
        help_text=_("Printed above the lines: what was done, and why this much is owed."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_due_on(self) -> date:
        """Refuse a day that is over and one too far ahead."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise forms.ValidationError(gettext("This day is already over."))
        if day > self._today + LONGEST_TERM:
            raise forms.ValidationError(gettext("This is more than a year ahead."))
        return day

    def as_typed(self) -> "DraftForm":
        """Return the form as it was typed, without checking any of it."""
        return DraftForm(today=self._today, initial={name: self[name].data for name in self.fields})

    @classmethod
    def showing(cls, invoice: Invoice, *, today: date) -> "DraftForm":
        """Return the form of a saved draft."""
        values = {"due_on": invoice.due_on, "explanation": invoice.explanation}
        return cls(today=today, initial=values)


class IssueForm(forms.Form):
    """What is asked once more before an invoice is issued and cannot be changed any more."""

    use_required_attribute = False

    issued_on = forms.DateField(
        label=_("Day of the invoice"),
        help_text=_("Not in the future, and not before the last invoice: numbers follow the days."),
        widget=DateInput,
    )
    by_email = forms.BooleanField(
        label=_("Mail it to the customer with a personal link"), required=False
    )

    def __init__(self, data: Any = None, *, today: date, has_email: bool) -> None:
        super().__init__(data, initial={"issued_on": today, "by_email": has_email})
        self._today = today
        if not has_email:
            del self.fields["by_email"]

    def clean_issued_on(self) -> date:
        """Refuse a day that has not come yet."""
        day: date = self.cleaned_data["issued_on"]
        if day > self._today:
            raise forms.ValidationError(gettext("This day has not come yet."))
        return day

    @property
    def mails(self) -> bool:
        """Whether a mail leaves; only after ``is_valid()``."""
        return bool(self.cleaned_data.get("by_email"))
