"""Step 1 of a dispute: what is contested, why, how much, and who looks into it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disputes.billed import billed_for
from disputes.forms.choosing import MemberField
from disputes.models import DisputeItem, DisputeReason
from disputes.services.opening import LONGEST_COMMENT, Contested, NothingContested
from disputes.taken import Taken
from invoices.collecting import Standing
from invoices.models import Invoice, InvoiceLine
from shopdisputes.customers.models import Customer
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import MoneyInput

Words = str | Promise

_CENT = Decimal("0.01")
_PICK, _AMOUNT = "pick-", "amount-"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something that can be contested: a line, or a whole invoice (``line`` None).

    ``case``: the number of the case in which it is contested already; ``rework``: of the request
    by which it is to be done again.
    """

    invoice: Invoice
    line: InvoiceLine | None
    billed: Decimal
    proposed: Decimal
    ticked: bool
    case: str = ""
    rework: str = ""

    @property
    def key(self) -> str:
        """What its fields are named after."""
        return str(self.line.pk if self.line else self.invoice.pk)

    @property
    def is_taken(self) -> bool:
        """Whether it cannot be chosen."""
        return bool(self.case or self.rework)

    @property
    def contested(self) -> Contested:
        """What the service takes, all of it."""
        return Contested(invoice=self.invoice, line=self.line)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A choice with its two controls, as the page draws it; none where it is taken already."""

    choice: Choice
    pick: BoundField | None
    amount: BoundField | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """An invoice as a whole, and its lines; ``open_lines``: some of them are chosen."""

    invoice: Invoice
    standing: Standing
    whole: Row
    lines: Sequence[Row] = field(default_factory=list)
    open_lines: bool = False


class OpeningForm(forms.Form):
    """Step 1. Of each choice the page posts ``pick-<key>`` and ``amount-<key>``.

    Lines that are ticked are contested alone; an invoice without a ticked line as a whole.
    """

    use_required_attribute = False

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=DisputeReason.objects.none(),
        empty_label=_("Choose a reason"),
        error_messages={"required": _("Choose a reason.")},
    )
    comment = forms.CharField(
        label=_("What the customer says"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In the customer's own words, as completely as you can."),
        error_messages={"required": _("Write what the customer says.")},
    )
    resolver_name = forms.CharField(
        label=_("Resolver"),
        max_length=200,
        required=False,
        help_text=_("Who knows the matter and answers it. Needs no account."),
    )
    resolver_email = forms.EmailField(
        label=_("Resolver's e-mail"),
        required=False,
        help_text=_("Without one, the reason's own resolver is taken, if it has one."),
    )
    owner = MemberField(
        label=_("Who looks after the case"), required=False, empty_label=_("Nobody yet")
    )
    tell_customer = forms.BooleanField(
        label=_("Tell the customer by e-mail"),
        required=False,
        initial=True,
        help_text=_("With the case's number, what is not asked for now, and a page to write on."),
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        choices: Sequence[Choice],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        shop = customer.shop
        if not customer.email:
            del self.fields["tell_customer"]
        self._choices = [choice for choice in choices if not choice.is_taken]
        self._taken = [choice for choice in choices if choice.is_taken]
        reason, owner = self.fields["reason"], self.fields["owner"]
        assert isinstance(reason, forms.ModelChoiceField)
        assert isinstance(owner, MemberField)
        reasons = DisputeReason.objects.for_shop(shop).filter(is_active=True)
        reason.queryset = reasons.order_by("position", "code")
        owner.offer(shop)
        for choice in self._choices:
            self.fields[_PICK + choice.key] = forms.BooleanField(
                label=choice.line.description if choice.line else choice.invoice.number,
                required=False,
                initial=choice.ticked,
            )
            self.fields[_AMOUNT + choice.key] = MoneyInput(
                label=_("Contested amount, tax included"),
                required=False,
                min_value=_CENT,
                max_value=choice.billed,
                initial=choice.proposed,
                error_messages={"max_value": _("More than was billed.")},
            )

    @property
    def plain(self) -> list[BoundField]:
        """The fields below what is contested."""
        return [self[name] for name in ("reason", "comment", "resolver_name", "resolver_email")]

    def groups(self, standings: Mapping[Any, Standing]) -> Iterator[Group]:
        """Yield what can be chosen, invoice by invoice, in the order of the choices."""
        everything = [*self._choices, *self._taken]
        for whole in sorted(
            (choice for choice in everything if choice.line is None),
            key=lambda choice: (choice.invoice.due_on, choice.invoice.number),
        ):
            lines = sorted(
                (
                    choice
                    for choice in everything
                    if choice.line is not None and choice.invoice.pk == whole.invoice.pk
                ),
                key=lambda choice: choice.line.position if choice.line else 0,
            )
            rows = [self._row(choice) for choice in lines]
            yield Group(
                invoice=whole.invoice,
                standing=standings[whole.invoice.pk],
                whole=self._row(whole),
                lines=rows,
                # What is chosen, or cannot be any more, is seen at once.
                open_lines=any(row.pick is None or row.pick.value() for row in rows),
            )

    def contested(self) -> list[Contested]:
        """Return what is contested with its amounts; only after ``is_valid``."""
        return [
            Contested(
                invoice=choice.invoice,
                line=choice.line,
                amount=self.cleaned_data[_AMOUNT + choice.key],
            )
            for choice in self._picked()
        ]

    def renamed(self, fields: Mapping[str, Words]) -> dict[str, Words]:
        """Return a service's problems by this form's names (``items.0.amount`` is a control)."""
        picked = list(self._picked())
        found: dict[str, Words] = {}
        for name, problem in fields.items():
            head, _dot, rest = name.partition(".")
            index = rest.partition(".")[0]
            if head == "items" and index.isdigit() and int(index) < len(picked):
                found[_AMOUNT + picked[int(index)].key] = problem
            else:
                found[name] = problem
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(True for _choice in self._picked()):
            self.add_error(None, str(NothingContested.default_message))
        for choice in self._picked():
            name = _AMOUNT + choice.key
            if name not in self.errors and not cleaned.get(name):
                cleaned[name] = choice.proposed or choice.billed
        return cleaned

    def _picked(self) -> Iterator[Choice]:
        ticked = [choice for choice in self._choices if self.cleaned_data.get(_PICK + choice.key)]
        with_lines = {choice.invoice.pk for choice in ticked if choice.line}
        for choice in ticked:
            if choice.line is not None or choice.invoice.pk not in with_lines:
                yield choice

    def _row(self, choice: Choice) -> Row:
        if choice.is_taken:
            return Row(choice=choice, pick=None, amount=None)
        return Row(choice=choice, pick=self[_PICK + choice.key], amount=self[_AMOUNT + choice.key])


def says(posted: Mapping[str, str], items: Sequence[DisputeItem]) -> bool:
    """Say whether a posted form ticks just these items, each at its amount or with none typed."""
    amounts = {str(item.line_id or item.invoice_id): item.amount for item in items}
    ticked = {name.removeprefix(_PICK) for name in posted if name.startswith(_PICK)}
    # Beside lines that are ticked their invoice does not count.
    ticked -= {str(item.invoice_id) for item in items if item.line_id}
    if not ticked or ticked != amounts.keys():
        return False
    typed = MoneyInput(required=False)
    try:
        given = {key: typed.clean(posted.get(_AMOUNT + key, "")) for key in ticked}
    except forms.ValidationError:
        return False
    return all(given[key] in (None, amounts[key]) for key in ticked)


def choices_of(
    invoices: Iterable[Invoice],
    lines: Iterable[InvoiceLine],
    standings: Mapping[Any, Standing],
    *,
    ticked: set[Any],
    taken: Taken,
) -> list[Choice]:
    """Return what of invoices can be contested, with the amount that is proposed for each.

    ``ticked`` holds keys of invoices and lines.
    """
    found = []
    by_invoice = {invoice.pk: invoice for invoice in invoices}
    for invoice in by_invoice.values():
        figures = standings[invoice.pk].figures
        room = max(ZERO, invoice.total - taken.amounts.get(invoice.pk, ZERO))
        left = max(ZERO, figures.balance - figures.disputed)
        found.append(
            Choice(
                invoice=invoice,
                line=None,
                billed=invoice.total,
                proposed=min(left, room) or room,
                ticked=invoice.pk in ticked,
                case=taken.cases.get(invoice.pk, ""),
                rework=taken.reworks.get(invoice.pk, ""),
            )
        )
    for line in lines:
        invoice = by_invoice[line.invoice_id]
        billed = billed_for(invoice, line)
        if billed > 0:
            found.append(
                Choice(
                    invoice=invoice,
                    line=line,
                    billed=billed,
                    proposed=billed,
                    ticked=line.pk in ticked,
                    case=taken.cases.get(line.pk, ""),
                    rework=taken.reworks.get(line.pk, ""),
                )
            )
    return found


class ClaimForm(forms.Form):
    """What the desk adds to a customer's complaint to make a case of it."""

    use_required_attribute = False

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=DisputeReason.objects.none(),
        empty_label=_("Choose a reason"),
        error_messages={"required": _("Choose a reason.")},
    )
    line = forms.ModelChoiceField(
        label=_("What it is about"),
        queryset=InvoiceLine.objects.none(),
        required=False,
        empty_label=_("The whole invoice"),
    )
    amount = MoneyInput(
        label=_("Contested amount, tax included"),
        required=False,
        min_value=_CENT,
        help_text=_("Leave it empty to contest all of it."),
    )
    owner = MemberField(
        label=_("Who looks after the case"), required=False, empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason, line, owner = (self.fields[name] for name in ("reason", "line", "owner"))
        assert isinstance(reason, forms.ModelChoiceField)
        assert isinstance(line, forms.ModelChoiceField)
        assert isinstance(owner, MemberField)
        reasons = DisputeReason.objects.for_shop(invoice.shop).filter(is_active=True)
        reason.queryset = reasons.order_by("position", "code")
        lines = InvoiceLine.objects.for_shop(invoice.shop).filter(invoice=invoice, net__gt=0)
        line.queryset = lines.in_order()
        owner.offer(invoice.shop)

    def renamed(self, fields: Mapping[str, Words]) -> dict[str, Words]:
        """Return a service's problems by this form's names."""
        names = {"items.0.amount": "amount", "items.0": "line"}
        return {names.get(name, name): words for name, words in fields.items()}
