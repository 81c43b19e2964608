"""One row of the line editor: its fields and what is checked in each."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.states import LineKind, Necessity, PartCondition
from inspections.models import InspectionItem
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput

#: What stands for a row's key in the pattern from which the page's script makes new rows.
PATTERN_KEY = "__key__"


def prefix_of(key: str) -> str:
    """Return what the names of a row's fields begin with."""
    return f"line-{key}"


class RowForm(forms.Form):
    """What every row has. ``removed`` ones stay on the page until it is saved, to come back."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices)
    description = forms.CharField(label=_("What is to be done"), max_length=300)
    reason = forms.CharField(
        label=_("Why, in words for the customer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    quantity = DecimalInput(
        label=_("Hours or quantity"),
        decimal_places=3,
        min_value=Decimal("0.001"),
        max_value=Decimal("9999"),
    )
    part_condition = forms.ChoiceField(
        label=_("Condition of the part"),
        choices=[("", _("Not said")), *PartCondition.choices],
        required=False,
    )
    necessity = forms.ChoiceField(label=_("How necessary"), choices=Necessity.choices)

    def __init__(
        self,
        *,
        key: str,
        data: MultiValueDict[str, str] | dict[str, str] | None = None,
        initial: dict[str, Any] | None = None,
        removed: bool = False,
        focused: bool = False,
    ) -> None:
        super().__init__(data=data, initial=initial, prefix=prefix_of(key))
        self.key = key
        self.is_pattern = key == PATTERN_KEY
        self.removed = removed
        self.focused = focused
        #: What the row comes to before tax, once ``LineEditor.sums`` has reckoned it.
        self.net: Decimal | None = None
        #: What made the line necessary, to be shown beside it.
        self.finding: InspectionItem | None = None
        if focused:
            self.fields["description"].widget.attrs["autofocus"] = True

    @property
    def title(self) -> str:
        """What the row is called where its fields are not shown."""
        return str(self["description"].value() or "") or gettext("a line without description")

    def clean_unit_price(self) -> Decimal | None:
        """Return the price: below zero for a discount, however it was typed, else not."""
        price: Decimal | None = self.cleaned_data["unit_price"]
        if price is None:
            return None
        if self.cleaned_data.get("kind") == LineKind.DISCOUNT:
            return -abs(price)
        if price < 0:
            raise forms.ValidationError(gettext("Only a discount may be below zero."))
        return price

    def clean(self) -> dict[str, Any]:
        """Forget what does not belong to the kind chosen."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("kind") != LineKind.PART and "part_condition" in values:
            values["part_condition"] = ""
        if values.get("kind") != LineKind.TEARDOWN and "disclosure" in values:
            values["disclosure"] = ""
        return values


class LineForm(RowForm):
    """A row of an estimate."""

    unit_price = MoneyInput(label=_("Rate or unit price"), min_value=None)
    tax_rate = DecimalInput(
        label=_("Tax, %"), decimal_places=2, min_value=Decimal(0), max_value=Decimal(100)
    )
    #: The item of an inspection that made the line necessary.
    finding_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    contingent = forms.BooleanField(label=_("Only if needed after disassembly"), required=False)
    disclosure = forms.CharField(
        label=_("What disassembly means"),
        help_text=_(
            "What it costs to put back together, what cannot be used again, how long it takes "
            "at most. The customer reads it before answering."
        ),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JobLineForm(RowForm):
    """A row of a frequent job: without a price labour takes the shop's rate when it is put in."""

    unit_price = MoneyInput(
        label=_("Rate or unit price"),
        min_value=None,
        required=False,
        help_text=_("Empty: the shop's rate for hours."),
    )
