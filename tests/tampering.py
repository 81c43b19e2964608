"""What somebody with the database's own password and bad intentions can do: triggers are off."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def frozen_rows_thawed() -> Iterator[None]:
    """Let rows be changed that the database refuses to change."""
    with connection.cursor() as cursor:
        # Constraints that wait for the commit must be settled before triggers are switched off.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def by_hand(sql: str, *values: object) -> None:
    """Run a statement while nothing is refused."""
    with frozen_rows_thawed(), connection.cursor() as cursor:
        cursor.execute(sql, values)
