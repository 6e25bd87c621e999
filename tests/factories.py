"""Builders of what tests are about: only what is consistent, everything else left to the test.

Each opens its clinic's scope itself, so that it can be called inside the test's scope or outside any.
"""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from clinic import doors, tenancy
from clinic.access import Access, Role
from clinic.ids import uuid7
from clinic.models import Clinic, Membership, User

_count = itertools.count(1)
NINE_ON_MONDAY = datetime(2027, 1, 4, 3, 30, tzinfo=UTC)  # 09:00 in Kolkata
PASSWORD = "tonus-demo"


def make_clinic(**fields: Any) -> Clinic:
    number = next(_count)
    pk = uuid7()
    values = {"slug": f"clinic-{number}", "name": f"Clinic {number}", "phone": "+913322223333", **fields}
    with tenancy.scope(pk):
        return Clinic.objects.create(pk=pk, **values)


def make_user(**fields: Any) -> User:
    number = next(_count)
    values = {"email": f"person{number}@example.org", "name": f"Person {number}", **fields}
    return User.objects.create_user(password=values.pop("password", PASSWORD), **values)


def make_member(clinic: Clinic, *roles: str, user: User | None = None, **fields: Any) -> Membership:
    with tenancy.scope(clinic.pk):
        return Membership.objects.create(
            clinic=clinic, user=user or make_user(), roles=list(roles or (Role.PHYSIOTHERAPIST,)), **fields
        )


def make_patient(clinic: Clinic, **fields: Any) -> Any:
    """A woman of 52 with a phone and an e-mail; the number is the next of the clinic."""
    from patients.models import Patient

    with tenancy.scope(clinic.pk):
        number = Patient.objects.for_clinic(clinic).count() + 1
        values = {
            "given_name": "Ananya",
            "family_name": "Sen",
            "sex": "female",
            "date_of_birth": "1974-03-14",
            "phone": f"+9198300{number:05d}",
            "email": f"patient{number}@example.org",
            "number": number,
            **fields,
        }
        patient = Patient.objects.create(clinic=clinic, **values)
        Clinic.objects.filter(pk=clinic.pk).update(last_patient_number=number)
        patient.refresh_from_db()
        return patient


def make_access(clinic: Clinic, role: str, patient: Any = None, **fields: Any) -> Access:
    """Somebody of `role` as the middleware would see them; for the patient role a patient with a user."""
    if role == Role.PATIENT:
        user = make_user(email=None, **fields)
        patient = patient or make_patient(clinic)
        with tenancy.scope(clinic.pk):
            type(patient).objects.filter(pk=patient.pk).update(user=user, invited_at=timezone.now())
    else:
        user = make_member(clinic, role, user=make_user(**fields)).user
    return doors.identities(user.pk)[0]


def user_of(who: Access) -> User:
    return User.objects.get(pk=who.user_id)


def make_resource(clinic: Clinic, kind: str = "room", **fields: Any) -> Any:
    from scheduling.models import Resource

    with tenancy.scope(clinic.pk):
        return Resource.objects.create(
            clinic=clinic, kind=kind, **{"name": f"{kind} {next(_count)}", **fields}
        )


def make_type(clinic: Clinic, code: str = "treatment", minutes: int = 45, **fields: Any) -> Any:
    from scheduling.models import AppointmentType

    with tenancy.scope(clinic.pk):
        return AppointmentType.objects.get_or_create(
            clinic=clinic, code=code, defaults={"name": code.title(), "minutes": minutes, **fields}
        )[0]


def minutes_from(start: datetime, begin: int, end: int) -> DateTimeTZRange:
    """The span from `begin` to `end` minutes after `start`, half open."""
    return DateTimeTZRange(start + timedelta(minutes=begin), start + timedelta(minutes=end), "[)")
