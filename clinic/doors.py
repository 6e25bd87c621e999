"""The doors: the only work that spans clinics. Each is a function of the table owner (SECURITY DEFINER), made in a migration.

| door | answers | made in |
| --- | --- | --- |
| tonus_identities(user) | the clinics somebody works in or is a patient of | patients |
| tonus_invitations(user) | the clinics that wait for somebody's yes to work there | clinic |
| tonus_people_behind(email, phone) | the invited patients who share an address | patients |
| tonus_claim_reminders(now, limit, lease) | due reminders, claimed | reminders |
| tonus_clinic_ids() | every clinic's id, for work that goes clinic by clinic | clinic |

The claim door lives with reminders; the others are called from here.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from clinic.access import Access, Role


def rows(sql: str, params: list[Any] | dict[str, Any]) -> list[dict[str, Any]]:
    """Run a query and return its rows as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def identities(user_id: UUID) -> list[Access]:
    """Return who `user_id` may be: one Access for each clinic they work in and each patient they are, by clinic name."""
    order = list(Role)
    return [
        Access(
            clinic_id=row["clinic_id"],
            clinic_slug=row["clinic_slug"],
            clinic_name=row["clinic_name"],
            user_id=user_id,
            roles=tuple(sorted(row["roles"], key=lambda role: order.index(Role(role)))),
            name=row["name"],
            member_id=row["member_id"],
            patient_id=row["patient_id"],
        )
        for row in rows("SELECT * FROM tonus_identities(%s)", [user_id])
    ]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A clinic that would have somebody on its staff."""

    member_id: UUID
    clinic_id: UUID
    clinic_name: str
    city: str
    roles: list[str]


def invitations(user_id: UUID) -> list[Invitation]:
    """Return the clinics that wait for the yes of `user_id`, the oldest first."""
    return [Invitation(**row) for row in rows("SELECT * FROM tonus_invitations(%s)", [user_id])]


@dataclass(frozen=True, slots=True)
class Person:
    """An invited patient behind an address."""

    patient_id: UUID
    user_id: UUID
    clinic_id: UUID
    clinic_slug: str
    clinic_name: str
    given_name: str
    language: str
    has_pin: bool


def people_behind(*, email: str = "", phone: str = "") -> list[Person]:
    """Return the invited, living, unarchived patients of any clinic whose record carries this address."""
    return [Person(**row) for row in rows("SELECT * FROM tonus_people_behind(%s, %s)", [email, phone])]


def clinic_ids() -> list[UUID]:
    """Return the ids of all clinics, for tasks that serve them one by one."""
    return [row["id"] for row in rows("SELECT tonus_clinic_ids AS id FROM tonus_clinic_ids()", [])]
