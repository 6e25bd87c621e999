"""The demo clinics: alive on any day, the same when loaded again, and nothing of what people entered is lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from careplans import scoring
from careplans.models import (
    Assessment,
    CarePlan,
    DiaryEntry,
    ExerciseLog,
    HomePrescription,
    Measurement,
    StopReport,
)
from careplans.services.progress import progress
from catalogue.knowledge import knowledge
from clinic import doors, tenancy
from clinic.models import Clinic, User
from patients.models import Diagnosis, Patient
from reminders.models import Reminder
from scheduling.models import Appointment
from tests.conftest import outside
from workspace.charts import head_of
from workspace.demo import cast, loading
from workspace.demo.keys import key

pytestmark = pytest.mark.django_db
ROLES = {
    "admin": "admin",
    "physio": "physiotherapist",
    "physio2": "physiotherapist",
    "desk": "front_desk",
    "patient": "patient",
}
ACCOUNTS = [f"{name}@demo.tonus" for name in ROLES] + [
    f"{name}@other.tonus" for name in ROLES if name != "physio2"
]


@pytest.fixture(scope="module")
def now(django_db_setup: None, django_db_blocker) -> Iterator[datetime]:
    """Load once for all these tests, at the end of a transaction that is rolled back."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(now)
        yield now
        transaction.set_rollback(True)


@pytest.fixture
def clinic(now: datetime, db: None) -> Iterator[Clinic]:
    with tenancy.scope(key("demo")):
        yield Clinic.objects.get(slug="demo")


def load(now: datetime) -> None:
    with outside():
        loading.load(now)


def visits_on(day, clinic: Clinic):
    midnight = datetime.combine(day, datetime.min.time(), clinic.zone)
    return Appointment.objects.for_clinic(clinic).between(midnight, midnight + timedelta(days=1))


def next_weekday(moment: datetime, *weekdays: int) -> datetime:
    while moment.isoweekday() not in weekdays:
        moment += timedelta(days=1)
    return moment


def rows() -> dict[str, int]:
    return {
        model._meta.db_table: model.objects.count() for model in apps.get_models() if hasattr(model, "clinic")
    }


@pytest.mark.parametrize("email", ACCOUNTS)
def test_every_named_account_signs_in_to_its_own_clinic(now: datetime, email: str) -> None:
    client = APIClient()
    given = client.post("/api/v1/auth/token/", {"email": email, "password": "tonus-demo"}, format="json")
    assert given.status_code == 200
    me = client.get("/api/v1/auth/me/", HTTP_AUTHORIZATION=f"Token {given.json()['token']}").json()
    name, _at, place = email.partition("@")
    assert (me["role"], me["clinic"]["slug"]) == (ROLES[name], place.removesuffix(".tonus"))


def test_there_are_people_of_all_five_disorders_and_three_scripts(clinic: Clinic) -> None:
    people = Patient.objects.for_clinic(clinic)
    assert people.current().count() >= 40
    families = {knowledge().family_of(row.condition_id) for row in Diagnosis.objects.for_clinic(clinic)}
    assert len(families) == 5
    names = "".join(patient.name for patient in people)
    assert all(any(first <= letter <= last for letter in names) for first, last in ("AZ", "ঀ৿", "ऀॿ"))
    phones = list(people.values_list("phone", flat=True))
    assert len(set(phones)) < len(phones)  # some share one
    assert people.exclude(archived_at=None).exists()


def test_addresses_are_of_nobody(clinic: Clinic) -> None:
    emails = Patient.objects.exclude(email="").values_list("email", flat=True)
    assert emails
    assert all(email.endswith((".example", ".tonus")) for email in emails)


def test_what_was_measured_is_valid_signed_and_shows_both_success_and_failure(clinic: Clinic) -> None:
    known, rows = knowledge().measures, list(Measurement.objects.all())
    assert len(rows) > 300
    assert not Assessment.objects.filter(signed_at=None).exists()
    for row in rows:
        told = None if scoring.is_computed(known[row.measure_id]) else row.value
        assert scoring.value(known[row.measure_id], told, row.inputs).number == row.number
    labels = {
        series["label"]
        for patient in Patient.objects.all()
        for benefit in progress(patient)["benefits"]
        for series in benefit["series"]
    }
    assert {"improved", "unchanged", "cannot-tell"} <= labels


def test_the_history_goes_back_twelve_weeks(clinic: Clinic, now: datetime) -> None:
    long_ago = now - timedelta(weeks=11)
    assert Appointment.objects.for_clinic(clinic).filter(starts_at__lt=long_ago, status="done").exists()
    assert ExerciseLog.objects.for_clinic(clinic).filter(day__lt=long_ago.date()).exists()
    assert DiaryEntry.objects.for_clinic(clinic).filter(day__lt=long_ago.date()).exists()
    assert StopReport.objects.for_clinic(clinic).filter(seen_at=None).exists()


