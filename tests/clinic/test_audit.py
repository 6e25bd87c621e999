"""Who did what: every history row says who, where and in which request or task; the admin reads it, newest first."""

from datetime import timedelta

import pytest
from celery import shared_task
from django.apps import apps
from django.db import connection
from django.utils import timezone
from django_structlog.celery.receivers import CeleryReceiver

from clinic import audit, tenancy
from clinic.access import Role
from patients.models import ChartRead, Patient
from tests import factories
from tests.conftest import outside
from tests.patients.counting import queries_of

AUDIT = "/api/v1/audit/"


@pytest.fixture
def admin(member):
    return member(Role.ADMIN, name="Kavita Rao")


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


@pytest.fixture
def physio_api(member, api_for):
    return api_for(member(Role.PHYSIOTHERAPIST, name="Anirban Sen"))


def results(api, **query):
    answer = api.get(AUDIT, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


# --- what a history row carries -------------------------------------------------------------------------------------------
def test_a_request_leaves_who_where_and_which_request_in_history(physio_api, clinic, patient):
    physio_api.patch(f"/api/v1/patients/{patient.pk}/", {"family_name": "Das"}, HTTP_X_REQUEST_ID="req-9")
    row = apps.get_model("patients.PatientEvent").objects.filter(pgh_label="update").latest("pgh_id")
    assert row.pgh_context == {
        "user": str(physio_api.who.user_id),
        "clinic": str(clinic.pk),
        "request": "req-9",
    }


def test_a_request_without_an_id_is_given_one_and_what_it_read_and_wrote_share_it(physio_api, patient):
    physio_api.get(f"/api/v1/patients/{patient.pk}/")
    physio_api.patch(f"/api/v1/patients/{patient.pk}/", {"family_name": "Das"})
    read = ChartRead.objects.get().request_id
    wrote = apps.get_model("patients.PatientEvent").objects.latest("pgh_id").pgh_context["request"]
    assert len(read) == len(wrote) == 36
    assert read != wrote


def test_a_task_leaves_its_own_id(clinic, patient):
    @shared_task(ignore_result=True)
    def rename(clinic_id, patient_id):
        with tenancy.scope(clinic_id):
            Patient.objects.for_clinic(clinic_id).filter(pk=patient_id).update(family_name="Das")

    receiver = CeleryReceiver()  # as a worker's start does
    receiver.connect_worker_signals()
    with outside():
        rename.apply(args=(clinic.pk, patient.pk), task_id="task-5")
    row = apps.get_model("patients.PatientEvent").objects.latest("pgh_id")
    assert row.pgh_context == {"user": None, "clinic": str(clinic.pk), "request": "task-5"}


# --- the audit ------------------------------------------------------------------------------------------------------------
def test_the_audit_says_who_did_what_to_whom_in_which_request(api, physio_api, patient):
    url = f"/api/v1/patients/{patient.pk}/"
    physio_api.patch(url, {"family_name": "Das", "phone": "+919830099999"}, HTTP_X_REQUEST_ID="req-9")
    physio_api.get(url, HTTP_X_REQUEST_ID="req-10")
    read, update = results(api, user=str(physio_api.who.user_id))
    assert update["who"] == {"id": str(physio_api.who.user_id), "name": "Anirban Sen"}
    assert (update["action"], update["what"], update["id"]) == ("update", "patients.Patient", str(patient.pk))
    assert (update["patient"], update["request"]) == (str(patient.pk), "req-9")
    assert set(update["changed"]) == {"family_name", "phone"}
    assert update["text"] == "Anirban Sen changed a patient’s details: family name, phone."
    assert (read["action"], read["patient"], read["request"]) == ("read", str(patient.pk), "req-10")
    assert read["text"] == "Anirban Sen opened a record."


def test_what_lies_below_a_plan_is_about_its_patient(api, physio_api, patient, clinic):
    other = factories.make_patient(clinic)
    for person in (patient, other):
        made = physio_api.post("/api/v1/plans/", {"patient": str(person.pk), "protocol": "sciatica-acute"})
        assert made.status_code == 201, made.json()
    found = results(api, patient=str(patient.pk), page_size=200)
    whats = {row["what"] for row in found}
    assert {
        "careplans.CarePlan",
        "careplans.Phase",
        "careplans.HomePrescription",
        "patients.Patient",
    } <= whats
    assert {row["patient"] for row in found} == {str(patient.pk)}
    assert len(found) < len(results(api, page_size=200))


def test_pages_follow_each_other_without_gap_or_repeat(api, physio_api, patient):
    for n in range(5):
        physio_api.post(f"/api/v1/patients/{patient.pk}/flags/", {"flag": "epilepsy", "note": str(n)})
        physio_api.get(f"/api/v1/patients/{patient.pk}/")
    whole = results(api, page_size=200)
    url, found = f"{AUDIT}?page_size=3", []
    while url:
        body = api.get(url).json()
        found += body["results"]
        url = body["next"]
    assert found == whole
    assert [row["at"] for row in whole] == sorted((row["at"] for row in whole), reverse=True)


def test_days_bound_it(api, patient):
    today = timezone.localdate()
    assert results(api, **{"from": today.isoformat()})
    assert results(api, to=today.isoformat()) == []
    assert results(api, **{"from": (today + timedelta(days=1)).isoformat()}) == []


@pytest.mark.parametrize("field", ["patient", "user", "from", "to", "cursor"])
@pytest.mark.parametrize("told", ["x", "2026-13-01", "1~2~3", "2026-01-01T00:00:00+00:00~x.Y~1", "~~~"])
def test_nonsense_is_refused_at_its_name(api, field, told):
    answer = api.get(AUDIT, {field: told})
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.ASSISTANT, Role.FRONT_DESK, Role.PATIENT])
def test_only_the_admin_reads_it(api_for, role):
    assert api_for(role).get(AUDIT).status_code == 403


def test_nothing_of_another_clinic_is_told(api, other_clinic, patient):
    with outside():
        theirs = factories.make_patient(other_clinic)
    assert results(api, patient=str(theirs.pk)) == []
    assert str(theirs.pk) not in str(results(api, page_size=200))


def test_it_costs_the_same_however_much_was_done(api, physio_api, patient):
    def change(n):
        physio_api.patch(f"/api/v1/patients/{patient.pk}/", {"family_name": f"Das{n}"})
        physio_api.post(f"/api/v1/patients/{patient.pk}/diagnoses/", {"condition": "sciatica-left"})

    change(0)
    few = queries_of(lambda: api.get(AUDIT))
    for n in range(1, 6):
        change(n)
    assert len(queries_of(lambda: api.get(AUDIT))) == len(few) <= 9


# --- nothing tracked is forgotten -----------------------------------------------------------------------------------------
def test_every_tracked_table_has_words_and_an_index_for_its_newest_rows(db):
    told = set(audit.sources()) - {audit.READS}
    assert told == set(audit.THINGS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname = tablename || '_newest'")
        indexed = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in audit.sources().values()} == indexed
