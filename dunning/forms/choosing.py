"""Choosing a customer's ladder, and pausing everything."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from dunning.models import Ladder
from dunning.services import ladders, pausing

USUAL, NONE = "usual", "none"


class CustomerLadderForm(forms.Form):
    """By which ladder a customer is reminded, if at all."""

    use_required_attribute = False

    choice = forms.ChoiceField(label=_("Reminders"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=ladders.LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the customer gets no reminders. Your colleagues read it."),
    )

    def __init__(self, *args: object, offered: Sequence[Ladder], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.offered = {str(ladder.pk): ladder for ladder in offered}
        usual = next((ladder.name for ladder in offered if ladder.is_default), "")
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (USUAL, _("As usual: %(name)s") % {"name": usual} if usual else _("As usual")),
            *(
                (key, _("Always by the ladder “%(name)s”") % {"name": ladder.name})
                for key, ladder in self.offered.items()
            ),
            (NONE, _("No reminders")),
        ]

    @property
    def ladder(self) -> Ladder | None:
        """The ladder that was chosen; only after ``is_valid``."""
        return self.offered.get(self.cleaned_data["choice"])

    @property
    def none(self) -> bool:
        """Whether the customer shall get no reminders; only after ``is_valid``."""
        return bool(self.cleaned_data["choice"] == NONE)


class PauseForm(forms.Form):
    """Why no reminder leaves."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Reason"),
        max_length=pausing.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your colleagues read it beside every invoice that is not asked for."),
        error_messages={"required": _("Say why.")},
    )
