"""What is asked when an inspection is shared."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class DateInput(forms.DateInput):
    """The browser's own calendar, which reads and writes ISO days whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class ShareForm(forms.Form):
    """The page before sharing."""

    use_required_attribute = False

    answer_by = forms.DateField(
        label=_("Answer by"),
        help_text=_("The whole day counts. Without an answer, that is what is recorded."),
        widget=DateInput,
    )
    message = forms.CharField(
        label=_("Message to the customer"),
        help_text=_("Optional. It stands at the top of the mail and of the page."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_answer_by(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["answer_by"]
        if day < self._today:
            raise forms.ValidationError(gettext("This day is already over."))
        return day
