"""Statements that run thousands of times in a row, which PostgreSQL plans once a connection.

Planning a join of ten tables takes it longer than running it, and so does building one in Python.
Everywhere else the ORM is right. Parameters are keys, lists of keys where a statement says
``= ANY(%s)``, moments, numbers and words.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import UUIDField

Statement = tuple[str, Sequence[Any]]

_KEY = UUIDField()


def fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows as the database has them."""
    if connection.vendor != "postgresql":
        return _fetch_elsewhere(sql, parameters)
    with _cursor() as cursor:
        return cursor.execute(sql, parameters, prepare=True).fetchall()


def fetch_after(
    before: Sequence[Statement], sql: str, parameters: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Run statements one after the other and return the rows of the last, in one round trip.

    Each sees what was committed when the one before it was through. Call it in a transaction.
    """
    if connection.vendor != "postgresql":
        for statement in before:
            _fetch_elsewhere(*statement)
        return _fetch_elsewhere(sql, parameters)
    with _cursor() as cursor, connection.connection.pipeline():
        for earlier, values in before:
            cursor.execute(earlier, values, prepare=True)
        cursor.execute(sql, parameters, prepare=True)
        while cursor.nextset():
            continue
        return cursor.fetchall()


def change(sql: str, parameters: Sequence[Any]) -> int:
    """Run an UPDATE; return how many rows it changed."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(*_spelled_out(sql, parameters))
            return int(cursor.rowcount)
    with _cursor() as cursor:
        return cursor.execute(sql, parameters, prepare=True).rowcount


def _cursor() -> psycopg.Cursor[Any]:
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        # Django tells psycopg to prepare nothing; its own cursors never do anyway.
        raw.prepare_threshold = 0
    return psycopg.Cursor(raw)


def _fetch_elsewhere(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*_spelled_out(sql, parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _spelled_out(sql: str, parameters: Sequence[Any]) -> Statement:
    """Write ``= ANY(%s)`` as ``IN (%s, …)``, which every database knows."""
    values: list[Any] = []
    for parameter in parameters:
        if isinstance(parameter, list):
            marks = ", ".join(["%s"] * len(parameter)) or "NULL"
            sql = sql.replace("= ANY(%s)", f"IN ({marks})", 1)
            values += [_as_stored(value) for value in parameter]
        else:
            values.append(_as_stored(parameter))
    return sql, values


def _as_stored(value: Any) -> Any:
    if isinstance(value, UUID):
        return _KEY.get_db_prep_value(value, connection)
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
