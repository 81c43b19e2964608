"""Forms about customers and their vehicles."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shopdisputes.customers import phones, vin
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.shops.models import Shop
from shopdisputes.web.forms.countries import country_choices


class CustomerForm(forms.ModelForm):
    """Everything known of a customer. The instance is only read; services write."""

    country = forms.ChoiceField(label=_("Country"), required=False)

    class Meta:
        model = Customer
        fields = [
            "name",
            "kind",
            "email",
            "phone",
            "language",
            "line1",
            "line2",
            "postal_code",
            "city",
            "country",
            "notes",
        ]
        widgets = {
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}
            ),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shop = shop
        if self.instance._state.adding:
            self.initial.setdefault("language", shop.language)
            self.initial.setdefault("country", shop.country)
        else:
            self.initial["phone"] = phones.readable(self.instance.phone, country=shop.country)
        self.fields["country"].choices = [("", "—"), *country_choices()]  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            choice
            for choice in self.fields["language"].choices  # type: ignore[attr-defined]
            if choice[0]
        ]
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].help_text = _("Estimates and copies are mailed there.")
        self.fields["phone"].help_text = _("In any writing; with + for another country.")
        self.fields["language"].help_text = _("The language of their mails and documents.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            cleaned["phone"] = phones.normalize(
                cleaned.get("phone", ""), country=cleaned.get("country") or self._shop.country
            )
        except phones.NotAPhoneNumber as error:
            self.add_error("phone", str(error.message))
        return cleaned

    def details(self) -> CustomerDetails:
        """Return what was typed; only after ``is_valid``."""
        return CustomerDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class CustomerChangeForm(CustomerForm):
    """The same of a customer who is known; who had an address may have links in that inbox."""

    end_links = forms.BooleanField(
        label=_("With another e-mail address, end the links sent to the old one"),
        required=False,
        initial=True,
        help_text=_(
            "Who still reads the old inbox then opens nothing of this customer's any more. Whoever"
            " tries an ended link can have a fresh one sent to the new address."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("email"):
            del self.fields["end_links"]


class VehicleForm(forms.ModelForm):
    """Everything known of a vehicle. The instance is only read; services write."""

    #: Longer than stored: people copy a VIN with spaces and dashes.
    vin = forms.CharField(label=_("VIN"), max_length=40, required=False)

    class Meta:
        model = Vehicle
        fields = ["plate", "make", "model", "year", "vin"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("plate", "vin"):
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        self.fields["year"].widget = forms.TextInput(attrs={"inputmode": "numeric"})
        self.fields["vin"].help_text = _("17 signs, on the windscreen and the registration paper.")

    def clean_vin(self) -> str:
        number = vin.normalize(self.cleaned_data["vin"])
        if len(number) > vin.LENGTH:
            raise forms.ValidationError(_("A VIN has 17 signs at most."), code="vin-too-long")
        return number

    def details(self) -> VehicleDetails:
        """Return what was typed; only after ``is_valid``."""
        return VehicleDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})
