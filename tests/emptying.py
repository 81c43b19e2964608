"""After a test that commits: take its rows away, and leave all else as it was.

Django would cut down every table, which makes all their files anew, and write every permission
again: half a second, several hundred times.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

#: Written by ``migrate``, the same for every test.
_STAY = ("django_migrations", "django_content_type", "auth_permission")


def empty_used_tables() -> None:
    """Delete the rows of every table that has any, triggers and references notwithstanding.

    Needs a superuser of PostgreSQL, as which ``./run test`` connects.
    """
    with connection.cursor() as cursor:
        tables = [
            connection.ops.quote_name(table.name)
            for table in connection.introspection.get_table_list(cursor)
            if table.type == "t" and table.name not in _STAY
        ]
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables
        )
        cursor.execute(asked)
        used = [row[0] for row in cursor.fetchall()]
        if not used:
            return
        deletes = "".join(f"DELETE FROM {table};" for table in used)
        # As a replica: no trigger asks whether a row may go, and none whether another leans on it.
        with transaction.atomic():
            cursor.execute(f"SET LOCAL session_replication_role = replica; {deletes}")


def empty_quickly() -> None:
    """Let every test that commits be followed by ``empty_used_tables``."""

    def _fixture_teardown(_self: TransactionTestCase) -> None:
        empty_used_tables()

    TransactionTestCase._fixture_teardown = _fixture_teardown
