"""References to catalogue rows that may be a clinic's own: a composite key cannot hold them, so a trigger does."""

from django.db.migrations import RunSQL


def shared_reference_guard(table: str, column: str, target: str) -> RunSQL:
    """Migration operation: `table.column` may point to a shipped row of `target` or to one of the row's own clinic."""
    name = f"{column}_of_this_clinic"
    return RunSQL(
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column}, clinic_id ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION tonus_refuse_foreign_entry('{column}', '{target}')",
        f"DROP TRIGGER {name} ON {table}",
    )
