"""The ladder editor: its limits, and its steps as rows that are added and taken away.

Every row has a key of its own that is part of its fields' names, and the page posts the keys
(``rows``). The days say in which order steps come, so that no row is ever moved by hand.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from dunning import telling
from dunning.hashtags import GIVES_TIME
from dunning.models import Step
from dunning.rungs import (
    HIGHEST_RATE,
    LATEST,
    LONGEST_GAP,
    LONGEST_TIME_TO_PAY,
    MOST_STEPS,
    USUAL_TIME_TO_PAY,
    Limits,
    StepInput,
)
from dunning.services.ladders import LONGEST_NAME
from dunning.states import Channel, FeeRule, Template
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput

AFTER, BEFORE = "after", "before"
#: Notes for a phone call go with a call and are never chosen by hand.
_TEXTS = [(each.value, each.label) for each in Template if each != Template.CALL]
#: What usually follows a text; after a formal demand somebody calls.
_FOLLOWS = {
    Template.PREVENTIVE: Template.FRIENDLY,
    Template.FRIENDLY: Template.SOMETHING_WRONG,
    Template.SOMETHING_WRONG: Template.LAST,
    Template.LAST: Template.FORMAL_DEMAND,
    Template.FORMAL_DEMAND: Template.CALL,
}
_CHANNELS = {Template.FORMAL_DEMAND: Channel.LETTER, Template.CALL: Channel.CALL}


class LadderForm(forms.Form):
    """What a ladder is called, and what holds for all its steps."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    min_gap_days = forms.IntegerField(
        label=_("Days between two contacts"),
        min_value=1,
        max_value=LONGEST_GAP,
        help_text=_("With one customer, whatever the invoice and the channel."),
    )
    min_amount = MoneyInput(
        label=_("Smallest amount to remind of"), help_text=_("What is less is left in peace.")
    )
    interest_business = DecimalInput(
        label=_("Interest a year for businesses, %"),
        decimal_places=2,
        min_value=ZERO,
        max_value=HIGHEST_RATE,
        help_text=_("Reckoned only by steps that propose interest. 0: none."),
    )
    interest_person = DecimalInput(
        label=_("Interest a year for consumers, %"),
        decimal_places=2,
        min_value=ZERO,
        max_value=HIGHEST_RATE,
    )

    @classmethod
    def showing(cls, name: str, limits: Limits) -> Self:
        """Return the form with what is saved."""
        return cls(
            initial={
                "name": name,
                "min_gap_days": limits.min_gap_days,
                "min_amount": limits.min_amount,
                "interest_business": limits.interest_business,
                "interest_person": limits.interest_person,
            }
        )

    def as_typed(self) -> Self:
        """Return the form as it was typed, without checking any of it."""
        return type(self)(initial={name: self[name].data for name in self.fields})

    def limits(self) -> Limits:
        """Return what holds for all steps; only after ``is_valid``."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != "name"}
        return Limits(**values)


class StepForm(forms.Form):
    """A row: one step. ``removed`` ones stay on the page until it is saved, to come back."""

    use_required_attribute = False

    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=LATEST)
    side = forms.ChoiceField(
        label=_("Before or after"),
        choices=[(AFTER, _("after the due day")), (BEFORE, _("before the due day"))],
    )
    channel = forms.ChoiceField(label=_("How"), choices=Channel.choices)
    template = forms.ChoiceField(label=_("Text"), choices=_TEXTS, required=False)
    pay_within_days = forms.IntegerField(
        label=_("New time to pay, days"),
        min_value=0,
        max_value=LONGEST_TIME_TO_PAY,
        required=False,
    )
    requires_approval = forms.BooleanField(
        label=_("Only when somebody approves it"), required=False
    )
    fee_rule = forms.ChoiceField(
        label=_("Charge for being late"),
        choices=FeeRule.choices,
        required=False,
    )
    fee_amount = MoneyInput(label=_("Amount of the charge"), required=False)
    step_key = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self,
        *,
        key: str,
        data: MultiValueDict[str, str] | None = None,
        initial: Mapping[str, Any] | None = None,
        removed: bool = False,
        focused: bool = False,
    ) -> None:
        super().__init__(data=data, initial=dict(initial or {}), prefix=f"row-{key}")
        self.key = key
        self.removed = removed
        self.focused = focused
        if focused:
            self.fields["days"].widget.attrs["autofocus"] = True

    @property
    def title(self) -> str:
        """What the row is called: its day, as far as it is one."""
        offset = self.offset
        return str(_("A new step")) if offset is None else telling.when(offset)

    @property
    def offset(self) -> int | None:
        """The day as it was typed; None when it is no number."""
        try:
            days = int(str(self["days"].value()))
        except ValueError:
            return None
        return -days if self["side"].value() == BEFORE else days

    def clean(self) -> dict[str, Any]:
        """Forget what does not belong to what was chosen, and fill in what is usual."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("channel") == Channel.CALL:
            values["template"] = Template.CALL.value
        elif "template" in values and not values["template"]:
            self.add_error("template", _("Choose a text."))
        if "pay_within_days" in values:
            text, days = values.get("template"), values["pay_within_days"]
            if days is None or text not in GIVES_TIME:
                days = USUAL_TIME_TO_PAY.get(str(text), 0)
            values["pay_within_days"] = days
        values["fee_rule"] = values.get("fee_rule") or FeeRule.NONE.value
        if "fee_amount" in values:
            is_fixed = values["fee_rule"] == FeeRule.FIXED
            values["fee_amount"] = (values["fee_amount"] if is_fixed else None) or ZERO
        return values

    def step(self) -> StepInput:
        """Return the step as the services take it; only after ``is_valid``."""
        values = self.cleaned_data
        return StepInput(
            key=values["step_key"],
            offset_days=-values["days"] if values["side"] == BEFORE else values["days"],
            channel=values["channel"],
            template=values["template"],
            requires_approval=values["requires_approval"],
            fee_rule=values["fee_rule"],
            fee_amount=values["fee_amount"],
            pay_within_days=values["pay_within_days"],
        )

    def place_error(self, field: str, message: str) -> None:
        """Put what a service said about a step at the field that mends it."""
        name = {"offset_days": "days", "key": "days"}.get(field, field)
        self.add_error(name if name in self.fields else None, message)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. ``anchor`` is the id of the field that mends it."""

    title: str
    label: str
    anchor: str
    message: str


class LadderEditor:
    """The rows of one page, as typed (``typed``) or to be checked (``posted``)."""

    def __init__(self, rows: Iterable[StepForm] = ()) -> None:
        self.rows = list(rows)
        self.message = ""

    @classmethod
    def showing(cls, steps: Iterable[Step | StepInput]) -> Self:
        """Return an editor with what is saved."""
        return cls(StepForm(key=_new_key(), initial=_shown(step)) for step in steps)

    @classmethod
    def typed(cls, data: MultiValueDict[str, str]) -> Self:
        """Return what stands on the page as it was typed, in the order of the days."""
        rows = []
        for key in _keys(data):
            values = {name: data.get(f"row-{key}-{name}", "") for name in StepForm.base_fields}
            rows.append(StepForm(key=key, initial=values, removed=_is_removed(data, key)))
        return cls(_sorted(rows))

    @classmethod
    def posted(cls, data: MultiValueDict[str, str]) -> Self:
        """Return what was posted, to be checked."""
        rows = cls.typed(data).rows
        return cls(StepForm(key=row.key, data=data, removed=row.removed) for row in rows)

    @property
    def kept(self) -> list[StepForm]:
        """The rows that are not taken away."""
        return [row for row in self.rows if not row.removed]

    def is_valid(self) -> bool:
        """Check every row that is kept; all of them, so that all errors show at once."""
        checks = [row.is_valid() for row in self.kept]
        return all(checks)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the rows, in their order, for the summary on top."""
        for row in self.kept:
            if not row.is_bound:
                continue
            for name, messages in row.errors.items():
                field = row[name] if name in row.fields else row["days"]
                for message in messages:
                    yield Problem(row.title, str(field.label), field.id_for_label, str(message))

    def steps(self) -> list[StepInput]:
        """Return the steps as the services take them; only after ``is_valid``."""
        return [row.step() for row in self.kept]

    def take_errors(self, error: DomainError) -> dict[str, str]:
        """Put what a service said about ``steps.<index>.<field>`` at the rows' fields.

        Returns what it said about anything else.
        """
        others = {}
        for name, message in error.fields.items():
            first, _dot, rest = name.partition(".")
            index, _dot, field = rest.partition(".")
            if first == "steps" and index.isdigit():
                self.kept[int(index)].place_error(field, str(message))
            elif first == "steps":
                self.message = str(message)
            else:
                others[name] = str(message)
        return others

    def perform(self, action: str) -> bool:
        """Do what a button asks: ``add``, ``remove:KEY``, ``restore:KEY``, ``sort``.

        Returns False when the action is none of the editor's.
        """
        verb, _colon, key = action.partition(":")
        if verb == "sort":
            return True
        if verb == "add":
            self.add()
            return True
        index = next((i for i, row in enumerate(self.rows) if row.key == key), None)
        if verb not in ("remove", "restore") or index is None:
            return False
        row = self.rows[index]
        self.rows[index] = StepForm(
            key=row.key,
            initial=row.initial,
            removed=verb == "remove",
            focused=verb == "restore",
        )
        return True

    def add(self) -> None:
        """Put another step behind the last one, ten days later, with what follows its text."""
        if len(self.rows) >= MOST_STEPS:
            return
        days = [row.offset for row in self.kept if row.offset is not None]
        offset = min(max(days) + 10, LATEST) if days else 3
        template = self._following()
        step = StepInput(
            offset_days=max(offset, 3),
            channel=_CHANNELS.get(template, Channel.EMAIL),
            template=template,
            requires_approval=template == Template.FORMAL_DEMAND,
            pay_within_days=USUAL_TIME_TO_PAY.get(template, 0),
        )
        self.rows.append(StepForm(key=_new_key(), initial=_shown(step), focused=True))

    def _following(self) -> Template:
        """Return what follows the strongest text of the rows; calls have none and do not count."""
        written = {
            str(row["template"].value())
            for row in self.kept
            if row["channel"].value() != Channel.CALL
        }
        used = [text for text in _FOLLOWS if text in written]
        return _FOLLOWS[used[-1]] if used else Template.FRIENDLY


