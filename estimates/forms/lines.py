"""The line editor's rows: read as typed, moved about, checked, and handed on.

Every row has a key of its own that is part of its fields' names, and the page posts the keys in
the order in which they stand (``lines``). So a row can be moved, copied or taken away, by the
page's script or by a plain post, without renaming any other.
"""

import uuid
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils.datastructures import MultiValueDict

from estimates.findings import words_of
from estimates.forms.rows import PATTERN_KEY, JobLineForm, LineForm, RowForm, prefix_of
from estimates.models import EstimateLine, JobTemplate, JobTemplateLine
from estimates.pricing import LineInput, Totals, net_of, totals
from estimates.services.jobs import JobLineInput
from estimates.services.lines import MOST_LINES
from estimates.states import LineKind, Necessity
from inspections.models import InspectionItem
from inspections.states import Result
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Shop

#: The kinds that are counted in hours and take the shop's rate.
HOURLY = frozenset({LineKind.LABOUR, LineKind.DIAGNOSIS, LineKind.TEARDOWN, LineKind.REASSEMBLY})


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. ``anchor`` is the id of the field that mends it."""

    position: int
    label: str
    anchor: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the rows come to; ``missing`` of them are half typed and count for nothing."""

    totals: Totals
    missing: int


class LineEditor:
    """The rows of one page, in their order, as typed (``typed``) or to be checked (``posted``)."""

    form_class: type[RowForm] = LineForm
    #: What a person has to have typed for a row to count.
    meaningful = ("description", "reason", "disclosure")

    def __init__(self, *, shop: Shop, rows: Iterable[RowForm] = ()) -> None:
        self.shop = shop
        self.rows = list(rows)
        self.message = ""

    @classmethod
    def blank(cls, shop: Shop, *, focused: bool = True) -> Self:
        """Return an editor with one row of labour to begin with."""
        editor = cls(shop=shop)
        editor.add(LineKind.LABOUR, focused=focused)
        return editor

    @classmethod
    def showing(cls, lines: Iterable[EstimateLine | JobTemplateLine], *, shop: Shop) -> Self:
        """Return an editor with what is saved."""
        editor = cls(shop=shop)
        for line in lines:
            key = str(line.key) if isinstance(line, EstimateLine) else str(uuid.uuid4())
            editor.rows.append(editor._row(key, editor._saved(line)))
        return editor

    @classmethod
    def typed(cls, data: MultiValueDict[str, str], *, shop: Shop) -> Self:
        """Return what stands on the page as it was typed, without checking any of it."""
        editor = cls(shop=shop)
        for key in _keys(data):
            values = {
                name: data.get(f"{prefix_of(key)}-{name}", "")
                for name in editor.form_class.base_fields
            }
            editor.rows.append(editor._row(key, values, removed=_is_removed(data, key)))
        return editor

    @classmethod
    def posted(cls, data: MultiValueDict[str, str], *, shop: Shop) -> Self:
        """Return what was posted, to be checked. Rows in which nothing was typed are left out."""
        editor = cls(shop=shop)
        editor.rows = [
            editor.form_class(data=data, key=row.key, removed=row.removed)
            for row in cls.typed(data, shop=shop).rows
            if row.removed or editor._is_touched(row)
        ]
        return editor

    @property
    def kept(self) -> list[RowForm]:
        """The rows that are not taken away."""
        return [row for row in self.rows if not row.removed]

    @property
    def pattern(self) -> RowForm:
        """The row from which the page's script makes new ones."""
        return self._row(PATTERN_KEY, self._prefilled(LineKind.LABOUR))

    @property
    def rate_shown(self) -> str:
        """The shop's rate as a price field shows it; empty when the shop has none."""
        return str(self.pattern["unit_price"].value() or "") if self.shop.labour_rate else ""

    def is_valid(self) -> bool:
        """Check every row that is kept; all of them, so that all errors show at once."""
        checks = [row.is_valid() for row in self.kept]
        return all(checks)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the rows, in their order, for the summary on top."""
        for position, row in enumerate(self.kept, start=1):
            if not row.is_bound:
                continue
            for name, messages in row.errors.items():
                field = row[name] if name in row.fields else row["description"]
                label = str(field.label) if name in row.fields else ""
                for message in messages:
                    yield Problem(position, label, field.id_for_label, str(message))

    def inputs(self, *, known: Container[uuid.UUID] = ()) -> list[LineInput]:
        """Return the lines as the services take them; only after ``is_valid()``.

        ``known`` are the keys of the estimate's own lines; rows with others are new ones.
        """
        keys = [uuid.UUID(row.key) for row in self.kept]
        return [
            LineInput(key=key if key in known else None, **row.cleaned_data)
            for key, row in zip(keys, self.kept, strict=True)
        ]

    def take_errors(self, error: DomainError) -> None:
        """Put what a service said about ``lines.<index>.<field>`` at the rows' fields."""
        for name, message in error.fields.items():
            first, _dot, rest = name.partition(".")
            if first != "lines":
                continue
            index, _dot, field = rest.partition(".")
            if index.isdigit():
                row = self.kept[int(index)]
                row.add_error(field if field in row.fields else None, str(message))
            else:
                self.message = str(message)

    def numbered(self) -> Iterator[tuple[int | None, RowForm]]:
        """Yield every row with its place among those that are kept, None for the others."""
        positions = iter(range(1, len(self.rows) + 1))
        for row in self.rows:
            yield (None if row.removed else next(positions)), row

    def sums(self) -> Sums:
        """Add up the rows as far as they make sense, and say at each what it comes to."""
        taxed: list[tuple[Decimal, Decimal]] = []
        missing = 0
        for row in self.kept:
            if not row.is_bound and not self._is_touched(row):
                continue
            values = self._checked(row).cleaned_data
            quantity, price = values.get("quantity"), values.get("unit_price")
            rate = values.get("tax_rate")
            if quantity is None or price is None or rate is None:
                missing += 1
                continue
            row.net = net_of(quantity=quantity, unit_price=price)
            taxed.append((row.net, rate))
        return Sums(totals=totals(taxed), missing=missing)

    def _checked(self, row: RowForm) -> RowForm:
        """Return the row with its values read, whatever errors there are."""
        if not row.is_bound:
            shown = {
                row.add_prefix(name): "" if row[name].value() is None else str(row[name].value())
                for name in row.fields
            }
            row = self.form_class(data=shown, key=row.key)
        row.is_valid()
        return row

    def perform(self, action: str) -> bool:
        """Do what a button asks: ``add:part``, ``remove:KEY``, ``restore:``, ``copy:``, ``up:``…

        Returns False when the action is none of the editor's.
        """
        verb, _colon, argument = action.partition(":")
        if verb == "add":
            if argument not in LineKind.values:
                return False
            self.add(LineKind(argument))
            return True
        acts: dict[str, Callable[[int], None]] = {
            "remove": self._remove,
            "restore": self._restore,
            "copy": self._copy,
            "uncite": self._uncite,
            "up": lambda index: self._move(index, -1),
            "down": lambda index: self._move(index, +1),
        }
        index = next((i for i, row in enumerate(self.rows) if row.key == argument), None)
        if verb not in acts or index is None:
            return False
        acts[verb](index)
        return True

    def add(self, kind: LineKind, *, focused: bool = True) -> None:
        """Put an empty row of ``kind`` at the end."""
        if len(self.rows) < MOST_LINES:
            self.rows.append(self._row(_new_key(), self._prefilled(kind), focused=focused))

    def insert(self, job: JobTemplate) -> None:
        """Put the lines of a frequent job at the end, in place of a lone row nobody touched."""
        self.rows = [row for row in self.rows if row.removed or self._is_touched(row)]
        for number, line in enumerate(job.lines.order_by("position")):
            if len(self.rows) < MOST_LINES:
                self.rows.append(self._row(_new_key(), self._saved(line), focused=number == 0))

    def offer(self, lines: Iterable[EstimateLine]) -> None:
        """Put copies of lines of other estimates at the end, as new lines."""
        for line in lines:
            self.rows.append(self._row(_new_key(), self._saved(line)))

    def cite(self, findings: Iterable[InspectionItem]) -> None:
        """Put a line for each finding at the end; its price is still to be said.

        What is urgent is needed, what needs attention recommended.
        """
        self.rows = [row for row in self.rows if row.removed or self._is_touched(row)]
        for number, finding in enumerate(findings):
            if len(self.rows) >= MOST_LINES:
                return
            values = self._prefilled(LineKind.LABOUR) | {
                "description": words_of(finding)[:300],
                "reason": finding.note[:1000],
                "necessity": (
                    Necessity.REQUIRED if finding.result == Result.URGENT else Necessity.RECOMMENDED
                ),
                "finding_id": finding.pk,
            }
            self.rows.append(self._row(_new_key(), values, focused=number == 0))

    def cited(self) -> set[uuid.UUID]:
        """Return the findings that the rows cite; only those that look like one."""
        found = set()
        for row in self.rows:
            if (finding := _finding_of(row)) is not None:
                found.add(finding)
        return found

    def show_findings(self, findings: Mapping[uuid.UUID, InspectionItem]) -> None:
        """Give each row the finding that it cites, to be shown beside it."""
        for row in self.rows:
            key = _finding_of(row)
            row.finding = findings.get(key) if key else None

    def _uncite(self, index: int) -> None:
        row = self.rows[index]
        values = dict(row.initial) | {"finding_id": None}
        self.rows[index] = self._row(row.key, values, focused=True)

    def _remove(self, index: int) -> None:
        row = self.rows[index]
        if self._is_touched(row):
            self.rows[index] = self._row(row.key, row.initial, removed=True)
        else:
            del self.rows[index]

    def _restore(self, index: int) -> None:
        row = self.rows[index]
        self.rows[index] = self._row(row.key, row.initial, focused=True)

    def _copy(self, index: int) -> None:
        if len(self.rows) < MOST_LINES:
            # The finding is mended once; its copy is another line.
            values = dict(self.rows[index].initial) | {"finding_id": None}
            copy = self._row(_new_key(), values, focused=True)
            self.rows.insert(index + 1, copy)

    def _move(self, index: int, step: int) -> None:
        target = index + step
        while 0 <= target < len(self.rows) and self.rows[target].removed:
            target += step
        if 0 <= target < len(self.rows):
            row = self.rows.pop(index)
            self.rows.insert(target, self._row(row.key, row.initial, focused=True))

    def _row(
        self, key: str, values: Any, *, removed: bool = False, focused: bool = False
    ) -> RowForm:
        return self.form_class(
            key=key,
            initial=values,
            removed=removed,
            focused=focused,
        )

    def _prefilled(self, kind: LineKind) -> dict[str, Any]:
        return {
            "kind": kind,
            "quantity": Decimal(1),
            "unit_price": self.shop.labour_rate if kind in HOURLY else None,
            "tax_rate": self.shop.tax_rate,
            "necessity": Necessity.REQUIRED,
        }

    def _saved(self, line: EstimateLine | JobTemplateLine) -> dict[str, Any]:
        values = self._prefilled(LineKind(line.kind))
        for name in self.form_class.base_fields:
            if hasattr(line, name):
                values[name] = getattr(line, name)
        if isinstance(line, JobTemplateLine):
            values["unit_price"] = self._price_of(line)
        return values

    def _price_of(self, line: JobTemplateLine) -> Decimal | None:
        if line.unit_price is None and line.kind in HOURLY:
            return self.shop.labour_rate
        return line.unit_price

    def _is_touched(self, row: RowForm) -> bool:
        """Say whether somebody typed something into a row that is not of a posted page."""
        if any(str(row.initial.get(name) or "").strip() for name in self.meaningful):
            return True
        # A price that nobody prefilled was typed: the missing description is then an error.
        price = row.initial.get("unit_price")
        return bool(str(price or "").strip()) and row.initial.get("kind") not in HOURLY


