"""What is asked before an issued invoice is credited, voided or written off."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices.models import InvoiceLine
from invoices.services.crediting import CreditLine
from shopdisputes.web.forms.fields import MoneyInput

ALL, AMOUNT, LINES = "all", "amount", "lines"


class ReasonForm(forms.Form):
    """Why something is done that cannot be undone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CreditForm(forms.Form):
    """How much of an invoice is taken back: all that is left, an amount, or amounts of lines.

    ``seen`` is what was left to credit when the page was shown.
    """

    use_required_attribute = False

    way = forms.ChoiceField(
        label=_("What is taken back"),
        choices=[
            (ALL, _("All that is not credited yet")),
            (AMOUNT, _("An amount, tax included")),
            (LINES, _("Amounts of single lines, before tax")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is taken back.")},
    )
    seen = MoneyInput(widget=forms.HiddenInput, required=False)
    amount = MoneyInput(label=_("Amount, tax included"), required=False, min_value=Decimal("0.01"))
    reason = forms.CharField(
        label=_("Reason, in words for the customer"),
        help_text=_("Printed on the credit note."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, lines: Sequence[InvoiceLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines
        for line in lines:
            self.fields[_name(line)] = MoneyInput(
                label=line.description, required=False, min_value=Decimal("0.01")
            )

    @property
    def rows(self) -> list[tuple[InvoiceLine, Any]]:
        """Each line with its field."""
        return [(line, self[_name(line)]) for line in self._lines]

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way needs."""
        values: dict[str, Any] = self.cleaned_data
        way = values.get("way")
        if way == AMOUNT and values.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", gettext("Write how much is taken back."))
        if way == LINES and not self._taken() and not self._has_line_errors():
            self.add_error(None, gettext("Write an amount at one line at least."))
        return values

    def credit_amount(self) -> Decimal | None:
        """Return the amount that is credited, None for all or for lines; after ``is_valid()``."""
        amount: Decimal | None = self.cleaned_data["amount"]
        return amount if self.cleaned_data["way"] == AMOUNT else None

    def credit_lines(self) -> list[CreditLine] | None:
        """Return what is taken back of single lines, None where an amount is."""
        if self.cleaned_data["way"] != LINES:
            return None
        return [CreditLine(line_id=line.pk, net=net) for line, net in self._taken()]

    def renamed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a service's errors at ``lines.<index>…`` under the names of the fields."""
        taken = self._taken()
        found = {}
        for name, message in fields.items():
            first, _dot, rest = name.partition(".")
            index = rest.partition(".")[0]
            if first == "lines" and index.isdigit() and int(index) < len(taken):
                found[_name(taken[int(index)][0])] = message
            else:
                found[name] = message
        return found

    def _taken(self) -> list[tuple[InvoiceLine, Decimal]]:
        values = self.cleaned_data
        return [(line, net) for line in self._lines if (net := values.get(_name(line)))]

    def _has_line_errors(self) -> bool:
        return any(_name(line) in self.errors for line in self._lines)


def _name(line: InvoiceLine) -> str:
    return f"line-{line.pk}"
