"""What stands above and below the lines: validity, deposit, why it was revised."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates.models import EstimateRevision, JobTemplate
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.forms.fields import MoneyInput

#: No price stands for longer than this.
LONGEST_VALIDITY = timedelta(days=365)


class DateInput(forms.DateInput):
    """The browser's own calendar, which reads and writes ISO days whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class HeadForm(forms.Form):
    """The facts of a draft beside its lines."""

    use_required_attribute = False

    valid_until = forms.DateField(label=_("Valid until"), widget=DateInput)
    deposit_amount = MoneyInput(
        label=_("Deposit asked for, with tax"),
        required=False,
        help_text=_("Empty: none. It is a payment on account, set off against the invoice."),
    )
    reason = forms.CharField(
        label=_("Why it was revised"),
        help_text=_("The customer reads it above the lines that changed."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, revision_number: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        if revision_number == 1:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True

    def clean_valid_until(self) -> date:
        """Refuse a day that is over and one too far ahead."""
        day: date = self.cleaned_data["valid_until"]
        if day < self._today:
            raise forms.ValidationError(gettext("This day is already over."))
        if day > self._today + LONGEST_VALIDITY:
            raise forms.ValidationError(gettext("An estimate is valid for a year at most."))
        return day

    def as_typed(self) -> "HeadForm":
        """Return the form as it was typed, without checking any of it."""
        typed = {name: self[name].data for name in self.fields}
        number = 2 if "reason" in self.fields else 1
        return HeadForm(revision_number=number, today=self._today, initial=typed)

    @classmethod
    def beginning(cls, *, shop: Shop, today: date) -> "HeadForm":
        """Return the form of a new estimate, prefilled."""
        validity = timedelta(days=shop.estimate_validity_days)
        return cls(revision_number=1, today=today, initial={"valid_until": today + validity})

    @classmethod
    def showing(cls, revision: EstimateRevision, *, today: date) -> "HeadForm":
        """Return the form of a saved draft."""
        return cls(
            revision_number=revision.number,
            today=today,
            initial={
                "valid_until": revision.valid_until,
                "deposit_amount": revision.deposit_amount or None,
                "reason": revision.reason,
            },
        )


class JobForm(forms.Form):
    """The name of a frequent job and the language of its lines."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("The language in which its lines are written."),
    )
    is_active = forms.BooleanField(label=_("Offered in the editor"), required=False, initial=True)

    def as_typed(self) -> "JobForm":
        """Return the form as it was typed, without checking any of it."""
        typed = {name: self[name].data for name in self.fields}
        return JobForm(initial=typed)

    @classmethod
    def showing(cls, job: JobTemplate) -> "JobForm":
        """Return the form of a saved job."""
        return cls(
            initial={"name": job.name, "language": job.language, "is_active": job.is_active},
        )


class ReasonForm(forms.Form):
    """The reason of a withdrawal or a revision."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CopyForm(forms.Form):
    """On which repair order a copy is made."""

    repair_order = forms.CharField(label=_("Repair order"), max_length=20)

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shop = shop

    def clean_repair_order(self) -> RepairOrder:
        """Return the shop's order of that number."""
        number: str = self.cleaned_data["repair_order"].strip()
        order = RepairOrder.objects.for_shop(self._shop).filter(number__iexact=number).first()
        if order is None:
            raise forms.ValidationError(gettext("There is no repair order with this number."))
        return order