def _shown(step: Step | StepInput) -> dict[str, Any]:
    """Return a step as the fields of its row show it."""
    return {
        "days": abs(step.offset_days),
        "side": BEFORE if step.offset_days < 0 else AFTER,
        "channel": str(step.channel),
        # A call has no text. One that is made a letter starts with what may follow any due day.
        "template": str(Template.FRIENDLY if step.channel == Channel.CALL else step.template),
        "pay_within_days": step.pay_within_days or "",
        "requires_approval": step.requires_approval,
        "fee_rule": str(step.fee_rule),
        "fee_amount": step.fee_amount if step.fee_amount > Decimal(0) else "",
        "step_key": "" if step.key is None else step.key,
    }


def _sorted(rows: Iterable[StepForm]) -> list[StepForm]:
    """Return rows in the order of their days; what is no day stands at the end."""
    return sorted(rows, key=lambda row: (row.offset is None, row.offset or 0))


def _keys(data: MultiValueDict[str, str]) -> list[str]:
    """Return the keys of the rows, each once, in the order of the page."""
    found: dict[str, None] = {}
    for text in data.getlist("rows")[: MOST_STEPS * 2]:
        try:
            found[str(uuid.UUID(text))] = None
        except ValueError:
            continue
    return list(found)


def _is_removed(data: MultiValueDict[str, str], key: str) -> bool:
    return data.get(f"row-{key}-removed", "") == "1"


def _new_key() -> str:
    return str(uuid.uuid4())