def test_plans_and_messages_are_in_every_state(clinic: Clinic, now: datetime) -> None:
    plans = set(CarePlan.objects.for_clinic(clinic).values_list("status", flat=True))
    assert plans == {"draft", "active", "on-hold", "completed", "revoked", "superseded"}
    states = set(Reminder.objects.for_clinic(clinic).values_list("state", flat=True))
    assert states >= {"pending", "sent", "skipped", "failed", "cancelled"}
    assert not Reminder.objects.filter(state="failed", channel="in-app").exists()
    assert not Reminder.objects.filter(
        state="pending", due_at__lt=now
    ).exists()  # no burst at the first start


def test_people_come_about_as_often_as_their_plans_ask(clinic: Clinic) -> None:
    (who,) = doors.identities(User.objects.get(email="physio@demo.tonus").pk)
    heads = [head_of(patient, who) for patient in Patient.objects.for_clinic(clinic)]
    counted = [head.visits for head in heads if head.visits]
    assert len(counted) > 40
    assert sum(each["used"] <= each["planned"] for each in counted) > 0.9 * len(counted)


def test_a_finding_since_the_signature_pauses_part_of_a_plan(clinic: Clinic) -> None:
    assert HomePrescription.objects.for_clinic(clinic).filter(status="paused").exists()


def test_the_demo_patient_has_exercises_every_day(clinic: Clinic) -> None:
    plan = CarePlan.objects.for_clinic(clinic).running().get(patient__email="patient@demo.tonus")
    items = HomePrescription.objects.filter(phase=plan.current_phase, status="active")
    assert {day for item in items for day in item.days_of_week} == set(range(1, 8))


def test_a_working_day_is_full_and_within_its_hours(clinic: Clinic, now: datetime) -> None:
    local = now.astimezone(clinic.zone)
    visits = list(visits_on(next_weekday(local, 1, 2, 3, 4, 5).date(), clinic))
    assert len(visits) >= 24
    assert {visit.bookings.count() > 0 for visit in visits} == {True}
    for visit in visits:
        start, end = visit.start.astimezone(clinic.zone), visit.end.astimezone(clinic.zone)
        assert start.hour >= 9
        assert (end.hour, end.minute) <= (18, 0)


def test_loading_again_adds_nothing(clinic: Clinic, now: datetime) -> None:
    before = rows()
    load(now)
    assert rows() == before


def test_another_day_adds_its_visits_and_keeps_what_people_changed(clinic: Clinic, now: datetime) -> None:
    later = next_weekday(now + timedelta(days=3), 1, 2, 3, 4, 5)
    changed = (
        Appointment.objects.for_clinic(clinic)
        .filter(status="booked", starts_at__gt=now + timedelta(days=1))
        .first()
    )
    changed.bookings.update(active=False)
    Appointment.objects.filter(pk=changed.pk).update(status="cancelled")
    patient = Patient.objects.for_clinic(clinic).first()
    Patient.objects.filter(pk=patient.pk).update(given_name="Renamed")
    last = Appointment.objects.for_clinic(clinic).latest("starts_at").starts_at

    load(later)

    assert Appointment.objects.for_clinic(clinic).latest("starts_at").starts_at > last
    assert Appointment.objects.get(pk=changed.pk).status == "cancelled"
    assert Patient.objects.get(pk=patient.pk).given_name == "Renamed"
    today = datetime.combine(later.astimezone(clinic.zone).date(), datetime.min.time(), clinic.zone)
    past = Appointment.objects.for_clinic(clinic).filter(starts_at__lt=today)
    assert not past.filter(status__in=["booked", "confirmed", "arrived", "in-treatment"]).exists()
    assert ExerciseLog.objects.for_clinic(clinic).filter(day=later.date() - timedelta(days=1)).exists()


def test_whom_a_newer_version_knows_too_is_left_out_of_an_older_practice(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = cast.Person("Nobody", "Yet", "male", 40, "sciatica-left", weeks=4)
    monkeypatch.setitem(loading.PEOPLE, "demo", [*cast.DEMO, newer])
    before = Patient.objects.count()
    load(now + timedelta(days=1))
    assert Patient.objects.count() == before


def test_a_weekend_has_visits_too_each_with_a_reason(clinic: Clinic, now: datetime) -> None:
    saturday = next_weekday(now.astimezone(clinic.zone) + timedelta(days=1), 6)
    load(saturday)
    visits = visits_on(saturday.date(), clinic)
    assert visits.count() >= 4
    assert all(visit.override_hours_reason for visit in visits)
