"""The checklist editor: rows read as typed, moved about, checked, and handed on.

Every row has a key of its own that is part of its fields' names, and the page posts the keys in
the order in which they stand (``rows``). So a row can be moved, copied or taken away, by the
page's script or by a plain post, without renaming any other.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.datastructures import MultiValueDict

from inspections.forms.checklist_rows import (
    ITEM,
    OWN_KEY,
    PATTERN_KEY,
    SECTION,
    HeadForm,
    ItemForm,
    Pairs,
    RowForm,
    SectionForm,
    Words,
    prefix_of,
)
from inspections.services.checklists import MOST_ITEMS, ItemDraft
from inspections.states import ItemKind, PhotoRule
from shopdisputes.errors import DomainError

#: Items and headings together; below the number of fields that a page may post.
MOST_ROWS = MOST_ITEMS + 40
_FORMS: dict[str, type[RowForm]] = {SECTION: SectionForm, ITEM: ItemForm}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. ``anchor`` is the id of the field that mends it."""

    title: str
    label: str
    anchor: str
    message: str


class ChecklistEditor:
    """The rows of one page, in their order, as typed (``typed``) or to be checked (``posted``).

    ``language`` is the shop's own; ``pairs`` is what items can be compared with at the other
    stage, None where nothing is compared.
    """

    def __init__(self, *, language: str, pairs: Pairs | None) -> None:
        self.language = language
        self.pairs = pairs
        self.rows: list[RowForm] = []
        self.message = ""

    @classmethod
    def blank(cls, *, language: str, pairs: Pairs | None) -> Self:
        """Return an editor with one empty item to begin with."""
        editor = cls(language=language, pairs=pairs)
        editor.add(ITEM, focused=False)
        return editor

    @classmethod
    def showing(cls, items: Sequence[ItemDraft], *, language: str, pairs: Pairs | None) -> Self:
        """Return an editor with what is saved; a heading stands where the section changes."""
        editor = cls(language=language, pairs=pairs)
        section: Words = {}
        for item in items:
            if dict(item.section) != section:
                editor._append(SECTION, _initial("name", item.section))
            section = dict(item.section)
            editor._append(ITEM, _values(item))
        return editor

    @classmethod
    def typed(cls, data: MultiValueDict[str, str], *, language: str, pairs: Pairs | None) -> Self:
        """Return what stands on the page as it was typed, without checking any of it."""
        editor = cls(language=language, pairs=pairs)
        for key in _keys(data):
            prefix = f"{prefix_of(key)}-"
            values = {
                name.removeprefix(prefix): data.get(name, "")
                for name in data
                if name.startswith(prefix)
            }
            removed = values.get("removed") == "1"
            editor.rows.append(editor._row(_sort(data, key), key, values, removed=removed))
        return editor

    @classmethod
    def posted(cls, data: MultiValueDict[str, str], *, language: str, pairs: Pairs | None) -> Self:
        """Return what was posted, to be checked. Rows in which nothing was typed are left out."""
        editor = cls.typed(data, language=language, pairs=pairs)
        editor.rows = [
            editor._row(row.sort, row.key, None, data=data, removed=row.removed)
            for row in editor.rows
            if row.removed or row.sort == SECTION or _is_touched(row)
        ]
        return editor

    @property
    def kept(self) -> list[RowForm]:
        """The rows that are not taken away."""
        return [row for row in self.rows if not row.removed]

    @property
    def patterns(self) -> list[RowForm]:
        """The rows from which the page's script makes new ones."""
        return [self._row(sort, PATTERN_KEY, self._prefilled(sort)) for sort in _FORMS]

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
                field = row[name] if name in row.fields else row.own_name
                for message in messages:
                    yield Problem(row.title, str(field.label), field.id_for_label, str(message))

    def drafts(self) -> list[ItemDraft]:
        """Return the items as the service takes them; only after ``is_valid()``."""
        return [draft for _row, draft in self._drafts()]

    def take_errors(self, error: DomainError) -> None:
        """Put what a service said about ``items.<index>.<field>`` at the rows' fields."""
        rows = [row for row, _draft in self._drafts()]
        for name, message in error.fields.items():
            first, _dot, rest = name.partition(".")
            if first != "items":
                continue
            index, _dot, field = rest.partition(".")
            if index.isdigit():
                rows[int(index)].place_error(field, str(message))
            else:
                self.message = str(message)

    def perform(self, action: str) -> bool:
        """Do what a button asks: ``add:item``, ``remove:KEY``, ``restore:``, ``copy:``, ``up:``…

        Returns False when the action is none of the editor's.
        """
        verb, _colon, argument = action.partition(":")
        if verb == "add":
            if argument in _FORMS:
                self.add(argument)
            return argument in _FORMS
        acts: dict[str, Callable[[int], None]] = {
            "remove": self._remove,
            "restore": lambda index: self._remake(index, focused=True),
            "copy": self._copy,
            "up": lambda index: self._move(index, -1),
            "down": lambda index: self._move(index, +1),
        }
        index = next((i for i, row in enumerate(self.rows) if row.key == argument), None)
        if verb not in acts or index is None:
            return False
        acts[verb](index)
        return True

    def add(self, sort: str, *, focused: bool = True) -> None:
        """Put an empty heading or item at the end."""
        if len(self.rows) < MOST_ROWS:
            self._append(sort, self._prefilled(sort), focused=focused)

    def _drafts(self) -> Iterator[tuple[RowForm, ItemDraft]]:
        section: Words = {}
        for row in self.kept:
            if not isinstance(row, ItemForm):
                section = row.words("name")
                continue
            values = row.cleaned_data
            # At a stage that is compared with none a key would say nothing.
            chosen = "" if self.pairs is None else values.get("pair_key", "")
            yield (
                row,
                ItemDraft(
                    section=section,
                    name=row.words("name"),
                    help=row.words("help"),
                    kind=values["kind"],
                    unit=values["unit"],
                    photo_rule=values["photo_rule"],
                    shots=row.shots(),
                    pair_key=f"own-{row.key}" if chosen == OWN_KEY else chosen,
                    **row.limits_typed(),
                ),
            )

    def _remove(self, index: int) -> None:
        if _is_touched(self.rows[index]):
            self._remake(index, removed=True)
        else:
            del self.rows[index]

    def _copy(self, index: int) -> None:
        if len(self.rows) < MOST_ROWS:
            row = self.rows[index]
            # Two items paired as the same could not be told apart.
            pairing = self._prefilled(row.sort).get("pair_key", "")
            values = {**row.initial, "pair_key": pairing, "kept_pair": ""}
            self.rows.insert(index + 1, self._row(row.sort, _new_key(), values, focused=True))

    def _move(self, index: int, step: int) -> None:
        target = index + step
        while 0 <= target < len(self.rows) and self.rows[target].removed:
            target += step
        if 0 <= target < len(self.rows):
            self.rows.insert(target, self.rows.pop(index))
            self._remake(target, focused=True)

    def _remake(self, index: int, *, removed: bool = False, focused: bool = False) -> None:
        row = self.rows[index]
        self.rows[index] = self._row(
            row.sort, row.key, row.initial, removed=removed, focused=focused
        )

    def _append(self, sort: str, values: Any, *, focused: bool = False) -> None:
        self.rows.append(self._row(sort, _new_key(), values, focused=focused))

    def _row(self, sort: str, key: str, values: Any, **facts: Any) -> RowForm:
        if sort == ITEM:
            facts["pairs"] = self.pairs or ()
        return _FORMS[sort](key=key, language=self.language, initial=values, **facts)

    def _prefilled(self, sort: str) -> dict[str, Any]:
        if sort == SECTION:
            return {}
        return {
            "kind": ItemKind.CONDITION,
            "photo_rule": PhotoRule.WHEN_NOT_OK,
            "pair_key": "" if self.pairs is None else OWN_KEY,
        }


