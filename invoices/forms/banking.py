"""Bringing a bank's file in, saying what its columns mean, booking a line."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.bank_files.guessing import Guess, Mapping
from invoices.bank_files.lines import LARGEST_FILE, FileTooLarge, NotAStatement
from invoices.models import Invoice
from shopdisputes.money import ZERO
from shopdisputes.web.forms.fields import MoneyInput

#: A form without files may carry 2 MB.
_LARGEST_KEPT = 1_500_000
_LONGEST_SAMPLE = 24
DATE_ORDERS = [
    ("dmy", gettext_lazy("Day, month, year: 31.12.2026")),
    ("mdy", gettext_lazy("Month, day, year: 12/31/2026")),
    ("ymd", gettext_lazy("Year, month, day: 2026-12-31")),
]
MARKS = [(",", gettext_lazy("Comma: 1 234,50")), (".", gettext_lazy("Point: 1,234.50"))]
#: The roles of columns in the order in which they are asked for, and their words.
COLUMNS = {
    "date": gettext_lazy("Booking day"),
    "amount": gettext_lazy("Amount (in and out in one column)"),
    "credit": gettext_lazy("Money in (a column of its own)"),
    "direction": gettext_lazy("In or out (credit, debit)"),
    "payer": gettext_lazy("Payer"),
    "account": gettext_lazy("Payer's account"),
    "text": gettext_lazy("Text"),
    "reference": gettext_lazy("Payment reference"),
    "currency": gettext_lazy("Currency"),
}


class StatementForm(forms.Form):
    """A bank's file."""

    file = forms.FileField(
        label=gettext_lazy("Bank statement"),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt,text/csv,text/xml"}),
        help_text=gettext_lazy("CAMT.053 (XML) or CSV, at most 10 MB."),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("This file is empty."),
        },
    )


class ColumnsForm(forms.Form):
    """What the columns of a CSV file mean. The file itself comes along in ``content``."""

    content = forms.CharField(widget=forms.HiddenInput)
    filename = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)

    def __init__(self, guess: Guess, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial=_initial(guess) | kwargs.pop("initial", {}), **kwargs)
        self.guess = guess
        choices = [("", "—"), *((str(key), name) for key, name in enumerate(_names(guess)))]
        for role, label in COLUMNS.items():
            self.fields[role] = forms.ChoiceField(
                label=label, choices=choices, required=role == "date"
            )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("Order of the date"), choices=DATE_ORDERS
        )
        self.fields["mark"] = forms.ChoiceField(label=_("Decimal mark"), choices=MARKS)

    def clean(self) -> dict[str, Any]:
        """Refuse columns without money."""
        values = super().clean() or {}
        if not values.get("amount") and not values.get("credit"):
            self.add_error("amount", _("Say in which column the amount stands."))
        return values

    def mapping(self) -> Mapping:
        """Return what was said, after ``is_valid``."""
        values = self.cleaned_data
        return Mapping(
            delimiter=self.guess.mapping.delimiter,
            head=self.guess.mapping.head,
            date_order=values["date_order"],
            mark=values["mark"],
            columns={role: int(values[role]) for role in COLUMNS if values[role]},
        )


class BookingForm(forms.Form):
    """How much of a bank line goes on each open invoice: a field by the invoice's key."""

    def __init__(
        self,
        invoices: Sequence[Invoice],
        data: Any = None,
        *,
        proposed: dict[str, Decimal] | None = None,
    ) -> None:
        super().__init__(data, initial=proposed or {}, auto_id="on-%s")
        self.invoices = {str(invoice.pk): invoice for invoice in invoices}
        for key, invoice in self.invoices.items():
            self.fields[key] = MoneyInput(
                label=_("Amount for %(number)s") % {"number": invoice.number}, required=False
            )

    def allocations(self) -> list[tuple[Invoice, Decimal]]:
        """Return what goes where, after ``is_valid``; invoices that get nothing are left out."""
        return [
            (invoice, self.cleaned_data[key])
            for key, invoice in self.invoices.items()
            if self.cleaned_data[key]
        ]


def packed(content: bytes) -> str:
    """Return a file as a text that a form can carry to the next step.

    Raises:
        FileTooLarge: no form carries so much.
    """
    text = base64.b64encode(zlib.compress(content, 9)).decode()
    if len(text) > _LARGEST_KEPT:
        raise FileTooLarge
    return text


def unpacked(text: str) -> bytes:
    """Return the file that ``packed`` made a text of.

    Raises:
        NotAStatement: it is no such text.
        FileTooLarge: more would come out of it than is read.
    """
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(base64.b64decode(text, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise NotAStatement from error
    if len(content) > LARGEST_FILE:
        raise FileTooLarge
    return content


def spread(amount: Decimal, invoices: Sequence[Invoice]) -> dict[str, Decimal]:
    """Return an amount put on invoices in their order, on each no more than is owed."""
    parts: dict[str, Decimal] = {}
    left = amount
    for invoice in invoices:
        part = min(left, invoice.balance)
        if part > ZERO:
            parts[str(invoice.pk)] = part
            left -= part
    return parts


def _initial(guess: Guess) -> dict[str, str]:
    mapping = guess.mapping
    columns = {role: str(column) for role, column in mapping.columns.items()}
    return columns | {"date_order": mapping.date_order, "mark": mapping.mark}


def _names(guess: Guess) -> list[str]:
    """Return each column as a person knows it: its count, its name, what stands in it first.

    Where no row was known as the head it may be among those that are filled most, the first.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in guess.sample]
    telling = [
        row
        for row, count in zip(guess.sample, filled, strict=True)
        if guess.mapping.head >= 0 or count == max(filled)
    ]
    names = []
    for position, name in enumerate(guess.names):
        cells = [row[position].strip() for row in telling if position < len(row)]
        samples = [cell for cell in cells if cell][: 1 if guess.mapping.head >= 0 else 2]
        words = " · ".join(text[:_LONGEST_SAMPLE] for text in (name.strip(), *samples) if text)
        names.append(f"{position + 1}. {words or _('empty')}")
    return names
