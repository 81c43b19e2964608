"""Writing a text of reminders."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from dunning.hashtags import LONGEST_BODY, LONGEST_SUBJECT
from shopdisputes.customers.models import Customer


class ReminderTextForm(forms.Form):
    """The words of a template in one language."""

    use_required_attribute = False

    subject = forms.CharField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        error_messages={"required": _("Write a subject.")},
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        strip=False,
        error_messages={"required": _("Write the text.")},
    )


class PreviewForm(forms.Form):
    """For whom a text is shown; nobody chosen: an example."""

    customer = forms.ChoiceField(label=_("Show it for"), required=False)

    def __init__(self, *args: object, customers: Sequence[Customer], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.customers = {str(customer.pk): customer for customer in customers}
        field = self.fields["customer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("An example")),
            *((key, customer.name) for key, customer in self.customers.items()),
        ]

    @property
    def chosen(self) -> Customer | None:
        """Who was chosen; a choice that is none counts as nobody."""
        return self.customers.get(str(self["customer"].value() or ""))
