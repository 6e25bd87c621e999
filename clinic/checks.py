"""System checks: what must be true of the database before anybody signs in."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connection


@register(Tags.database)
def database_can_search_names(databases: Any = None, **_kwargs: Any) -> list[Error]:
    """Bengali and Hindi names need a UTF-8 character type, or the duplicate hint and the search never find them."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if not cursor.fetchone():
            return []  # before the first migration
        cursor.execute("SELECT show_trgm('সেন') <> '{}'")
        if cursor.fetchone()[0]:
            return []
    return [
        Error(
            "This database cannot search names in Bengali or Hindi.",
            hint="Create it with --locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8 (docs/configuration.md).",
            id="tonus.E001",
        )
    ]


@register(Tags.database)
def role_is_behind_the_wall(databases: Any = None, **_kwargs: Any) -> list[Error]:
    """The web and the workers must act as a role that row-level security binds."""
    if not databases or settings.AS_OWNER or settings.TESTING:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relname = 'patients_patient'"
            " AND c.relowner = r.oid) FROM pg_roles r WHERE rolname = current_user"
        )
        if not cursor.fetchone()[0]:
            return []
    return [
        Error(
            "DATABASE_URL signs in as a role that sees past the walls between clinics.",
            hint="Use the tonus_app role; migrations use TONUS_OWNER_DATABASE_URL.",
            id="tonus.E002",
        )
    ]
