"""What is asked when money comes in, is divided, is given back or turns out not to have come."""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from invoices import dividing
from invoices.models import Payment
from invoices.services.moving import Allocation
from invoices.statements import OpenItem
from invoices.states import PaymentMethod
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import MoneyInput

#: Nobody pays more invoices than these with one payment by hand.
MOST_ROWS = 200


def most_for(item: OpenItem) -> Decimal:
    """Return what is best put on an open item: what is contested is left out."""
    figures = item.standing.figures
    return figures.balance - figures.disputed


class DividedForm(forms.Form):
    """An amount that is divided among a customer's open items; the rest stays on account.

    Each open item has a field by the name of its invoice's id, so that what the business refuses
    of it finds its place.
    """

    use_required_attribute = False
    OLDEST, CHOSEN, ACCOUNT = "oldest", "chosen", "account"

    way = forms.ChoiceField(
        label=_("How it is divided"),
        choices=[
            (OLDEST, _("The oldest due first, leaving out what is contested")),
            (CHOSEN, _("As written below")),
            (ACCOUNT, _("Leave all of it on account")),
        ],
        initial=OLDEST,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, items: Sequence[OpenItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._items = items[:MOST_ROWS]
        if not self._items:
            # Nothing to divide it among: it can only stay on account.
            del self.fields["way"]
        for item in self._items:
            self.fields[str(item.invoice.pk)] = MoneyInput(
                label=gettext("On %(number)s") % {"number": item.invoice.number}, required=False
            )

    @property
    def rows(self) -> list[tuple[OpenItem, BoundField, Decimal]]:
        """The open items with their fields, and what is best put on each."""
        return [(item, self[str(item.invoice.pk)], most_for(item)) for item in self._items]

    def to_divide(self) -> Decimal:
        """Return the amount that is divided; only after ``is_valid``."""
        raise NotImplementedError

    def allocations(self) -> list[Allocation]:
        """Return what goes on which invoice; only after ``is_valid``."""
        way = self.cleaned_data.get("way", self.ACCOUNT)
        if way == self.ACCOUNT:
            return []
        if way == self.OLDEST:
            parts = self.suggested(self.to_divide())
        else:
            typed = {item.invoice.pk: self._typed(item) for item in self._items}
            parts = {pk: amount for pk, amount in typed.items() if amount}
        return [
            (item.invoice, parts[item.invoice.pk])
            for item in self._items
            if item.invoice.pk in parts
        ]

    def suggested(self, amount: Decimal) -> dict[uuid.UUID, Decimal]:
        """Return how an amount is divided among the rows in their order."""
        return dividing.suggested(
            amount, [(item.invoice.pk, most_for(item)) for item in self._items]
        )

    def written_out(self) -> dict[str, str]:
        """Return the suggestion as if it had been typed; only after ``is_valid``."""
        parts = self.suggested(self.to_divide())
        return {"way": self.CHOSEN} | {
            str(item.invoice.pk): str(parts.get(item.invoice.pk, "")) for item in self._items
        }

    def _typed(self, item: OpenItem) -> Decimal:
        amount: Decimal | None = self.cleaned_data.get(str(item.invoice.pk))
        return amount or ZERO


class PaymentForm(DividedForm):
    """Money that came in."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = MoneyInput(label=_("Amount"))
    method = forms.ChoiceField(label=_("How it was paid"), choices=PaymentMethod.choices)
    received_on = forms.DateField(label=_("Received on"), widget=DateInput)
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("Number of the cheque or the card slip, what the bank says."),
        max_length=140,
        required=False,
    )
    note = forms.CharField(
        label=_("Note"), help_text=_("For the shop alone."), max_length=300, required=False
    )
    by_email = forms.BooleanField(label=_("Mail a receipt to the customer"), required=False)

    field_order = ("key", "amount", "method", "received_on", "reference", "note", "by_email")

    def to_divide(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        return amount

    @classmethod
    def beginning(
        cls, *, items: Sequence[OpenItem], amount: Decimal | None, today: date, email: str
    ) -> "PaymentForm":
        """Return the form of a new payment; its key makes it one, however often it is sent."""
        return cls(
            items=items,
            initial={
                "key": uuid.uuid4(),
                "amount": amount,
                "method": PaymentMethod.CARD,
                "received_on": today,
                "by_email": bool(email),
            },
        )

    def facts(self) -> dict[str, Any]:
        """Return what the service is told beside the allocations; only after ``is_valid``."""
        names = ("amount", "method", "received_on", "reference", "note", "by_email")
        return {name: self.cleaned_data[name] for name in names} | {
            "idempotency_key": self.cleaned_data["key"]
        }


class AllocateForm(DividedForm):
    """What is unallocated of a payment, put on invoices. ``seen`` is how much that was."""

    seen = MoneyInput(widget=forms.HiddenInput)

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seen": payment.unallocated})
        super().__init__(*args, **kwargs)
        self._payment = payment
        if self.rows:
            # Leaving all of it on account is what would happen without this form.
            way = self.fields["way"]
            way.choices = way.choices[:2]  # type: ignore[attr-defined]

    def to_divide(self) -> Decimal:
        return self._payment.unallocated

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if not self.errors and not self.allocations():
            raise forms.ValidationError(gettext("Write at least one amount."))
        return values


class TakeOffForm(forms.Form):
    """How much is taken off an invoice, and why."""

    use_required_attribute = False

    seen = MoneyInput(widget=forms.HiddenInput)
    amount = MoneyInput(label=_("Amount to take off"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the timeline and on the invoice's account."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefundForm(forms.Form):
    """How much is given back, how, when and why."""

    use_required_attribute = False

    seen = MoneyInput(widget=forms.HiddenInput)
    amount = MoneyInput(label=_("Amount to give back"))
    method = forms.ChoiceField(label=_("How it is given back"), choices=PaymentMethod.choices)
    refunded_on = forms.DateField(label=_("Given back on"), widget=DateInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads it in the mail about the refund."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnnulForm(forms.Form):
    """Why a payment counts no more."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
