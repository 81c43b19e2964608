"""What a technician notes of a line, with gloves on and a phone in the hand."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from estimates.forms.drafting import DateInput
from estimates.states import LineKind
from invoices.progress import Job
from invoices.states import PartState, WorkState
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput

#: What the big buttons say; a stop is recorded for the whole repair.
STATES = tuple(choice for choice in WorkState.choices if choice[0] != WorkState.STOPPED)
_NULLABLE = ("hours_spent", "returnable_until")


class WorkForm(forms.Form):
    """How far one line is. Only what was changed against ``job`` is noted."""

    use_required_attribute = False

    state = forms.ChoiceField(choices=STATES, required=False)
    done_quantity = DecimalInput(required=False, label=_("Done of it"), min_value=ZERO)
    hours_spent = DecimalInput(
        required=False,
        label=_("Hours it took"),
        help_text=_("For the shop’s own eyes."),
        decimal_places=2,
        min_value=ZERO,
    )
    part_state = forms.ChoiceField(
        label=_("Where the part is"),
        choices=PartState.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    returnable_until = forms.DateField(
        required=False, label=_("The supplier takes it back until"), widget=DateInput
    )
    restocking_fee = MoneyInput(
        required=False, label=_("What the supplier keeps for taking it back, before tax")
    )
    supplier_proof = forms.FileField(
        required=False,
        label=_("The supplier’s proof"),
        help_text=_("Photo or PDF: that it was ordered specially, or what taking it back costs."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )
    note = forms.CharField(
        required=False, label=_("Note"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, files: Any = None, *, job: Job) -> None:
        work = job.work
        # Each card has its own ids; the names are the same in all of them.
        super().__init__(
            data,
            files,
            auto_id=f"{job.key}-%s",
            initial={
                "done_quantity": work.done_quantity if work else None,
                "hours_spent": work.hours_spent if work else None,
                "part_state": work.part_state if work else "",
                "returnable_until": work.returnable_until if work else None,
                "restocking_fee": work.restocking_fee if work else None,
                "note": work.note if work else "",
            },
        )
        self.job = job
        if job.line.kind == LineKind.PART:
            del self.fields["hours_spent"]
        else:
            for name in ("part_state", "returnable_until", "restocking_fee", "supplier_proof"):
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """Return what was changed, as ``services.work.note`` takes it, but for the file."""
        given = self.cleaned_data
        facts: dict[str, Any] = {}
        for name in self.fields:
            if name in ("supplier_proof", "state"):
                continue
            before, now = self.initial.get(name), given[name]
            if now != before and not _empty(now, before):
                facts[name] = now
        if given["state"]:
            facts["state"] = given["state"]
        forget = [name for name in _NULLABLE if name in facts and facts[name] is None]
        facts = {name: value for name, value in facts.items() if value is not None}
        return facts | {"forget": forget}


def _empty(now: Any, before: Any) -> bool:
    """Say whether two ways of saying nothing differ only in how they say it."""
    nothing: Iterable[Any] = (None, "", Decimal(0))
    return now in nothing and before in nothing
