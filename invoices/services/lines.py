"""Checking the lines of a draft, and writing them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import pricing
from estimates.models import EstimateLine
from estimates.services.lines import LARGEST_QUANTITY, field_name, has_places
from estimates.states import LineKind, PartCondition
from invoices.billable import Visit, visit_of
from invoices.models import Invoice, InvoiceLine
from invoices.searching import search_text_of
from invoices.states import Classification
from shopdisputes.errors import Refused
from shopdisputes.money import LARGEST_AMOUNT, ZERO

#: More lines than any invoice that a person reads.
MOST_LINES = 300

_Problems = dict[str, str | Promise]


class LinesRefused(Refused):
    """At least one line cannot be right; ``fields`` has ``lines.<index>.<field>``, from 0."""

    code = "lines-refused"
    default_message = _("Some lines need a correction.")


class TooManyLines(Refused):
    """More lines than one invoice may have."""

    code = "too-many-lines"
    default_message = _("An invoice has 300 lines at most.")


class BelowZero(Refused):
    """The discounts are greater than what they are taken from."""

    code = "below-zero"
    default_message = _("The discounts are more than the rest of the invoice.")


class TooLarge(Refused):
    """The total is greater than a document may carry."""

    code = "total-too-large"
    default_message = _("The total is too large.")


@dataclass(frozen=True, kw_only=True)
class InvoiceLineInput:
    """One line as somebody wants to bill it, before anything is checked or rounded.

    ``line_id`` is the saved line that it replaces. ``estimate_line_id`` is any version of the
    line that the customer authorized; what is None is taken from it. ``quantity`` is hours for
    labour, else pieces; ``unit_price`` is before tax; ``tax_rate`` is in percent.
    """

    line_id: UUID | None = None
    estimate_line_id: UUID | None = None
    kind: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    part_condition: str | None = None
    classification: str = Classification.AGREED
    note: str = ""
    override_reason: str = ""


def as_input(line: InvoiceLine) -> InvoiceLineInput:
    """Return a saved line as it would be typed."""
    return InvoiceLineInput(
        line_id=line.pk,
        estimate_line_id=line.estimate_line_id,
        kind=line.kind,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        part_condition=line.part_condition,
        classification=line.classification,
        note=line.note,
        override_reason=line.override_reason,
    )


def prepare(*, invoice: Invoice, lines: Sequence[InvoiceLineInput]) -> list[InvoiceLine]:
    """Return unsaved lines for a draft, with nets and positions from 1.

    A line keeps the key and the classification of the saved one that it replaces, and points to
    the version of the estimate's line that is in force.

    Raises:
        TooManyLines: there are more than 300.
        LinesRefused: a field is not well-formed, or a line belongs to nothing here.
        BelowZero: the sum is negative.
        TooLarge: the total is more than a document may carry.
    """
    if len(lines) > MOST_LINES:
        raise TooManyLines(fields={"lines": TooManyLines.default_message})
    visit = visit_of(invoice.repair_order)
    saved = {line.pk: line for line in invoice.lines.select_related("estimate_line")}
    proposed = {
        line.pk: line
        for line in EstimateLine.objects.filter(
            revision__estimate__repair_order_id=invoice.repair_order_id,
            pk__in=[line.estimate_line_id for line in lines if line.estimate_line_id],
        )
    }
    completed = [
        _complete(line, proposed.get(line.estimate_line_id))
        for line in _continued(lines, saved, proposed)
    ]
    problems: _Problems = {}
    used: set[UUID] = set()
    for index, line in enumerate(completed):
        found = _problems_of(line)
        if line.line_id is not None and (line.line_id not in saved or line.line_id in used):
            found["line"] = _("This line belongs to nothing here.")
        if line.estimate_line_id is not None and line.estimate_line_id not in proposed:
            found["estimate_line"] = _("This line belongs to nothing here.")
        used |= {line.line_id} if line.line_id else set()
        problems |= {field_name(index, name): why for name, why in found.items()}
    if problems:
        raise LinesRefused(fields=problems)
    prepared = [
        _line(invoice, position, line, visit, proposed, saved)
        for position, line in enumerate(completed, start=1)
    ]
    _check_sums(prepared)
    return prepared


def write(*, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Replace the lines of a locked draft, and let its totals follow."""
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(lines)
    sums = pricing.totals((line.net, line.tax_rate) for line in lines)
    invoice.subtotal, invoice.tax, invoice.total = sums.subtotal, sums.tax, sums.total
    invoice.taxes = taxes_of(sums)
    invoice.search_text = search_text_of(invoice)
    invoice.save(update_fields=["subtotal", "tax", "total", "taxes", "search_text"])


def taxes_of(sums: pricing.Totals) -> list[dict[str, str]]:
    """Return the taxes of sums as an invoice keeps them, rates rising."""
    return [
        {"rate": f"{each.rate:.2f}", "base": f"{each.base:.2f}", "tax": f"{each.tax:.2f}"}
        for each in sums.taxes
    ]


