"""Lists: pages by key, sort, filters as chips. No offset, no count of a million rows."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
#: Every word of a search is one more condition on every row.
LONGEST_SEARCH = 100
#: What stands in the address beside the filters.
_POSITION = ("after", "before")


@dataclass(frozen=True)
class Sort:
    """A way to order a list: its words, and the key — unique, without NULLs, ``-`` descends."""

    label: Any
    key: tuple[str, ...]


@dataclass(frozen=True)
class Chip:
    """A filter that one click sets or takes away."""

    label: Any
    url: str
    active: bool


def words_of(request: HttpRequest) -> str:
    """Return what ``?q=`` looks for, without what PostgreSQL refuses, as far as a search goes."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def is_comparable(value: Any) -> bool:
    """Say whether the database can compare with a value: half a character or a NUL it cannot."""
    try:
        return value is not None and b"\x00" not in str(value).encode()
    except UnicodeEncodeError:
        return False


def query_with(request: HttpRequest, **changes: str | None) -> str:
    """Return this address's query with some values changed (None: taken out), from page one."""
    return _query_with(_kept(request), changes)


def _kept(request: HttpRequest) -> dict[str, list[str]]:
    return {name: values for name, values in request.GET.lists() if name not in _POSITION}


def _query_with(kept: Mapping[str, list[str]], changes: Mapping[str, str | None]) -> str:
    query = {**kept, **{name: [value] for name, value in changes.items() if value is not None}}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
    return f"?{urlencode(query, doseq=True)}"


def chips(
    request: HttpRequest, name: str, choices: Iterable[tuple[str, Any]], *, everything: Any
) -> list[Chip]:
    """Return the filter ``name`` as chips, ``everything`` (no filter) first."""
    wanted = request.GET.get(name, "")
    known, kept = list(choices), _kept(request)
    return [
        Chip(everything, _query_with(kept, {name: None}), wanted not in dict(known)),
        *(Chip(label, _query_with(kept, {name: value}), value == wanted) for value, label in known),
    ]


def chosen(request: HttpRequest, name: str, choices: Iterable[tuple[str, Any]]) -> str:
    """Return the value of the filter ``name``, empty when it is none of ``choices``."""
    wanted = request.GET.get(name, "")
    return wanted if wanted in dict(choices) else ""


class Keyset(Generic[Row]):
    """One page of a list, found by key.

    ``sorts`` maps a name (``?sort=``) to a ``Sort``, the first one is the default. The tokens
    ``?after=`` and ``?before=`` hold the key of the last and first row shown; a token that makes
    no sense shows the first page.

    ``through_index``: an index of the model holds every column of the filters and the keys. The
    page is found in it alone, and only the rows shown are read, however many were passed over.
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Row],
        *,
        sorts: Mapping[str, Sort],
        size: int = PAGE_SIZE,
        through_index: bool = False,
    ) -> None:
        self._request = request
        self._model = queryset.model
        self.sorts = sorts
        wanted = request.GET.get("sort", "")
        self.sort = wanted if wanted in sorts else next(iter(sorts))
        self._key = sorts[self.sort].key
        backwards = "before" in request.GET and "after" not in request.GET
        values = self._read(request.GET.get("before" if backwards else "after", ""))
        order = tuple(_reverse(field) for field in self._key) if backwards else self._key
        found = queryset.order_by(*order)
        if values is not None:
            found = found.filter(_beyond(order, values))
        if through_index:
            keys = found.values("pk")[: size + 1]
            rows = list(queryset.filter(pk__in=keys).order_by(*order))
        else:
            rows = list(found[: size + 1])
        more = len(rows) > size
        rows = rows[:size]
        if backwards:
            rows.reverse()
        self.rows: list[Row] = rows
        self.has_next = bool(rows) and (backwards or more)
        self.has_previous = bool(rows) and (more if backwards else values is not None)

    @property
    def next_url(self) -> str:
        """The query of the following page, empty on the last one."""
        return self._url("after", self.rows[-1]) if self.has_next else ""

    @property
    def previous_url(self) -> str:
        """The query of the page before, empty on the first one."""
        return self._url("before", self.rows[0]) if self.has_previous else ""

    @property
    def sort_chips(self) -> list[Chip]:
        """The ways to order this list."""
        return [
            Chip(sort.label, query_with(self._request, sort=name), name == self.sort)
            for name, sort in self.sorts.items()
        ]

    def _url(self, position: str, row: Row) -> str:
        values = [_value(row, field.lstrip("-")) for field in self._key]
        text = json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":"))
        token = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        return query_with(self._request, **{position: token})

    def _read(self, token: str) -> list[Any] | None:
        if not token:
            return None
        try:
            values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            if not isinstance(values, list) or len(values) != len(self._key):
                return None
            key = [
                _field(self._model, name.lstrip("-")).to_python(value)
                for name, value in zip(self._key, values, strict=True)
            ]
        except (
            *(ValueError, TypeError, RecursionError, binascii.Error),
            *(ValidationError, FieldDoesNotExist),
        ):
            return None
        return key if all(map(is_comparable, key)) else None


def _reverse(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    # The microseconds count: without them rows of one millisecond would be skipped.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(path)
    return field


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the rows after ``values`` in ``order``, compared like words in a dictionary."""
    condition = Q()
    for position, field in enumerate(order):
        same = Q(
            **{
                name.lstrip("-"): value
                for name, value in zip(order[:position], values[:position], strict=True)
            }
        )
        comparison = "lt" if field.startswith("-") else "gt"
        condition |= same & Q(**{f"{field.lstrip('-')}__{comparison}": values[position]})
    first, comparison = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    # Says nothing new, but lets the database start in its index where the page begins.
    return Q(**{f"{first}__{comparison}": values[0]}) & condition
