"""How a shop bills, on one page."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices.models import BillingSettings
from invoices.references import check_bic, check_iban, compact
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput


class BillingSettingsForm(forms.ModelForm):
    """The bank account, terms and defaults. The instance is only read; the service writes."""

    use_required_attribute = False

    iban = forms.CharField(
        label="IBAN",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("With it, invoices in euros carry a code that banking programs scan."),
    )
    bic = forms.CharField(
        label="BIC",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    storage_daily_rate = MoneyInput(label=_("Storage a day, before tax"), required=False)
    storage_tax_rate = DecimalInput(
        label=_("Tax on storage, %"),
        decimal_places=2,
        min_value=ZERO,
        max_value=Decimal(100),
        required=False,
    )

    class Meta:
        model = BillingSettings
        fields = (
            "account_holder",
            "iban",
            "bic",
            "bank_details",
            "due_days",
            "late_terms",
            "tax_note",
            "guarantee",
            "ask_signature",
            "promise_grace_days",
            "plan_answer_days",
            "storage_daily_rate",
            "storage_tax_rate",
            "storage_free_days",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("bank_details", "late_terms", "guarantee")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["iban"] = grouped(self.instance.iban)
        self.fields["account_holder"].help_text = _("Empty: the shop's legal name.")
        self.fields["bank_details"].help_text = _("For banks without IBAN: printed as it is.")

    def clean_iban(self) -> str:
        """Return the number without spaces, or say that its check digits do not fit."""
        iban = compact(self.cleaned_data["iban"])
        if iban and not check_iban(iban):
            raise forms.ValidationError(
                gettext("This is no IBAN: look for a digit that is missing, doubled or swapped.")
            )
        return iban

    def clean_bic(self) -> str:
        """Return the code in capitals, or say that it is none."""
        bic = compact(self.cleaned_data["bic"])
        if bic and not check_bic(bic):
            raise forms.ValidationError(
                gettext("This is no BIC: it has 8 or 11 letters and digits.")
            )
        return bic

    def clean(self) -> dict[str, Any]:
        """Read an empty rate as none."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("storage_daily_rate", "storage_tax_rate"):
            if name in values and values[name] is None:
                values[name] = ZERO
        return values

    def values(self) -> dict[str, Any]:
        """Return the fields as they shall be; only after ``is_valid``."""
        return {name: self.cleaned_data[name] for name in self.fields}


def grouped(iban: str) -> str:
    """Write an account number as people read it: in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
