"""What the desk fills in about holds, promises, payment plans and what customers say."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from invoices.models import Invoice
from invoices.services.plan_terms import LONGEST_NOTE, MOST_INSTALMENTS
from invoices.states import HoldKind
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.web.forms.fields import MoneyInput

#: What a person may hold for; the other kinds come with what they belong to.
BY_HAND = (HoldKind.MANUAL, HoldKind.AUTHORIZATION_GAP, HoldKind.LEGAL)
_CENT = Decimal("0.01")


class HoldForm(forms.Form):
    """What is held back by hand, why, and who looks at it again."""

    kind = forms.ChoiceField(
        label=_("Why"),
        choices=[(kind.value, kind.label) for kind in BY_HAND],
        initial=HoldKind.MANUAL,
    )
    amount = MoneyInput(
        label=_("Amount, tax included"),
        required=False,
        min_value=_CENT,
        help_text=_("Leave it empty to hold back all that can be asked for."),
    )
    reason = forms.CharField(
        label=_("Reason, for the shop's records"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    review_on = forms.DateField(
        label=_("Look at it again on"),
        widget=DateInput(),
        help_text=_("It stands on the page Today from then on."),
    )
    owner = forms.ModelChoiceField(
        label=_("Who looks after it"), queryset=Membership.objects.none(), required=False
    )

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        members = Membership.objects.for_shop(shop).filter(is_active=True)
        owner.queryset = members.select_related("user").order_by("created_at")
        owner.label_from_instance = lambda member: str(member.user)  # type: ignore[method-assign, assignment]


class PromiseForm(forms.Form):
    """What a customer promises on the phone or at the desk."""

    promised_on = forms.DateField(label=_("Will be paid on"), widget=DateInput())
    amount = MoneyInput(label=_("Amount, tax included"), min_value=_CENT)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("How it was said, for example on the phone."),
    )


class ReasonForm(forms.Form):
    """Why something is let go or ended."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AgreementForm(forms.Form):
    """How a plan was agreed without a link."""

    how = forms.CharField(
        label=_("How it was agreed"),
        max_length=300,
        help_text=_("Who, when, on paper or in which call."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """The shop's answer to what a customer says."""

    accepted = forms.ChoiceField(
        label=_("What did you find out?"),
        choices=[("yes", _("The customer is right")), ("no", _("We see it otherwise"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    answer = forms.CharField(
        label=_("Answer, in words for the customer"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It is mailed. A refusal needs a reason."),
    )


class ProposalForm(forms.Form):
    """From what the parts of a plan are proposed."""

    down_payment = MoneyInput(label=_("Down-payment"), required=False)
    months = forms.IntegerField(
        label=_("Monthly parts"), min_value=1, max_value=MOST_INSTALMENTS - 1
    )
    first_on = forms.DateField(label=_("First monthly part on"), widget=DateInput())


class PlanForm(forms.Form):
    """The parts of a plan, one row each: ``due_on-<n>`` and ``amount-<n>``; empty rows fall out."""

    note = forms.CharField(
        label=_("Note to the customer"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    by_email = forms.BooleanField(label=_("Mail it to be signed"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        invoice: Invoice,
        parts: Sequence[tuple[date, Decimal]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.count = max(len(parts), self._rows_sent())
        for number in range(self.count):
            due_on, amount = parts[number] if number < len(parts) else (None, None)
            self.fields[f"due_on-{number}"] = forms.DateField(
                label=_("Due on"), widget=DateInput(), required=False, initial=due_on
            )
            self.fields[f"amount-{number}"] = MoneyInput(
                label=_("Amount"), required=False, initial=amount
            )
        if not invoice.customer.email:
            del self.fields["by_email"]

    @property
    def rows(self) -> list[tuple[int, Any, Any]]:
        """Each row's number with its two fields."""
        return [
            (number + 1, self[f"due_on-{number}"], self[f"amount-{number}"])
            for number in range(self.count)
        ]

    def clean(self) -> None:
        """Let a row be complete or empty."""
        for number in range(self.count):
            due_on = self.cleaned_data.get(f"due_on-{number}")
            amount = self.cleaned_data.get(f"amount-{number}")
            if amount is not None and due_on is None and f"due_on-{number}" not in self.errors:
                self.add_error(f"due_on-{number}", _("Write the day as well."))
            if due_on is not None and amount is None and f"amount-{number}" not in self.errors:
                self.add_error(f"amount-{number}", _("Write the amount as well."))

    def parts(self) -> list[tuple[date, Decimal]]:
        """Return the rows of a valid form that say something."""
        return [
            (self.cleaned_data[f"due_on-{number}"], self.cleaned_data[f"amount-{number}"])
            for number in self._filled()
        ]

    def renamed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what a service says of its parts under the names of the rows."""
        filled = self._filled()
        names = {
            f"instalments.{index}.{part}": f"{part}-{number}"
            for index, number in enumerate(filled)
            for part in ("due_on", "amount")
        }
        return {names.get(name, name): words for name, words in fields.items()}

    def together(self) -> Decimal:
        """Return the sum of the amounts as they stand in the rows, readable or not."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        given = [
            values.get(f"amount-{number}", self.fields[f"amount-{number}"].initial)
            for number in range(self.count)
        ]
        return sum((amount for amount in given if amount is not None), ZERO)

    def _filled(self) -> list[int]:
        return [
            number
            for number in range(self.count)
            if self.cleaned_data.get(f"amount-{number}") is not None
        ]

    def _rows_sent(self) -> int:
        numbers = [
            int(tail)
            for name in self.data
            if name.startswith("amount-") and (tail := name.removeprefix("amount-")).isdecimal()
        ]
        return min(max(numbers, default=-1) + 1, MOST_INSTALMENTS + 1)
