"""The walls between clinics: a policy on every clinic table, and nothing that leaks when the code forgets."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from clinic import tenancy
from clinic.models import Clinic
from patients.models import Diagnosis, Patient
from tests import factories
from tests.conftest import outside

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
