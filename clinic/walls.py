"""Row-level security and its floor, as migration operations and one constraint class.

Wall: a policy on every clinic table shows and takes only rows of the clinic in `tonus.clinic_id`.
Floor: a foreign key on (clinic_id, id) beside Django's own, so that no row can point into another clinic.
Policies are enabled, not forced: the owner (migrations, pg_dump, the doors of doors.py) sees all, the app role does not.
"""

from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table
from django.db.migrations import RunSQL

_CREATE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY clinic_wall ON {table} USING ({reads}) WITH CHECK ({writes});
"""
_DROP = """
DROP POLICY IF EXISTS clinic_wall ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def _policy(table: str, reads: str, writes: str) -> RunSQL:
    return RunSQL(_CREATE.format(table=table, reads=reads, writes=writes), _DROP.format(table=table))


def wall(*tables: str) -> list[RunSQL]:
    """Put the wall round tables that have a `clinic_id` ("patients_patient", …), history tables included."""
    return [_policy(table, "clinic_id = tonus_clinic()", "clinic_id = tonus_clinic()") for table in tables]


def shared_wall(*tables: str) -> list[RunSQL]:
    """The same where a row without a clinic is shipped with the product: all may read it, only the owner writes it."""
    own = "clinic_id = tonus_clinic()"
    return [_policy(table, f"clinic_id IS NULL OR {own}", own) for table in tables]


def newest_first(*tables: str) -> list[RunSQL]:
    """Index history tables for the audit, which reads a clinic's newest rows of each (audit.py)."""
    return [
        RunSQL(
            f"CREATE INDEX {table}_newest ON {table} (clinic_id, pgh_created_at, pgh_id)",
            f"DROP INDEX {table}_newest",
        )
        for table in tables
    ]


class SameClinic(models.BaseConstraint):
    """A foreign key on (clinic_id, <field>_id) → (clinic_id, id): the row pointed to is of the same clinic.

    Not deferred: a wrong reference fails at the statement that makes it, not at commit.
    """

    def __init__(self, field: str, *, name: str) -> None:
        self.field = field
        super().__init__(name=name)

    def _foreign_key(self, model: Any, schema_editor: Any) -> str:
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        target = quote(field.remote_field.model._meta.db_table)
        return f"FOREIGN KEY (clinic_id, {quote(field.column)}) REFERENCES {target} (clinic_id, id)"

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> None:
        """Make the key when the migration ends: by then the unique pair it points to is there, in whatever order."""
        schema_editor.deferred_sql.append(
            Statement(
                "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s %(key)s",
                table=Table(model._meta.db_table, schema_editor.quote_name),
                name=schema_editor.quote_name(self.name),
                key=self._foreign_key(model, schema_editor),
            )
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT IF EXISTS %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: Any = None) -> None:
        """Nothing to ask beforehand: views find what they reference within the clinic, the database holds the rest."""

    def deconstruct(self) -> tuple:
        path, args, kwargs = super().deconstruct()
        return path, (self.field, *args), kwargs

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameClinic):
            return self.name == other.name and self.field == other.field
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]
