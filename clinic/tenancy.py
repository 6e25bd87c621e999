"""The clinic a transaction belongs to. Outside a scope, clinic tables are empty to us.

`scope()` opens the transaction and tells PostgreSQL whose rows it may show; row-level security does the rest (walls.py).
A request runs in one scope from sign-in to answer, a task in one for each clinic it serves; services nest as savepoints.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from uuid import UUID

import pghistory
from django.db import connection, transaction

from clinic.logs import work_id

SETTING = "tonus.clinic_id"


class ScopeMismatch(RuntimeError):
    """A scope of one clinic was opened inside that of another."""


def current_clinic_id() -> UUID | None:
    """Return the clinic of the open scope as the database sees it, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting(%s, true), '')", [SETTING])
        value = cursor.fetchone()[0]
    return UUID(value) if value else None


def _set(clinic_id: UUID | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(clinic_id)])


@contextmanager
def scope(clinic_id: UUID, *, user_id: UUID | None = None, request_id: str | None = None) -> Iterator[None]:
    """Run the block in one transaction as `clinic_id`; every history row it writes carries who, and which request or task.

    Deferred checks are made before the block is left, so that their refusal reaches the caller and not the commit.
    Raises ScopeMismatch inside another clinic's scope.
    """
    nested = connection.in_atomic_block
    before = current_clinic_id() if nested else None
    if before not in (None, clinic_id):
        raise ScopeMismatch(f"already in the scope of clinic {before}")
    work = work_id() if request_id is None else request_id
    context = {"user": str(user_id) if user_id else None, "clinic": str(clinic_id), "request": work}
    with transaction.atomic():
        _set(clinic_id)
        with nullcontext() if before and not user_id else pghistory.context(**context):
            yield
        if not connection.needs_rollback:
            check_deferred()
    if nested and before is None and not connection.needs_rollback:
        _set(
            ""
        )  # the setting lives as long as the outermost transaction (a test's), not as long as this scope


def check_deferred() -> None:
    """Make the deferred checks of this transaction now. Raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