def head_shown(*, language: str, stage: str, name: Words) -> HeadForm:
    """Return the head of a saved checklist, or of a new one that has no name yet."""
    return HeadForm(language=language, initial={"stage": stage, **_initial("name", name)})


def head_as_typed(form: HeadForm) -> HeadForm:
    """Return a head as it was typed, without checking any of it."""
    typed = {name: form[name].data for name in form.fields}
    return HeadForm(language=form.language, initial=typed)


def _values(item: ItemDraft) -> dict[str, Any]:
    """Return a saved item as the fields of its row show it."""
    plain = ("kind", "photo_rule", "unit", "pair_key")
    limits = ("urgent_below", "attention_below", "attention_above", "urgent_above")
    values = {name: getattr(item, name) for name in (*plain, *limits)}
    codes = {code for shot in item.shots for code in shot}
    shots = {f"shots_{code}": [shot.get(code, "") for shot in item.shots] for code in codes}
    return {
        **values,
        **_initial("name", item.name),
        **_initial("help", item.help),
        **shots,
        "kept_pair": item.pair_key,
    }


def _initial(name: str, words: Any) -> dict[str, str]:
    return {f"{name}_{code}": text for code, text in words.items()}


def _is_touched(row: RowForm) -> bool:
    """Say whether somebody typed something into a row that is not of a posted page."""
    meaningful = ("name_", "help_", "shots_")
    return any(text for name, text in row.initial.items() if name.startswith(meaningful) and text)


def _new_key() -> str:
    return str(uuid.uuid4())


def _keys(data: MultiValueDict[str, str]) -> list[str]:
    """Return the rows' keys in the page's order, without what is no key and without doubles."""
    found: dict[str, None] = {}
    for text in data.getlist("rows")[:MOST_ROWS]:
        try:
            found[str(uuid.UUID(text))] = None
        except ValueError:
            continue
    return list(found)


def _sort(data: MultiValueDict[str, str], key: str) -> str:
    sort = data.get(f"{prefix_of(key)}-sort", ITEM)
    return sort if sort in _FORMS else ITEM
