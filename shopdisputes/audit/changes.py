"""What a change did to a row, in the plain form that an audit event keeps."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import models


def apply(
    row: models.Model, values: Mapping[str, Any], *, private: Iterable[str] = ()
) -> dict[str, dict[str, Any]]:
    """Set ``values`` on ``row`` and return what differs as ``{field: {"old": …, "new": …}}``.

    Nothing is saved. Of ``private`` fields only the fact is kept: the audit trail is for ever,
    a note about a person is not.
    """
    hidden = frozenset(private)
    changes: dict[str, dict[str, Any]] = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old == new:
            continue
        setattr(row, name, new)
        changes[name] = {} if name in hidden else {"old": _plain(old), "new": _plain(new)}
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date | time):
        return str(value)
    return value
