"""What is asked about storage and when a vehicle leaves."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from inspections.models import Inspection
from inspections.states import Stage
from invoices.states import CollectorAuthority, SuspensionReason
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput
from shopdisputes.web.forms.repair_orders import OdometerField


class NoticeForm(forms.Form):
    """The notice that storage will cost something."""

    use_required_attribute = False

    ready_on = forms.DateField(label=_("Ready since"), widget=DateInput)
    daily_rate = MoneyInput(label=_("A day, before tax"))
    tax_rate = DecimalInput(
        label=_("Tax, %"), decimal_places=2, min_value=Decimal("0"), max_value=Decimal("100")
    )
    free_days = forms.IntegerField(
        label=_("Free days after the notice"),
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    message = forms.CharField(
        label=_("Message to the customer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    by_email = forms.BooleanField(label=_("Send it by e-mail"), required=False)
    served_how = forms.CharField(
        label=_("How else it is given"),
        help_text=_("For example: registered letter with its number, or handed over in person."),
        max_length=300,
        required=False,
    )


class SuspendForm(forms.Form):
    """Days that are to cost nothing."""

    use_required_attribute = False

    why = forms.ChoiceField(label=_("Why"), choices=SuspensionReason.choices)
    from_on = forms.DateField(label=_("From"), widget=DateInput)
    until_on = forms.DateField(
        label=_("Until"),
        help_text=_("Both days are free. Leave it empty: until further notice."),
        required=False,
        widget=DateInput,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ResumeForm(forms.Form):
    """The last day of a suspension."""

    use_required_attribute = False
    prefix = "resume"

    until_on = forms.DateField(label=_("Last free day"), widget=DateInput)


class StopForm(forms.Form):
    """The last day that may count."""

    use_required_attribute = False
    prefix = "stop"

    stopped_on = forms.DateField(label=_("Last day that counts"), widget=DateInput)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class HandOverForm(forms.Form):
    """Who collects the vehicle, and what goes with it."""

    use_required_attribute = False

    happened_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    odometer = OdometerField(
        label=_("Odometer"),
        min_value=0,
        max_value=9_999_999,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    collected_by = forms.CharField(label=_("Who collects it"), max_length=200)
    authority = forms.ChoiceField(
        label=_("By what right"), choices=CollectorAuthority.choices, widget=forms.RadioSelect
    )
    identity_checked = forms.BooleanField(label=_("Identity checked"), required=False)
    items_returned = forms.CharField(
        label=_("Handed over with it"),
        help_text=_("Keys, replaced parts, documents."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    check_out = forms.ModelChoiceField(
        label=_("Check-out inspection"),
        queryset=Inspection.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    remarks = forms.CharField(
        label=_("Remarks of whoever collects it"),
        help_text=_("In their own words."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    approval_reason = forms.CharField(
        label=_("Why it leaves without full payment"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    with_signature = forms.BooleanField(
        label=_("Have it signed here, on this device"), required=False
    )

    def __init__(
        self, *args: Any, repair_order: RepairOrder, needs_approval: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approval_reason"].required = needs_approval
        finished = (
            Inspection.objects.for_shop(repair_order.shop)
            .filter(repair_order=repair_order, stage=Stage.CHECK_OUT)
            .finished()
            .order_by("-completed_at", "-number")
        )
        self.fields["check_out"].queryset = finished  # type: ignore[attr-defined]
