"""Whom the bench treats: in each clinic a patient made by the product's own services, with a whole plan and a course of visits."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from bench.calls import Caller
from careplans.models import CarePlan
from careplans.services import plans
from careplans.services.checking import check_plan
from catalogue.knowledge import knowledge
from clinic import doors, tenancy
from clinic.access import Access, Role
from clinic.models import Clinic, Membership, User
from patients import services as people
from patients.models import Patient
from scheduling import services as calendar
from scheduling.models import Appointment, AppointmentType, Kind, Resource

CONDITION, PROTOCOL = "sciatica-left", "sciatica-acute"
GIVEN, FAMILY = "Benchmark", "Person"
CLEARANCE = {"doctor": "Dr Basu", "date": "2026-01-01", "note": "May be treated."}
REASON = "Discussed with the patient, gentle dose only."


@dataclass(frozen=True)
class Place:
    """A clinic as the bench uses it: who calls, and what there is to call about."""

    name: str
    patients: int
    therapist: Caller
    desk: Caller
    admin: Caller
    person: Caller
    patient: UUID
    undecided: UUID  # another patient, with a draft ready to be signed
    plan: UUID
    draft: UUID
    overrides: dict[str, Any]
    exercise: UUID
    day: date  # one with visits
    kind: UUID
    resource: UUID
    free: list[datetime]  # twelve starts at which resource and patient are free
    taken: datetime  # a start at which neither is

    @property
    def next_day(self) -> date:
        return self.day + timedelta(days=1)


def place(name: str, clinic_id: UUID) -> Place:
    """Find or make in a clinic what the bench needs."""
    with tenancy.scope(clinic_id):
        clinic = Clinic.objects.get(pk=clinic_id)
        staff = {
            role: member_of(clinic, role) for role in (Role.PHYSIOTHERAPIST, Role.FRONT_DESK, Role.ADMIN)
        }
        by = staff[Role.PHYSIOTHERAPIST]
        resource = Resource.objects.for_clinic(clinic).get(kind=Kind.THERAPIST, member=by.member_id)
        kind = AppointmentType.objects.for_clinic(clinic).get(code="treatment")
        day = _full_day(clinic)
    with tenancy.scope(clinic_id, user_id=by.user_id):
        patient, plan = subject(by, "Signed", sign=True)
        undecided, draft = subject(by, "Undecided", sign=False)
        if patient.user_id is None:
            patient = people.invite(patient.pk, by=by)
        _visits(patient, plan, kind, resource, clinic, by)
        item = plan.home_items.order_by("phase__order", "order").first()
        number = Patient.objects.for_clinic(clinic).count()
        overrides = _reasons(draft)
        free = _free(clinic, 12)
        taken = Appointment.objects.for_clinic(clinic).filter(patient=patient).order_by("-starts_at")[0].start
    person = next(who for who in doors.identities(patient.user_id) if who.patient_id == patient.pk)
    return Place(
        name=name,
        patients=number,
        therapist=Caller(by),
        desk=Caller(staff[Role.FRONT_DESK]),
        admin=Caller(staff[Role.ADMIN]),
        person=Caller(person),
        patient=patient.pk,
        undecided=undecided.pk,
        plan=plan.pk,
        draft=draft.pk,
        overrides=overrides,
        exercise=item.pk,
        day=day,
        kind=kind.pk,
        resource=resource.pk,
        free=free,
        taken=taken,
    )


def demo() -> UUID:
    return doors.identities(User.objects.get(email="physio@demo.tonus").pk)[0].clinic_id


def member_of(clinic: Clinic, role: str) -> Access:
    """Return the first member of a clinic with just this role who, if a therapist, can be booked."""
    found = Membership.objects.for_clinic(clinic).filter(roles=[role], is_active=True).order_by("pk")
    if role == Role.PHYSIOTHERAPIST:
        found = found.filter(resources__kind=Kind.THERAPIST)
    user = found.first().user_id
    return next(who for who in doors.identities(user) if who.clinic_id == clinic.pk)


def subject(by: Access, given: str, *, sign: bool) -> tuple[Patient, CarePlan]:
    family = f"{GIVEN} {FAMILY}"
    patient = Patient.objects.for_clinic(by).filter(given_name=given, family_name=family).first()
    if patient is None:
        told = {
            "given_name": given,
            "family_name": family,
            "sex": "female",
            "phone": "+919830000001",
            "age": 52,
        }
        patient = people.create_patient(told, by=by, consents={"care": True, "reminders": True})
        people.record_diagnosis(patient.pk, {"condition": CONDITION, "side": "left"}, by=by)
        critical = [key for key, flag in knowledge().flags.items() if flag["critical"]]
        people.answer_safety_screen(patient.pk, {key: {"present": False} for key in critical}, by=by)
        plan = plans.create_plan(patient.pk, by=by, protocol_id=PROTOCOL)
        if sign:
            plans.sign_plan(plan.pk, by=by, overrides=_reasons(plan))
    return patient, CarePlan.objects.for_clinic(by).filter(patient=patient).order_by("pk").last()


def _reasons(plan: CarePlan) -> dict[str, Any]:
    """Give a reason or a clearance for whatever stands against a plan."""
    whole = CarePlan.objects.with_content().select_related("patient").get(pk=plan.pk)
    return {
        found.rule: CLEARANCE if found.override == "with-medical-clearance" else REASON
        for found in check_plan(whole).findings
    }


def _visits(
    patient: Patient, plan: CarePlan, kind: AppointmentType, resource: Resource, clinic: Clinic, by: Access
) -> None:
    if Appointment.objects.for_clinic(clinic).filter(patient=patient, starts_at__gt=timezone.now()).exists():
        return
    occurrences = [{"start": start, "resources": [resource.pk]} for start in _free(clinic, 12)]
    calendar.book_series(
        {"patient": patient.pk, "type": kind.pk, "plan": plan.pk, "occurrences": occurrences}, by=by
    )


def _free(clinic: Clinic, count: int) -> list[datetime]:
    """Return mornings on Mondays, Wednesdays and Fridays after everything that is booked."""
    last = (
        Appointment.objects.for_clinic(clinic)
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    day = max(last or timezone.now(), timezone.now()).astimezone(clinic.zone).date() + timedelta(days=1)
    starts: list[datetime] = []
    while len(starts) < count:
        if day.isoweekday() in (1, 3, 5):
            starts.append(datetime.combine(day, time(10), clinic.zone))
        day += timedelta(days=1)
    return starts


def _full_day(clinic: Clinic) -> date:
    """Return today, or the next day with visits."""
    begin = datetime.combine(timezone.now().astimezone(clinic.zone).date(), time(), clinic.zone)
    first = Appointment.objects.for_clinic(clinic).between(begin, None).order_by("starts_at").first()
    return first.start.astimezone(clinic.zone).date()
