"""Forms about how a shop works. Each is one section; what they change is audited."""

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from shopdisputes.customers import phones
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop
from shopdisputes.web.forms.countries import country_choices
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput


class ShopSection(forms.ModelForm):
    """A part of the shop's settings. The instance is only read; services write."""

    def values(self) -> dict[str, Any]:
        """Return the fields as they shall be; only after ``is_valid``."""
        return {name: self.cleaned_data[name] for name in self.fields}


class IdentityForm(ShopSection):
    """Who the shop is, as it is printed on every document."""

    country = forms.ChoiceField(label=_("Country"))
    timezone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("What a day means here: deadlines end at its midnight.")
    )
    jurisdiction = forms.ChoiceField(
        label=_("Rules of"),
        help_text=_("A repair order keeps the rules under which it was opened."),
    )

    website = forms.URLField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )

    class Meta:
        model = Shop
        fields = (
            "name",
            "legal_name",
            "registration_number",
            "tax_number",
            "mediator",
            "line1",
            "line2",
            "postal_code",
            "city",
            "country",
            "phone",
            "email",
            "website",
            "language",
            "timezone",
            "jurisdiction",
        )
        widgets = {"phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = _with_choices(self.fields["country"], country_choices())
        self.fields["timezone"] = _with_choices(
            self.fields["timezone"], [(zone, zone) for zone in sorted(available_timezones())]
        )
        self.fields["jurisdiction"] = _with_choices(self.fields["jurisdiction"], profiles.choices())
        self.fields["email"].help_text = _("Where customers' answers to our mails arrive.")
        self.initial["phone"] = phones.readable(self.instance.phone, country=self.instance.country)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            cleaned["phone"] = phones.normalize(
                cleaned.get("phone", ""), country=cleaned.get("country", self.instance.country)
            )
        except phones.NotAPhoneNumber as error:
            self.add_error("phone", str(error.message))
        return cleaned


class RatesForm(ShopSection):
    """What new lines of an estimate start with."""

    labour_rate = MoneyInput(label=_("Labour rate per hour, before tax"))
    tax_rate = DecimalInput(
        label=_("Usual tax rate, %"),
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(100),
    )

    class Meta:
        model = Shop
        fields = ("labour_rate", "tax_rate")


class SignaturesForm(ShopSection):
    """How strong a proof the shop asks for."""

    code_from_amount = MoneyInput(
        label=_("Code by e-mail from this total on"),
        required=False,
        help_text=_("With tax. Empty: never ask for a code."),
    )

    class Meta:
        model = Shop
        fields = ("signature_level", "code_from_amount")
        widgets = {"signature_level": forms.RadioSelect}


class LinksForm(ShopSection):
    """How long links and offers live, and when somebody is reminded."""

    class Meta:
        model = Shop
        fields = (
            "link_life_days",
            "estimate_validity_days",
            "expiry_reminder_days",
            "oral_objection_hours",
            "inspection_answer_days",
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        validity = cleaned.get("estimate_validity_days")
        reminder = cleaned.get("expiry_reminder_days")
        if validity is not None and reminder is not None and reminder >= validity:
            self.add_error(
                "expiry_reminder_days",
                _("This must be fewer days than an estimate is valid for."),
            )
        return cleaned


class HoursForm(ShopSection):
    """When automated mail may leave: reminders, never what a person sends by hand."""

    send_days = forms.TypedMultipleChoiceField(
        label=_("Days on which automated mail leaves"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
        help_text=_("Never on the public holidays of the shop's country."),
    )

    class Meta:
        model = Shop
        fields = ("send_days", "send_from", "send_until")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("send_from", "send_until")
        }

    def clean_send_days(self) -> list[int]:
        return sorted(self.cleaned_data["send_days"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("send_from"), cleaned.get("send_until")
        if opens and closes and opens >= closes:
            self.add_error("send_until", _("This must be later than the beginning."))
        return cleaned


class LogoForm(forms.Form):
    """A picture for the head of pages and documents."""

    file = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, at most 2 MB. It is redrawn at no more than 600 pixels a side."),
    )


class TextForm(forms.Form):
    """The wording of a text in one language."""

    body = forms.CharField(
        label=_("Wording"),
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        error_messages={"required": _("Write the text.")},
    )


def _with_choices(field: forms.Field, choices: list[Any]) -> forms.Field:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    return field
