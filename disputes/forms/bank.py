"""What staff write down of what a bank asks, takes, gives back and decides."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.forms.choosing import MemberField
from disputes.services.bank_answers import LONGEST_NOTE
from disputes.states import BankOutcome, ChargebackKind
from estimates.forms.drafting import DateInput
from estimates.forms.recording import SeveralFilesField, SeveralFilesInput
from invoices.dividing import Share
from invoices.services.moving import Allocation
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop
from shopdisputes.web.forms.fields import MoneyInput


class MomentField(forms.DateTimeField):
    """A day and a time in the shop's zone, by the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)


class RecordForm(forms.Form):
    """What the bank sent about a payment."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (ChargebackKind.INQUIRY, _("An inquiry: the bank asks, no money moves")),
            (ChargebackKind.CHARGEBACK, _("A chargeback: the bank takes the money back")),
        ],
        initial=ChargebackKind.CHARGEBACK,
        widget=forms.RadioSelect,
    )
    amount = MoneyInput(label=_("Amount"))
    reference = forms.CharField(
        label=_("Bank's reference"),
        max_length=100,
        help_text=_("As the bank writes it. The same reference is recorded once only."),
    )
    network_reason = forms.CharField(
        label=_("Bank's reason"),
        max_length=200,
        required=False,
        help_text=_("For example: 13.1 Merchandise or services not received."),
    )
    evidence_due_by = MomentField(label=_("Evidence is due by"))
    evidence_is_late = forms.BooleanField(label=_("It is over already, I know"), required=False)
    funds_withdrawn = forms.BooleanField(
        label=_("The bank has taken the money already"), required=False
    )
    owner = MemberField(
        label=_("Who looks after it"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Told by mail 7, 3 and 1 days before the evidence is due, like the shop."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, MemberField)
        owner.offer(shop)


class DivideForm(forms.Form):
    """How much of it falls on each invoice that the payment pays."""

    use_required_attribute = False

    def __init__(self, *args: Any, shares: Sequence[Share], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shares = shares
        for share in shares:
            self.fields[str(share.invoice.pk)] = MoneyInput(
                label=gettext("Of %(number)s") % {"number": share.invoice.number}, required=False
            )

    @property
    def rows(self) -> list[tuple[Share, BoundField]]:
        """The invoices with what of the payment stands there, and their fields."""
        return [(share, self[str(share.invoice.pk)]) for share in self._shares]

    def parts(self) -> list[Allocation]:
        """Return what falls on which invoice; only after ``is_valid``."""
        typed = [
            (share.invoice, self.cleaned_data[str(share.invoice.pk)] or ZERO)
            for share in self._shares
        ]
        return [(invoice, amount) for invoice, amount in typed if amount]


class SubmitForm(forms.Form):
    """What was handed in to the bank."""

    use_required_attribute = False

    note = forms.CharField(
        label=_("What was handed in, and how"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For the shop alone. It is kept in the dispute."),
    )
    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Copies of what was handed in"),
        required=False,
        widget=SeveralFilesInput(
            attrs={
                "accept": "image/jpeg,image/png,application/pdf,video/mp4",
                "class": "form-control",
            }
        ),
    )

    def __init__(self, *args: Any, with_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_files:
            del self.fields["files"]


class AskAgainForm(forms.Form):
    """Until when the bank wants what."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What is it now?"),
        choices=[
            (ChargebackKind.INQUIRY, _("Still an inquiry")),
            (ChargebackKind.CHARGEBACK, _("A chargeback")),
        ],
        initial=ChargebackKind.CHARGEBACK,
        widget=forms.RadioSelect,
    )
    evidence_due_by = MomentField(label=_("Evidence is due by"))

    def __init__(self, *args: Any, inquiry: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not inquiry:
            del self.fields["kind"]


class WithdrawnForm(forms.Form):
    """When the customer withdrew it, as he says."""

    use_required_attribute = False

    on = forms.DateField(label=_("Withdrawn on"), widget=DateInput())


class CloseForm(forms.Form):
    """How the bank decided."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended.")},
    )
    certain = forms.BooleanField(label=_("I know that giving in cannot be undone"), required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, outcomes: Sequence[BankOutcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(outcome.value, outcome.label) for outcome in outcomes]
        if BankOutcome.ACCEPTED not in outcomes:
            del self.fields["certain"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if values.get("outcome") == BankOutcome.ACCEPTED and not values.get("certain"):
            self.add_error("certain", gettext("Tick it to give in."))
        return values


class PlainForm(forms.Form):
    """Nothing to fill in: the page says what will happen."""


class ReasonForm(forms.Form):
    """Why."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
