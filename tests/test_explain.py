"""Every read of a clinic's rows finds them by an index, behind the walls: no page reads a whole table.

The tables here are tiny, where PostgreSQL rightly reads them whole. So that is forbidden: what then still has no index
condition has no index that could serve it, however large the clinic.
"""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from clinic import doors
from clinic.models import User
from patients.models import Patient
from tests.conftest import ClinicClient, sign_in

A_HANDFUL = {
    "clinic_clinic",
    "clinic_membership",
    "scheduling_appointmenttype",
    "scheduling_resource",
}  # of the few rows here
FIND = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


@pytest.fixture
def generated(db: None) -> Iterator[Patient]:
    """A clinic with twenty patients; the first has the portal."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    call_command("generate", clinics=1, patients=20, stdout=StringIO())
    patient = Patient.objects.get(number=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET ROLE tonus_app")
        cursor.execute("SET LOCAL enable_seqscan = off")
    return patient


@pytest.fixture
def client_of(generated: Patient) -> Callable[[str], ClinicClient]:
    def client(role: str) -> ClinicClient:
        users = (
            User.objects.filter(pk=generated.user_id)
            if role == "patient"
            else User.objects.filter(email__startswith=role)
        )
        return sign_in(doors.identities(users.get().pk)[0])

    return client


class Plans:
    """Explain each SELECT before it runs, and keep how it would read tables behind the wall without an index condition."""

    def __init__(self) -> None:
        self.whole: set[str] = set()
        self.seen = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'clinic_wall'")
            walled = {name for (name,) in cursor.fetchall()} - A_HANDFUL
            cursor.execute(
                "SELECT relname FROM pg_class WHERE reltuples > 0"
            )  # of an empty one any index is as good
            self.walled = walled & {name for (name,) in cursor.fetchall()}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and any(table in sql for table in self.walled):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0]
            self.seen += 1
            self.look((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], sql)
        return execute(sql, params, many, context)

    def look(self, node: dict[str, Any], sql: str) -> None:
        for child in node.get("Plans", ()):
            self.look(child, sql)
        kind = node["Node Type"]
        if node.get("Relation Name") in self.walled and (
            kind == "Seq Scan" or (kind in FIND and "Index Cond" not in node)
        ):
            self.whole.add(f"{kind} of {node['Relation Name']} in {sql[:2000]}")


TODAY = timezone.now().date()
PAGES = [
    ("physiotherapist1.", "/patients/"),
    ("physiotherapist1.", "/patients/?q=sen"),
    ("physiotherapist1.", "/patients/{patient}/"),
    ("physiotherapist1.", "/patients/{patient}/plan/"),
    ("physiotherapist1.", "/caseload/"),
    ("physiotherapist1.", f"/calendar/?date={TODAY}"),
    ("front_desk1.", "/arrivals/"),
    ("front_desk1.", "/calendar/book/?patient={patient}"),
    ("front_desk1.", "/reminders/"),
    ("patient", "/me/"),
    ("patient", "/me/plan/"),
    ("patient", "/me/visits/"),
    ("physiotherapist1.", "/api/v1/patients/"),
    ("physiotherapist1.", "/api/v1/patients/?q=sen"),
    ("physiotherapist1.", "/api/v1/patients/{patient}/"),
    ("physiotherapist1.", "/api/v1/patients/{patient}/safety-screen/"),
    ("physiotherapist1.", "/api/v1/plans/?patient={patient}"),
    ("front_desk1.", f"/api/v1/appointments/?from={TODAY}"),
    ("front_desk1.", "/api/v1/appointments/?patient={patient}"),
    ("front_desk1.", "/api/v1/reminders/"),
    ("patient", "/api/v1/me/today/"),
]


def test_every_page_finds_its_rows_by_an_index(client_of, generated):
    clients = {role: client_of(role) for role, _address in PAGES}
    plans = Plans()
    with connection.execute_wrapper(plans):
        for role, address in PAGES:
            assert clients[role].get(address.format(patient=generated.pk)).status_code == 200, address
    assert plans.seen > len(PAGES)
    assert not plans.whole, "\n".join(sorted(plans.whole))


def test_due_reminders_are_found_by_when_they_are_due(generated):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SET LOCAL enable_sort = off"
        )  # the order, too, is the index's: so few rows are sorted as cheaply
        cursor.execute(
            "EXPLAIN SELECT id FROM reminders_reminder WHERE state = 'pending' AND due_at <= now()"
            " ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("SET ROLE tonus_app")
    assert "reminder_due" in plan
