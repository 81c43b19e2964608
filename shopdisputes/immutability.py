"""Rows that may never change again, enforced by the database itself.

A service that forgets the rule, the Django admin and a person with a database shell all meet
the same wall. It works on PostgreSQL and on SQLite.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class ForbidChanges(Operation):
    """Refuse UPDATE and DELETE of rows of a table, for ever or once ``frozen_when`` holds.

    ``frozen_when`` is SQL about the row as it was, written with ``OLD.``, for example
    ``"OLD.status <> 'draft'"``. ``except_columns`` may still be updated (a status that goes on,
    a date that is noted), all others may not. ``deletable`` rows may be deleted when not frozen
    anyway; frozen ones never.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self, model: str, *, frozen_when: str = "1=1", except_columns: tuple[str, ...] = ()
    ) -> None:
        self.model = model
        self.frozen_when = frozen_when
        self.except_columns = tuple(except_columns)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__name__,
            [self.model],
            {"frozen_when": self.frozen_when, "except_columns": self.except_columns},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The wall is invisible to models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        table = model._meta.db_table
        columns = [
            field.column
            for field in model._meta.local_concrete_fields
            if field.column not in self.except_columns
        ]
        vendor = schema_editor.connection.vendor
        # The wall names its columns: a migration that adds one builds it anew over the old.
        for statement in [*self._drop(vendor, table), *self._create(vendor, table, columns)]:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        for statement in self._drop(schema_editor.connection.vendor, table):
            schema_editor.execute(statement, params=None)

    def _drop(self, vendor: str, table: str) -> list[str]:
        if vendor == "postgresql":
            return [
                f'DROP TRIGGER IF EXISTS "{table}_frozen" ON "{table}"',
                f'DROP FUNCTION IF EXISTS "{table}_frozen"()',
            ]
        return [
            f'DROP TRIGGER IF EXISTS "{table}_frozen_update"',
            f'DROP TRIGGER IF EXISTS "{table}_frozen_delete"',
        ]

    def describe(self) -> str:
        return f"Forbid changes of {self.model}"

    def _create(self, vendor: str, table: str, columns: list[str]) -> list[str]:
        message = f"{table} is frozen"
        if vendor == "postgresql":
            changed = " OR ".join(
                f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns
            )
            return [
                f"""
                CREATE FUNCTION "{table}_frozen"() RETURNS trigger AS $frozen$
                BEGIN
                    IF {self.frozen_when} THEN
                        IF TG_OP = 'DELETE' THEN
                            RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
                        ELSIF {changed} THEN
                            RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
                        END IF;
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                END;
                $frozen$ LANGUAGE plpgsql
                """,  # noqa: E501
                f"""
                CREATE TRIGGER "{table}_frozen" BEFORE UPDATE OR DELETE ON "{table}"
                FOR EACH ROW EXECUTE FUNCTION "{table}_frozen"()
                """,
            ]
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
        return [
            f"""
            CREATE TRIGGER "{table}_frozen_update" BEFORE UPDATE ON "{table}"
            WHEN ({self.frozen_when}) AND ({changed})
            BEGIN SELECT RAISE(ABORT, '{message}'); END
            """,
            f"""
            CREATE TRIGGER "{table}_frozen_delete" BEFORE DELETE ON "{table}"
            WHEN {self.frozen_when}
            BEGIN SELECT RAISE(ABORT, '{message}'); END
            """,
        ]
