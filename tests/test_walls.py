"""The walls between clinics: a policy on every clinic table, and nothing that leaks when the code forgets."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls.converters import UUIDConverter

from clinic import tenancy
from clinic.models import Clinic, ClinicQuerySet, SharedOrOwnQuerySet
from patients.models import Diagnosis, Patient
from tests import factories
from tests.conftest import outside, sign_in
from tests.routes import routes
from tests.world import furnish

CLINIC_MODELS = sorted(
    (m for m in apps.get_models() if any(f.name == "clinic" for f in m._meta.fields)),
    key=lambda m: m._meta.label,
)


@pytest.mark.parametrize("model", [*CLINIC_MODELS, Clinic], ids=lambda m: m._meta.label)
def test_every_clinic_table_stands_behind_the_wall(model, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relrowsecurity, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid), p.polcmd"
            " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname = %s",
            [model._meta.db_table],
        )
        policies = cursor.fetchall()
    assert len(policies) == 1, f"{model._meta.label} needs wall() in a migration"
    secured, reads, writes, command = policies[0]
    assert secured
    assert "tonus_clinic()" in reads
    assert "tonus_clinic()" in writes
    assert command == "*"


def test_tests_act_as_a_role_that_the_walls_bind(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("tonus_app", False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'tonus_app'::regrole")
        assert cursor.fetchone() == (0,)


def test_without_a_scope_clinic_tables_are_empty(clinic):
    factories.make_patient(clinic)
    with outside():
        assert not Patient.objects.exists()
    assert Patient.objects.count() == 1


def test_forgotten_for_clinic_leaks_nothing(clinic, other_clinic):
    with outside():
        factories.make_patient(other_clinic, given_name="Secret")
    mine = factories.make_patient(clinic)
    assert list(Patient.objects.all()) == [mine]  # no for_clinic: the second wall holds


def test_rows_of_another_clinic_cannot_be_written(clinic, other_clinic):
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Patient.objects.create(clinic=other_clinic, number=1, given_name="X", phone="+919830012345")


def test_no_row_points_into_another_clinic(clinic, other_clinic):
    with outside():
        foreign = factories.make_patient(other_clinic)
    with pytest.raises(IntegrityError, match="diagnosis_patient_same_clinic"), transaction.atomic():
        Diagnosis.objects.create(clinic=clinic, patient=foreign, condition_id="sciatica-disc")


def test_scope_of_one_clinic_does_not_open_inside_another(clinic, other_clinic):
    with pytest.raises(tenancy.ScopeMismatch), tenancy.scope(other_clinic.pk):
        pass


def test_history_is_written_behind_the_same_wall(clinic, other_clinic):
    patient = factories.make_patient(clinic)
    event = apps.get_model("patients.PatientEvent")
    assert [row.pgh_label for row in event.objects.filter(pgh_obj_id=patient.pk)] == ["insert"]
    with outside(), tenancy.scope(other_clinic.pk):
        assert not event.objects.exists()


def test_history_says_who_and_in_which_request(clinic, member):
    with outside():
        who = member("physiotherapist")
        with tenancy.scope(clinic.pk, user_id=who.user_id, request_id="req-1"):
            patient = factories.make_patient(clinic)
    context = apps.get_model("patients.PatientEvent").objects.get(pgh_obj_id=patient.pk).pgh_context
    assert context == {"user": str(who.user_id), "clinic": str(clinic.pk), "request": "req-1"}


# --- one wall taken down --------------------------------------------------------------------------------------------------
SECRET = "Zubeida"


def leaks(mine, theirs):
    """Open every address that can be read, with ids of both clinics, and return where a word or an id of theirs shows."""
    staff, patient = sign_in(mine.staff), sign_in(mine.patient)
    pairs = [(keys[0], theirs.ids[kind][0]) for kind, keys in mine.ids.items() if keys]
    marks = [SECRET, theirs.clinic.name, *map(str, theirs.every_id)]
    found, opened = set(), set()

    def opens(route, key):
        answer = client.get(route.url(any=key))
        assert answer.status_code < 500, route.path
        text = answer.content.decode(errors="replace")
        found.update((route.path, mark) for mark in marks if mark in text and mark != str(key))
        return answer.status_code == 200

    for route in routes():
        if "get" not in route.methods or route.path == "/parts/":
            continue
        client = patient if str(route.capability("get")).startswith("me.") else staff
        if not any(isinstance(kind, UUIDConverter) for _name, kind in route.converters):
            opened |= {route.path} if opens(route, None) else set()
        elif pair := next((pair for pair in pairs if opens(route, pair[0])), None):
            opened.add(route.path)
            pairs.remove(pair)
            pairs.insert(0, pair)  # addresses beside each other are of one kind
            assert not opens(route, pair[1]), route.path
    return found, opened


@pytest.fixture
def worlds(clinic, other_clinic):
    with outside():
        theirs = furnish(other_clinic, SECRET)
    return furnish(clinic), theirs


def forget_the_first_wall(monkeypatch):
    """Every `for_clinic` of the product gives everything, as if each view had forgotten it."""
    monkeypatch.setattr(ClinicQuerySet, "for_clinic", lambda self, _clinic: self.all())
    monkeypatch.setattr(SharedOrOwnQuerySet, "visible_to_clinic", lambda self, _clinic: self.all())


def test_no_page_and_no_call_leaks_when_every_for_clinic_is_forgotten(worlds, monkeypatch):
    forget_the_first_wall(monkeypatch)
    found, opened = leaks(*worlds)
    assert not found
    assert {"/patients/", "/api/v1/patients/", "/api/v1/plans/", "/calendar/", "/me/", "/caseload/"} <= opened


def test_a_search_leaks_nothing_either(worlds, monkeypatch):
    forget_the_first_wall(monkeypatch)
    staff = sign_in(worlds[0].staff)
    for answer in (
        staff.get(f"/api/v1/patients/?q={SECRET}"),
        staff.post("/patients/", {"q": SECRET}, follow=True),
        staff.post("/api/v1/patients/duplicates/", {"given_name": SECRET}, content_type="application/json"),
        staff.get("/api/v1/audit/?page_size=200"),
    ):
        assert answer.status_code == 200
        assert str(worlds[1].ids["patients.Patient"][0]) not in answer.content.decode()


def test_without_both_walls_it_would_leak(worlds, monkeypatch):
    """So the walk can see a leak: the owner of the tables is bound by no policy."""
    forget_the_first_wall(monkeypatch)
    staff = sign_in(worlds[0].staff)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert SECRET in staff.get("/api/v1/patients/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tonus_app")
