"""The rows of a draft's editor: what is billed, and why although something is missing."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from estimates.forms.lines import LineEditor
from estimates.forms.rows import RowForm
from estimates.states import LineKind
from invoices.models import InvoiceLine
from invoices.services.drafting import InvoiceLineInput
from invoices.states import Gap
from shopdisputes.shops.models import Shop
from shopdisputes.web.forms.fields import DecimalInput, MoneyInput


class InvoiceRowForm(RowForm):
    """A row of an invoice's draft.

    ``line`` is the saved line, None in a new row; ``gaps`` and ``basis`` are what is known of it
    as it was saved last.
    """

    reason = None  # type: ignore[assignment]
    necessity = None  # type: ignore[assignment]
    description = forms.CharField(label=_("What was done"), max_length=300)
    # Zero says what is not billed.
    quantity = DecimalInput(
        label=_("Hours or quantity"),
        decimal_places=3,
        min_value=Decimal(0),
        max_value=Decimal(9999),
    )
    unit_price = MoneyInput(label=_("Rate or unit price"), min_value=None)
    tax_rate = DecimalInput(
        label=_("Tax, %"), decimal_places=2, min_value=Decimal(0), max_value=Decimal(100)
    )
    note = forms.CharField(
        label=_("Why this much, in words for the customer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    override_reason = forms.CharField(
        label=_("Bill it all the same: why"),
        help_text=_("Only a manager can. The reason is kept and printed in the evidence."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.line: InvoiceLine | None = None
        self.gaps: list[Gap] = []
        self.basis: Any = None


class InvoiceLineEditor(LineEditor):
    """The rows of a draft."""

    form_class = InvoiceRowForm
    meaningful = ("description", "note", "override_reason")

    @classmethod
    def of(cls, lines: Iterable[InvoiceLine], *, shop: Shop) -> Self:
        """Return an editor with what is saved; a row's key is that of its line."""
        editor = cls(shop=shop)
        for line in lines:
            values = {name: getattr(line, name) for name in editor.form_class.base_fields}
            editor.rows.append(editor._row(str(line.pk), values))
        return editor

    def show_lines(
        self,
        lines: Mapping[UUID, InvoiceLine],
        *,
        gaps: Mapping[UUID, Sequence[Gap]],
        bases: Mapping[UUID, Any],
    ) -> None:
        """Give each row the saved line that it stands for, what is missing there, and its basis."""
        for row in self.rows:
            line = lines.get(UUID(row.key))
            if isinstance(row, InvoiceRowForm) and line is not None:
                row.line = line
                row.gaps = list(gaps.get(line.pk, ()))
                row.basis = bases.get(line.pk)

    def invoice_lines(self, known: Mapping[UUID, InvoiceLine]) -> list[InvoiceLineInput]:
        """Return the lines as the service takes them; only after ``is_valid()``.

        ``known`` are the draft's own lines; rows with other keys are new ones.
        """
        found = []
        for row in self.kept:
            line = known.get(UUID(row.key))
            found.append(
                InvoiceLineInput(
                    line_id=line.pk if line else None,
                    estimate_line_id=line.estimate_line_id if line else None,
                    **row.cleaned_data,
                )
            )
        return found

    def _prefilled(self, kind: LineKind) -> dict[str, Any]:
        values = super()._prefilled(kind)
        del values["necessity"]
        return values
