"""What staff fill in about offers: what is proposed, how it was accepted, why it is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from disputes.services.agreeing import LONGEST_HOW
from disputes.services.ending_offers import LONGEST_ANSWER
from disputes.services.offer_terms import LONGEST_TEXT, OF_MONEY
from disputes.states import OfferKind, Resume
from estimates.forms.drafting import DateInput
from invoices import planning
from invoices.services.plan_terms import MOST_INSTALMENTS
from shopdisputes.money import ZERO, format_money
from shopdisputes.web.forms.fields import MoneyInput


class InParts(forms.Form):
    """An offer's ``kind``, and for a payment plan its ``parts`` and the day of the first one."""

    in_parts: Decimal
    today: date

    def clean(self) -> dict[str, Any]:
        """Ask for the day of the first part only where there are parts."""
        given = dict(super().clean() or {})
        if given.get("kind") == OfferKind.PLAN:
            for name, words in (
                ("parts", _("Write in how many parts.")),
                ("first_on", _("Choose the day of the first part.")),
            ):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
        return given

    def facts(self) -> dict[str, Any]:
        """Return what a valid form says, as the service takes it."""
        given = dict(self.cleaned_data)
        parts, first_on = given.pop("parts"), given.pop("first_on")
        if given["kind"] == OfferKind.PLAN:
            given["instalments"] = planning.propose(
                total=self.in_parts,
                down_payment=ZERO,
                on=self.today,
                months=parts,
                first_on=first_on,
            )
        return given

    def renamed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what the service says of a plan's parts at the day of the first one."""
        return {
            "first_on" if name.startswith("terms") else name: words
            for name, words in fields.items()
        }


class OfferForm(InParts):
    """How the shop would settle a case. What does not belong to the kind does not count."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What do you offer?"),
        choices=OfferKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you offer.")},
    )
    amount = MoneyInput(
        label=_("What the customer gets, with tax"),
        error_messages={"required": _("Write what the customer gets.")},
    )
    parts = forms.IntegerField(
        label=_("In how many monthly parts"),
        min_value=1,
        max_value=MOST_INSTALMENTS,
        initial=3,
        error_messages={"required": _("Write in how many parts.")},
    )
    first_on = forms.DateField(
        label=_("First part on"),
        widget=DateInput(),
        error_messages={"required": _("Choose the day of the first part.")},
    )
    text = forms.CharField(
        label=_("Words for the customer"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why, and what exactly. It becomes a part of the agreement."),
    )
    expires_on = forms.DateField(
        label=_("Open until"),
        widget=DateInput(),
        help_text=_("It can be accepted until the end of this day."),
    )
    resume = forms.ChoiceField(
        label=pgettext_lazy("offer", "How reminders go on once it is carried out"),
        choices=Resume.choices,
        initial=Resume.KEEP_STEP,
        widget=forms.RadioSelect,
    )
    new_due_on = forms.DateField(
        label=_("New day to pay"),
        required=False,
        widget=DateInput(),
        help_text=_("After the last day on which the offer can be accepted."),
    )

    def __init__(
        self,
        *args: Any,
        most: dict[str, Decimal],
        in_parts: Decimal,
        today: date,
        currency: str,
        language: str,
        **kwargs: Any,
    ) -> None:
        """Take how much each kind can be at most, and what a plan would be about."""
        super().__init__(*args, **kwargs)
        self.in_parts, self.today = in_parts, today
        # The page shows what belongs to the kind alone; none of that may be left out.
        kind = self.data.get("kind") if self.is_bound else None
        self.fields["amount"].required = kind is None or kind in OF_MONEY
        for name in ("parts", "first_on"):
            self.fields[name].required = kind is None or kind == OfferKind.PLAN

        def money(amount: Decimal) -> str:
            return format_money(amount, currency=currency, language=language)

        hint = gettext("At most %(credit)s.") % {"credit": money(most[OfferKind.CREDIT])}
        if most[OfferKind.REFUND] > 0:
            hint += " " + gettext("Of a refund at most %(refund)s: so much was paid.") % {
                "refund": money(most[OfferKind.REFUND])
            }
        self.fields["amount"].help_text = hint
        self.fields["parts"].help_text = gettext(
            "%(amount)s is divided: all that can be asked for once the case has ended."
        ) % {"amount": money(in_parts)}


class AcceptedForm(forms.Form):
    """How the customer accepted without a link."""

    use_required_attribute = False

    how = forms.CharField(
        label=_("How it was accepted"),
        max_length=LONGEST_HOW,
        help_text=_("Who, when, on paper or in which call."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefusedForm(forms.Form):
    """Why an offer is refused; it may stay empty."""

    use_required_attribute = False

    answer = forms.CharField(
        label=pgettext_lazy("offer", "Why"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