class JobLineEditor(LineEditor):
    """The rows of a frequent job."""

    form_class = JobLineForm

    def job_lines(self) -> list[JobLineInput]:
        """Return the lines as the service takes them; only after ``is_valid()``."""
        return [JobLineInput(**row.cleaned_data) for row in self.kept]

    def _prefilled(self, kind: LineKind) -> dict[str, Any]:
        return super()._prefilled(kind) | {"unit_price": None}

    def _price_of(self, line: JobTemplateLine) -> Decimal | None:
        return line.unit_price


def _finding_of(row: RowForm) -> uuid.UUID | None:
    """Read which finding a row cites, however it came onto the page."""
    if "finding_id" not in row.fields:
        return None
    try:
        return uuid.UUID(str(row["finding_id"].value() or ""))
    except ValueError:
        return None


def _new_key() -> str:
    return str(uuid.uuid4())


def _keys(data: MultiValueDict[str, str]) -> list[str]:
    """Return the rows' keys in the page's order, without what is no key and without doubles."""
    found: dict[str, None] = {}
    for text in data.getlist("lines")[:MOST_LINES]:
        try:
            found[str(uuid.UUID(text))] = None
        except ValueError:
            continue
    return list(found)


def _is_removed(data: MultiValueDict[str, str], key: str) -> bool:
    return data.get(f"{prefix_of(key)}-removed", "") == "1"
