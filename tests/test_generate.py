"""Made-up clinics for measurements: whole, consistent, and with every constraint, index and trigger back in its place."""

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from careplans.models import CarePlan
from clinic import doors, tenancy
from clinic.models import Clinic, User
from patients.models import Patient
from reminders.models import Reminder
from scheduling.models import Booking
from tests.conftest import sign_in
from workspace.management.commands import generate

STANDING = """
    SELECT conrelid::regclass::text, conname::text, convalidated::text, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, indisvalid::text, pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL
    SELECT tgrelid::regclass::text, tgname::text, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tonus_app")


def standing() -> set[tuple[str, ...]]:
    """What guards the tables: constraints, indexes, triggers. PostgreSQL may put other casts round the same texts."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return {
            (*row, re.sub(r"::character varying|::text(\[\])?|[()]", "", what))
            for *row, what in cursor.fetchall()
        }


def run(**options: int) -> None:
    call_command("generate", stdout=StringIO(), **options)


def test_every_guard_is_back_and_every_row_is_there(as_owner):
    before = standing()
    run(clinics=2, patients=101)
    assert standing() == before
    assert all(valid in ("true", "O") for _table, _name, valid, _what in standing())
    assert sorted(Clinic.objects.values_list("last_patient_number", flat=True)) == [50, 51]
    assert Patient.objects.count() == CarePlan.objects.count() == Booking.objects.count() == 101
    assert Reminder.objects.count() == 303


def test_a_failure_leaves_nothing_behind_and_nothing_off(as_owner, monkeypatch):
    before = standing()
    monkeypatch.setattr(generate, "A_DAY", 0)  # visits, the last that is made, cannot be
    with pytest.raises(ZeroDivisionError):
        run(clinics=1, patients=5)
    assert standing() == before
    assert not Clinic.objects.exists()


@pytest.mark.parametrize("wrong", [{"clinics": 0, "patients": 5}, {"clinics": 6, "patients": 5}])
def test_what_cannot_be_spread_is_refused(db, wrong):
    with pytest.raises(CommandError, match="at least one"):
        run(**wrong)


def test_only_the_owner_of_the_tables_generates(db):
    with pytest.raises(CommandError, match="owner"):
        run(clinics=1, patients=1)


def test_the_pages_of_a_generated_clinic_open(as_owner):
    run(clinics=1, patients=20)
    clinic = Clinic.objects.get()
    patient = Patient.objects.get(number=1)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tonus_app")
    therapist, someone = (
        sign_in(doors.identities(user.pk)[0])
        for user in (
            User.objects.get(email__startswith="physiotherapist1."),
            User.objects.get(pk=patient.user_id),
        )
    )
    chart = f"/patients/{patient.pk}"
    for page in (
        f"{chart}/plan/",
        f"/api/v1{chart}/",
        "/api/v1/patients/?search=sen",
        f"/api/v1/plans/?patient={patient.pk}",
    ):
        assert therapist.get(page).status_code == 200, page
    for page in ("/api/v1/me/today/", "/api/v1/me/plan/", "/api/v1/me/appointments/"):
        assert someone.get(page).status_code == 200, page
    with tenancy.scope(clinic.pk):
        assert Patient.objects.for_clinic(clinic).count() == 20
