"""Writing thousands of rows at once: by COPY and one UPDATE on PostgreSQL, row by row elsewhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, connections, models, router
from django.db.models import BooleanField, F, Func, Q, TextField, Value

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    same: Mapping[str, Any],
) -> int:
    """Insert rows in the caller's transaction; return how many.

    ``columns`` are attribute names (``shop_id``) in the order of each row's values, ``same`` is
    what all rows have alike. Every column without a default in the database must be named.

    Raises:
        IntegrityError: a row breaks a constraint; none of them is written.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    database = connections[router.db_for_write(model)]
    if database.vendor != "postgresql":
        made = [model(**dict(zip(columns, values, strict=True)), **same) for values in rows]
        model._default_manager.bulk_create(made)
        return len(made)
    names = ", ".join(f'"{fields[name].column}"' for name in (*columns, *same))
    alike = "".join(f"\t{_copied(value)}" for value in same.values())
    # A column at a time: its values are nearly always of one type.
    copied = [_all_written(values, _copied) for values in zip(*rows, strict=True)]
    lines = ["\t".join(values) + alike for values in zip(*copied, strict=True)]
    if lines:
        statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        with (
            database.cursor() as cursor,
            database.wrap_database_errors,
            cursor.copy(statement) as copy,
        ):
            copy.write("\n".join(lines) + "\n")
    return len(lines)


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Set ``columns`` of many rows; each row is its key and then a value for each column."""
    if not rows:
        return
    key = model._meta.pk
    assert key is not None
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [key, *(by_name[name] for name in columns)]
    database = connections[router.db_for_write(model)]
    table = model._meta.db_table
    with database.cursor() as cursor:
        if database.vendor != "postgresql":
            changes = ", ".join(f'"{field.column}" = %s' for field in fields[1:])
            cursor.executemany(
                f'UPDATE "{table}" SET {changes} WHERE "{key.column}" = %s',  # noqa: S608 - names
                [
                    [
                        field.get_db_prep_save(value, database)
                        for field, value in zip(
                            [*fields[1:], key], [*values[1:], values[0]], strict=True
                        )
                    ]
                    for values in rows
                ],
            )
            return
        changes = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields[1:])
        names = ", ".join(f'"{field.column}"' for field in fields)
        arrays = ", ".join(f"%s::{field.db_type(database)}[]" for field in fields)
        cursor.execute(
            f'UPDATE "{table}" AS old SET {changes} '  # noqa: S608 - names of our own columns
            f"FROM unnest({arrays}) AS new ({names}) "
            f'WHERE old."{key.column}" = new."{key.column}"',
            [_array(values) for values in zip(*rows, strict=True)],
        )


def _copied(value: Any) -> str:
    """Write a value as COPY reads it."""
    if value is None:
        return "\\N"
    write = _WRITTEN.get(type(value))
    return write(value) if write else str(value).translate(_ESCAPES)


def _array(values: Iterable[Any]) -> str:
    """Write values as an array that PostgreSQL reads."""
    return "{" + ",".join(_all_written(list(values), _element)) + "}"


def _all_written(values: Sequence[Any], write: Callable[[Any], str]) -> list[str]:
    """Write values one by one with ``write``, or faster where that makes no difference."""
    kinds = set(map(type, values))
    if len(kinds) == 1 and (kind := kinds.pop()) is not datetime:
        write = _WRITTEN.get(kind, write)
    return [write(value) for value in values]


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    write = _WRITTEN.get(type(value))
    if write:
        return write(value) if type(value) is not datetime else f'"{value.isoformat()}"'
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


_WRITTEN: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: f"{value.int:032x}",
    int: str,
    bool: lambda value: "t" if value else "f",
    Decimal: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
}


class _Among(Func):
    template = "%(expressions)s::uuid[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def among(name: str, keys: Iterable[UUID]) -> Any:
    """Return the condition that a column is one of very many keys, for ``filter``.

    ``name__in`` would have every key quoted and parsed by itself, which takes longer than reading
    the rows; here they travel as one array.
    """
    if connection.vendor != "postgresql":
        return Q(**{f"{name}__in": list(keys)})
    return _Among(F(name), Value(_array(keys), output_field=TextField()))