def _continued(
    lines: Sequence[InvoiceLineInput],
    saved: dict[UUID, InvoiceLine],
    proposed: dict[UUID, EstimateLine],
) -> list[InvoiceLineInput]:
    """Let a line that names no saved one replace the one that bills the same authorized line."""
    named = {line.line_id for line in lines}
    waiting = {pk: line for pk, line in saved.items() if pk not in named}
    continued = []
    for line in lines:
        source = proposed.get(line.estimate_line_id) if line.estimate_line_id else None
        if line.line_id is None and source is not None:
            for pk, candidate in waiting.items():
                if candidate.estimate_line and candidate.estimate_line.key == source.key:
                    line = replace(line, line_id=pk)
                    del waiting[pk]
                    break
        continued.append(line)
    return continued


def _complete(line: InvoiceLineInput, source: EstimateLine | None) -> InvoiceLineInput:
    names = ("kind", "description", "quantity", "unit_price", "tax_rate", "part_condition")
    if source is not None:
        missing = {name: getattr(source, name) for name in names if getattr(line, name) is None}
        return replace(line, **missing)
    return line


def _line(
    invoice: Invoice,
    position: int,
    given: InvoiceLineInput,
    visit: Visit,
    proposed: dict[UUID, EstimateLine],
    saved: dict[UUID, InvoiceLine],
) -> InvoiceLine:
    # What is None was refused before.
    quantity, unit_price = given.quantity or ZERO, given.unit_price or ZERO
    source = proposed.get(given.estimate_line_id) if given.estimate_line_id else None
    known = [each for each in visit.jobs if source is not None and each.key == source.key]
    before = saved.get(given.line_id) if given.line_id else None
    line = InvoiceLine(
        shop_id=invoice.shop_id,
        invoice=invoice,
        position=position,
        kind=given.kind or "",
        description=(given.description or "").strip(),
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=given.tax_rate or ZERO,
        part_condition=given.part_condition or "",
        net=pricing.net_of(quantity=quantity, unit_price=unit_price),
        classification=before.classification if before else given.classification,
        note=given.note.strip(),
        estimate_line=known[0].line if known else source,
        answer=known[0].answer if known else None,
        override_reason=given.override_reason.strip(),
    )
    if before is not None:
        line.pk = before.pk
    return line


def _check_sums(prepared: Sequence[InvoiceLine]) -> None:
    sums = pricing.totals((line.net, line.tax_rate) for line in prepared)
    if sums.subtotal < 0 or sums.total < 0:
        raise BelowZero(fields={"lines": BelowZero.default_message})
    if sums.total > LARGEST_AMOUNT:
        raise TooLarge(fields={"lines": TooLarge.default_message})


def _problems_of(line: InvoiceLineInput) -> _Problems:
    problems: _Problems = {}
    for name, choices in (
        ("kind", LineKind.values),
        ("part_condition", ["", None, *PartCondition.values]),
        ("classification", Classification.values),
    ):
        if getattr(line, name) not in choices:
            problems[name] = _("Choose one of the list.")
    for name in ("description", "note", "override_reason"):
        field: Any = InvoiceLine._meta.get_field(name)
        if len((getattr(line, name) or "").strip()) > field.max_length:
            problems[name] = _("At most %(longest)s characters.") % {"longest": field.max_length}
    if not (line.description or "").strip():
        problems["description"] = _("Say what it is.")
    for name, why in (
        ("quantity", _quantity_problem(line.quantity)),
        ("unit_price", _price_problem(line.unit_price, line.kind)),
        ("tax_rate", _rate_problem(line.tax_rate)),
    ):
        if why:
            problems[name] = why
    if not problems:
        net = pricing.net_of(quantity=line.quantity or ZERO, unit_price=line.unit_price or ZERO)
        if abs(net) > LARGEST_AMOUNT:
            problems["unit_price"] = TooLarge.default_message
    return problems


def _quantity_problem(quantity: Decimal | None) -> str | Promise | None:
    if quantity is None:
        return _("Say how much.")
    if not has_places(quantity, 3):
        return _("At most three decimals.")
    if not 0 <= quantity <= LARGEST_QUANTITY:
        return _("Between 0 and 9999.")
    return None


def _price_problem(unit_price: Decimal | None, kind: str | None) -> str | Promise | None:
    if unit_price is None:
        return _("Say what it costs.")
    if not has_places(unit_price, 2):
        return _("At most two decimals; prices are never rounded.")
    if abs(unit_price) > LARGEST_AMOUNT:
        return _("This amount is too large.")
    if kind == LineKind.DISCOUNT and unit_price > 0:
        return _("A discount is negative.")
    if kind != LineKind.DISCOUNT and unit_price < 0:
        return _("Only a discount is negative.")
    return None


def _rate_problem(tax_rate: Decimal | None) -> str | Promise | None:
    if tax_rate is None:
        return _("Say the tax rate.")
    if not has_places(tax_rate, 2):
        return _("At most two decimals.")
    if not 0 <= tax_rate <= 100:
        return _("Between 0 and 100.")
    return None
