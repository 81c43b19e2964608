"""Forms about repair orders."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.models import RepairOrder


class OdometerField(forms.IntegerField):
    """A whole number; ``123 456``, ``123.456`` and ``123,456`` are read as 123456."""

    _GROUPED = re.compile(r"\d{1,3}([\s.,'’]\d{3})+")

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip() if value is not None else ""
        return super().to_python(
            re.sub(r"\D", "", text) if self._GROUPED.fullmatch(text) else value
        )


class RepairOrderForm(forms.ModelForm):
    """What is noted at check-in."""

    class Meta:
        model = RepairOrder
        fields = ["concern", "odometer"]
        widgets = {"concern": forms.Textarea(attrs={"rows": 4})}
        field_classes = {"odometer": OdometerField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["concern"].help_text = _("In the customer's own words, as they said it.")
        self.fields["odometer"].widget = forms.TextInput(attrs={"inputmode": "numeric"})
        self.fields["odometer"].help_text = _("As the vehicle shows it, in km or miles.")


class WhichVehicleForm(forms.Form):
    """One of the customer's vehicles, or another one that is typed in below."""

    OTHER = "other"

    vehicle = forms.ChoiceField(label=_("Vehicle"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vehicles = {
            str(vehicle.pk): vehicle
            for vehicle in Vehicle.objects.for_shop(customer.shop)
            .filter(customer=customer)
            .order_by("-created_at")
        }
        self.fields["vehicle"].choices = [  # type: ignore[attr-defined]
            *((key, str(vehicle)) for key, vehicle in self._vehicles.items()),
            (self.OTHER, _("Another vehicle")),
        ]
        self.initial.setdefault("vehicle", next(iter(self._vehicles), self.OTHER))

    def chosen(self) -> Vehicle | None:
        """Return the vehicle; None for another one. Only after ``is_valid``."""
        return self._vehicles.get(self.cleaned_data["vehicle"])


class ReasonForm(forms.Form):
    """Why something ends or begins again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """Something worth keeping, if there is anything."""

    reason = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
