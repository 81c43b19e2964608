"""What customers and resolvers fill in: what is contested, messages, answers, endings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files import File
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from disputes.forms.offering import InParts
from disputes.models import DisputeReason
from disputes.services.answers import LONGEST_ANSWER, LONGEST_PROPOSAL
from disputes.services.ending_offers import LONGEST_ANSWER as LONGEST_REFUSAL
from disputes.services.messaging import LONGEST_MESSAGE
from disputes.services.offer_terms import LONGEST_TEXT
from disputes.services.opening import LONGEST_COMMENT, Contested
from disputes.services.resolving import LONGEST_NOTE
from disputes.states import OfferKind
from invoices.models import Invoice, InvoiceLine
from invoices.public_forms import DayInput
from invoices.services.plan_terms import MOST_INSTALMENTS
from shopdisputes.web.forms.fields import MoneyInput

_TOO_LONG = {"max_length": _("At most 4,000 characters.")}
#: What the fields of the whole invoice are called after.
WHOLE = "whole"
_TICK = "tick_"


@dataclass(frozen=True, kw_only=True)
class Contestable:
    """A line, or the whole invoice (``line`` None), and how much of it can be contested."""

    invoice: Invoice
    line: InvoiceLine | None
    most: Decimal

    @property
    def key(self) -> str:
        """What its fields are called after."""
        return str(self.line.pk) if self.line else WHOLE


@dataclass(frozen=True)
class Row:
    """A contestable amount with its two fields."""

    of: Contestable
    tick: BoundField
    amount: BoundField


class FilesForm(forms.Form):
    """A form that brings files along; the service judges them, not the form."""

    #: What the service says of a file.
    files_problem = ""

    def __init__(self, *args: Any, files_sent: Sequence[File] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.files_sent = files_sent


class ContestForm(FilesForm):
    """What is contested, why, and in the customer's words. Nothing is ticked beforehand."""

    reason = forms.ModelChoiceField(
        queryset=DisputeReason.objects.none(),
        label=_("What is it about?"),
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("Choose what it is about."),
        },
    )
    comment = forms.CharField(
        label=_("What happened?"),
        max_length=LONGEST_COMMENT,
        error_messages=_TOO_LONG | {"required": _("Please write what happened.")},
    )

    def __init__(
        self,
        *args: Any,
        contestable: Sequence[Contestable],
        reasons: Sequence[DisputeReason],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contestable = contestable
        self.reasons = reasons
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ModelChoiceField)
        if reasons:
            own = DisputeReason.objects.for_shop(reasons[0].shop)
            reason.queryset = own.filter(pk__in=[each.pk for each in reasons])
        for each in contestable:
            self.fields[f"{_TICK}{each.key}"] = forms.BooleanField(required=False)
            self.fields[f"amount_{each.key}"] = MoneyInput(
                label=_("Contested amount, with tax"), required=False, initial=each.most
            )

    def rows(self) -> Iterator[Row]:
        """Return what can be ticked, with its fields."""
        for each in self.contestable:
            yield Row(each, self[f"{_TICK}{each.key}"], self[f"amount_{each.key}"])

    def clean(self) -> dict[str, Any]:
        """Refuse what is contradictory, where it is to be ticked; the rest does not count."""
        given = dict(super().clean() or {})
        ticked = [each for each in self.contestable if given.get(f"{_TICK}{each.key}")]
        for each in self.contestable:
            if each not in ticked:
                self.errors.pop(f"amount_{each.key}", None)
        whole = [each for each in ticked if each.line is None]
        if not ticked and self.contestable:
            self.add_error(f"{_TICK}{self.contestable[0].key}", _("Tick what is wrong."))
        elif whole and len(ticked) > 1:
            self.add_error(
                f"{_TICK}{whole[0].key}",
                _("Tick either the whole invoice or single lines, not both."),
            )
        return given

    def ticked(self) -> list[Contestable]:
        """Return what a valid form contests, in the page's order."""
        return [each for each in self.contestable if self.cleaned_data[f"{_TICK}{each.key}"]]

    def contested(self) -> list[Contested]:
        """Return the same as the service takes it; an empty amount is all of it."""
        return [
            Contested(
                invoice=each.invoice,
                line=each.line,
                amount=self.cleaned_data[f"amount_{each.key}"],
            )
            for each in self.ticked()
        ]

    def field_of(self, name: str) -> str:
        """Return where a problem of the service belongs: ``items.<n>…`` to the row it is about."""
        part, _dot, rest = name.partition(".")
        if part != "items" or not rest:
            return name
        return f"amount_{self.ticked()[int(rest.partition('.')[0])].key}"


