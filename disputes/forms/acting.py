"""What staff fill in to move a case: follow-ups, words, releases, endings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from disputes.forms.choosing import MemberField
from disputes.models import DisputeItem
from disputes.services.resolving import LONGEST_NOTE
from disputes.states import Cause, ClosingCode, Resume
from estimates.forms.drafting import DateInput
from estimates.forms.recording import SeveralFilesField, SeveralFilesInput
from shopdisputes.money import format_money
from shopdisputes.shops.models import Shop

_LONGEST_MESSAGE = 4000


class FollowUpForm(forms.Form):
    """When somebody looks at the case again, who, and what for."""

    use_required_attribute = False

    due_on = forms.DateField(label=_("Follow up on"), widget=DateInput())
    note = forms.CharField(
        label=_("What to do then"),
        max_length=500,
        required=False,
        help_text=_("For example: call the customer with the technician's answer."),
    )
    person = MemberField(label=_("Who"), required=False, empty_label=_("Who looks after the case"))

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, MemberField)
        person.offer(shop)


class MessageForm(forms.Form):
    """What is said in a case: to the customer, or among ourselves."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Message"),
        max_length=_LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a message.")},
    )
    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Photos or papers"),
        required=False,
        widget=SeveralFilesInput(
            attrs={
                "accept": "image/jpeg,image/png,application/pdf,video/mp4",
                "class": "form-control",
            }
        ),
    )


class NoteForm(forms.Form):
    """Words with which a case moves."""

    use_required_attribute = False

    note = forms.CharField(
        label=_("In words"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = label or self.fields["note"].label
        self.fields["note"].help_text = help_text


class ReleaseForm(forms.Form):
    """Which amounts leave the case, and why."""

    use_required_attribute = False

    items = forms.MultipleChoiceField(
        label=_("What is not contested any more"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, items: Sequence[DisputeItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._items = {str(item.pk): item for item in items}
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, _shown(item)) for key, item in self._items.items()]

    @property
    def chosen(self) -> list[DisputeItem]:
        """What was ticked; only after ``is_valid``."""
        return [self._items[key] for key in self.cleaned_data["items"]]


class ResolveForm(forms.Form):
    """How a case ends, and how reminders go on afterwards."""

    use_required_attribute = False

    closing_code = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[choice for choice in ClosingCode.choices if choice[0] != ClosingCode.WITHDRAWN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended.")},
    )
    cause = forms.ChoiceField(
        label=_("What did it come from?"),
        choices=[("", pgettext_lazy("cause", "Not clear")), *Cause.choices],
        required=False,
        help_text=_("For the shop's reports; the customer does not see it."),
    )
    note = forms.CharField(
        label=_("Words for the customer"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was found, and what follows. The customer reads it."),
        error_messages={"required": _("Write how it ended: the customer reads it.")},
    )
    resume = forms.ChoiceField(
        label=_("How reminders go on"),
        choices=Resume.choices,
        initial=Resume.KEEP_STEP,
        widget=forms.RadioSelect,
    )
    new_due_on = forms.DateField(
        label=_("New day to pay"),
        required=False,
        widget=DateInput(),
        help_text=_("Only for a new day to pay, from tomorrow on."),
    )


class HandOverForm(forms.Form):
    """Who looks into it from now on, and who answers for it."""

    use_required_attribute = False

    resolver_name = forms.CharField(label=_("Resolver"), max_length=200, required=False)
    resolver_email = forms.EmailField(label=_("Resolver's e-mail"), required=False)
    owner = MemberField(
        label=_("Who looks after the case"), required=False, empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, MemberField)
        owner.offer(shop)


class ResolverMailForm(forms.Form):
    """The internal e-mail to the resolver, with its hashtags."""

    use_required_attribute = False

    subject = forms.CharField(label=_("Subject"), max_length=150)
    body = forms.CharField(
        label=_("Text"), max_length=_LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 14})
    )


class TurnDownForm(forms.Form):
    """Why an answer of a resolver does not enter the case."""

    use_required_attribute = False

    note = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The resolver reads it."),
    )


def _shown(item: DisputeItem) -> str:
    amount = format_money(
        item.amount, currency=item.invoice.currency, language=get_language() or item.shop.language
    )
    return f"{item.invoice.number} · {item.line or gettext('The whole invoice')} · {amount}"
