"""What is asked of the customer when an estimate is sent."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.models import EstimateRevision
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import MoneyInput


class SendForm(forms.Form):
    """The dialog before sending."""

    use_required_attribute = False
    BY_EMAIL = "email"
    WITHOUT = "without"

    way = forms.ChoiceField(
        label=_("How it reaches the customer"),
        choices=[
            (BY_EMAIL, _("By e-mail, with a personal link")),
            (WITHOUT, _("Without e-mail: here on the tablet, on paper or by phone")),
        ],
        widget=forms.RadioSelect,
    )
    request_authorization = forms.BooleanField(
        label=_("Ask for authorization"),
        help_text=_("The customer answers every line: authorize, not now, no."),
        required=False,
    )
    request_signature = forms.BooleanField(
        label=_("Ask for a signature"),
        help_text=_("Drawn or typed, under the sentence with the amount."),
        required=False,
    )
    ask_deposit = forms.BooleanField(label=_("Ask for a deposit"), required=False)
    deposit_amount = MoneyInput(
        label=_("Deposit, with tax"),
        help_text=_("A payment on account, set off against the invoice."),
        required=False,
    )
    message = forms.CharField(
        label=_("Message to the customer"),
        help_text=_("Optional. It stands at the top of the mail and of the page."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, revision: EstimateRevision, **kwargs: Any) -> None:
        customer = revision.estimate.repair_order.customer
        kwargs.setdefault(
            "initial",
            {
                "way": self.BY_EMAIL if customer.email else self.WITHOUT,
                "request_authorization": revision.request_authorization,
                "request_signature": revision.request_signature,
                "ask_deposit": bool(revision.deposit_amount),
                "deposit_amount": revision.deposit_amount or None,
                "message": revision.message,
            },
        )
        super().__init__(*args, **kwargs)
        self._revision = revision

    def clean(self) -> dict[str, Any]:
        """A deposit has an amount within the total; a signature is put under an answer."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("request_signature") and not values.get("request_authorization"):
            self.add_error(
                "request_signature",
                gettext("A signature stands under an answer: ask for authorization too."),
            )
        if values.get("ask_deposit"):
            self._check_deposit(values.get("deposit_amount"))
        return values

    @property
    def by_email(self) -> bool:
        """Whether a mail leaves."""
        return bool(self.cleaned_data["way"] == self.BY_EMAIL)

    @property
    def deposit(self) -> Decimal:
        """The deposit to ask for; zero for none."""
        if not self.cleaned_data["ask_deposit"]:
            return ZERO
        amount: Decimal = self.cleaned_data["deposit_amount"]
        return amount

    def _check_deposit(self, amount: Decimal | None) -> None:
        if "deposit_amount" in self.errors:
            return
        if amount is None or amount <= 0:
            self.add_error("deposit_amount", gettext("Enter the amount of the deposit."))
        elif amount > self._revision.total:
            self.add_error("deposit_amount", gettext("The deposit cannot be more than the total."))