def ticked_in(sent: Mapping[str, Any]) -> list[str]:
    """Return the keys of what was ticked in a form that was sent, contestable or not any more."""
    return [name.removeprefix(_TICK) for name in sent if name.startswith(_TICK)]


class MessageForm(FilesForm):
    """What the customer writes to the shop."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        error_messages=_TOO_LONG | {"required": _("Please write something.")},
    )


class WithdrawForm(forms.Form):
    """That nothing is contested any more; words may be left out."""

    note = forms.CharField(
        label=_("Anything that we should know"),
        required=False,
        max_length=LONGEST_NOTE,
        error_messages=_TOO_LONG,
    )


class ReopenForm(FilesForm):
    """What is new."""

    note = forms.CharField(
        label=_("What is new?"),
        max_length=LONGEST_NOTE,
        error_messages=_TOO_LONG | {"required": _("Please write what is new.")},
    )


class OfferForm(InParts):
    """How the customer would settle it. What does not belong to the kind does not count."""

    kind = forms.ChoiceField(
        label=_("What do you propose?"),
        error_messages={"required": _("Choose what you propose.")},
    )
    amount = MoneyInput(label=_("Amount, with tax"), required=False)
    parts = forms.IntegerField(
        label=_("In how many monthly parts"),
        min_value=1,
        max_value=MOST_INSTALMENTS,
        required=False,
    )
    first_on = forms.DateField(label=_("First part on"), widget=DayInput(), required=False)
    text = forms.CharField(
        label=_("Why, and what exactly"),
        required=False,
        max_length=LONGEST_TEXT,
        error_messages=_TOO_LONG,
    )

    def __init__(
        self,
        *args: Any,
        most: Mapping[str, Decimal],
        in_parts: Decimal,
        today: date,
        **kwargs: Any,
    ) -> None:
        """Take how much each kind can be at most, and what a plan would be about; zero: none."""
        kwargs.setdefault("auto_id", "id_offer_%s")
        super().__init__(*args, **kwargs)
        self.in_parts, self.today = in_parts, today
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            ("", _("Please choose")),
            (OfferKind.CREDIT, _("You take the amount off the invoice")),
            *(
                [(OfferKind.REFUND, _("You give the amount back to me"))]
                if most[OfferKind.REFUND] > 0
                else []
            ),
            (OfferKind.REWORK, _("You do the work again, without charge")),
            *([(OfferKind.PLAN, _("I pay in monthly parts"))] if in_parts > 0 else []),
        ]


class RefuseOfferForm(forms.Form):
    """Why an offer does not suit; it may stay empty."""

    answer = forms.CharField(
        label=_("What would suit you better?"),
        required=False,
        max_length=LONGEST_REFUSAL,
        error_messages={"max_length": _("At most 1000 characters.")},
    )


class AnswerForm(FilesForm):
    """What a resolver knows, and would offer."""

    text = forms.CharField(
        label=_("What do you know about it?"),
        max_length=LONGEST_ANSWER,
        error_messages=_TOO_LONG | {"required": _("Please write your answer.")},
    )
    proposal = forms.CharField(
        label=_("What would you offer the customer?"),
        required=False,
        max_length=LONGEST_PROPOSAL,
        error_messages={"max_length": _("At most 500 characters.")},
    )
    amount = MoneyInput(label=_("Amount of your proposal, with tax"), required=False)
