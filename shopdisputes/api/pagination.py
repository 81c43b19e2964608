"""Lists in pages by key: the hundred-thousandth row costs as much as the first."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError as InvalidValue
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from shopdisputes.web.lists import is_comparable

LIMIT = 50
LARGEST_LIMIT = 200


@dataclass(frozen=True)
class _Cursor:
    """A place between two rows: the key of the row beside it, and which way to go from there."""

    key: Sequence[Any]
    backwards: bool

    def encode(self) -> str:
        text = json.dumps([self.backwards, *self.key], cls=DjangoJSONEncoder)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class KeysetPagination(BasePagination):
    """``?limit=`` rows (50, at most 200) after or before a ``?cursor=``.

    A view orders by ``ordering``: field names, ``-`` for descending, together unique. Nothing is
    counted and no row is skipped over.
    """

    request: Request
    _ordering: Sequence[str]
    _rows: list[Model]
    _has_next = False
    _has_previous = False

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return one page.

        Raises:
            ParseError: the limit or cursor is not one that this list gave.
        """
        self.request = request
        self._ordering = view.ordering
        limit = self._limit(request)
        cursor = self._cursor(request, queryset)
        backwards = cursor is not None and cursor.backwards
        ordering = [_reverse(name) for name in self._ordering] if backwards else self._ordering
        queryset = queryset.order_by(*ordering)
        if cursor is not None:
            queryset = queryset.filter(_beyond(ordering, cursor.key))
        rows = list(queryset[: limit + 1])
        more, rows = len(rows) > limit, rows[:limit]
        if backwards:
            rows.reverse()
        self._has_next = more if not backwards else True
        self._has_previous = more if backwards else cursor is not None
        self._rows = rows
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with the addresses of its neighbours."""
        ahead = self._address(self._rows[-1], backwards=False) if self._wants_next else None
        back = self._address(self._rows[0], backwards=True) if self._wants_previous else None
        return Response({"next": ahead, "previous": back, "results": data})

    @property
    def _wants_next(self) -> bool:
        return self._has_next and bool(self._rows)

    @property
    def _wants_previous(self) -> bool:
        return self._has_previous and bool(self._rows)

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(LIMIT))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_LIMIT):
            raise ParseError(_("The limit is a number from 1 to 200."))
        return int(text)

    def _cursor(self, request: Request, queryset: QuerySet[Any]) -> _Cursor | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        fields = [queryset.model._meta.get_field(name.lstrip("-")) for name in self._ordering]
        try:
            backwards, *key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            values = [field.to_python(value) for field, value in zip(fields, key, strict=True)]
            if not all(map(is_comparable, values)):
                raise ValueError(text)
        except (ValueError, TypeError, binascii.Error, InvalidValue, RecursionError) as error:
            raise ParseError(_("This cursor was not given by this list.")) from error
        if not isinstance(backwards, bool):
            raise ParseError(_("This cursor was not given by this list."))
        return _Cursor(values, backwards)

    def _address(self, row: Model, *, backwards: bool) -> str:
        key = [getattr(row, name.lstrip("-")) for name in self._ordering]
        query = self.request.query_params.dict() | {"cursor": _Cursor(key, backwards).encode()}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters of a list for the schema."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "A place in the list, from `next` or `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": "How many rows.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_LIMIT,
                    "default": LIMIT,
                },
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return how a page looks for the schema."""
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }


def _reverse(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(ordering: Sequence[str], key: Sequence[Any]) -> Q:
    """Return the condition for rows that come after ``key`` in ``ordering``."""
    condition = Q()
    equal = Q()
    for name, value in zip(ordering, key, strict=True):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    first, comparison = ordering[0].lstrip("-"), "lte" if ordering[0].startswith("-") else "gte"
    # Says nothing new, but lets the database start in its index where the page begins.
    return Q(**{f"{first}__{comparison}": key[0]}) & condition
