"""A clinic with a row of every kind, made by the services themselves: what walks over all addresses meets real things."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from careplans.models import CarePlan
from careplans.services import assessments, documents, home, measuring, plans
from catalogue import services as library
from catalogue.knowledge import knowledge
from catalogue.models import Flag
from clinic import doors, tenancy
from clinic.access import Access, Role
from clinic.models import Clinic, Membership
from patients import services as patients
from patients.models import ChartRead, Patient
from reminders.models import Reminder
from scheduling.models import Closure
from tests import factories
from tests.careplans.plans import SCIATICA, sign
from tests.scheduling.visits import at, booked

STRETCH = {"exercise": "calf-stretch-wall", "side": "left", "times": ["08:00"]}
TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}


@dataclass(frozen=True)
class World:
    """A furnished clinic: who works there in every staff role at once, a patient of it, and what stands in its tables."""

    clinic: Clinic
    staff: Access
    patient: Access
    ids: dict[str, list[Any]]  # keys of rows by model label, the fullest patient first
    words: str  # stands in every text of it that somebody typed

    @property
    def every_id(self) -> list[Any]:
        return [pk for keys in self.ids.values() for pk in keys]


def furnish(clinic: Clinic, words: str = "Ananya") -> World:
    """Fill `clinic`: a patient with everything, and a second one; `words` marks what was typed."""
    owner = factories.make_access(clinic, Role.PHYSIOTHERAPIST, name=f"{words} Owner")
    with tenancy.scope(clinic.pk):
        Membership.objects.filter(pk=owner.member_id).update(
            roles=[Role.PHYSIOTHERAPIST, Role.FRONT_DESK, Role.ADMIN]
        )
    patient = factories.make_patient(clinic, given_name=words, family_name="One", reason=words)
    them = factories.make_access(clinic, Role.PATIENT, patient=patient, name=words)
    with tenancy.scope(clinic.pk, user_id=owner.user_id):
        other = factories.make_patient(clinic, given_name=words, family_name="Two")
        patients.set_therapist(patient.pk, owner.member_id, by=owner)
        patients.record_diagnosis(patient.pk, {"condition": SCIATICA}, by=owner)
        patients.record_flag(patient.pk, "metal-implant", by=owner, regions=["left-calf"], note=words)
        told = {
            "name": words,
            "dose": 10,
            "per_day": 3,
            "started_on": timezone.localdate() - timedelta(days=9),
        }
        patients.record_medication(patient.pk, told, by=owner)
        toxin = {
            "kind": "botulinum-toxin",
            "began_on": timezone.localdate() - timedelta(days=9),
            "detail": words,
        }
        patients.record_outside_treatment(patient.pk, toxin, by=owner)
        patients.set_consents(patient.pk, {"care": True}, by=owner)
        patients.keep_apart(patient.pk, [other.pk], words, by=owner)
        third = factories.make_patient(clinic, given_name=words, family_name="Three")
        patients.merge(other.pk, third.pk, by=owner, reason=words)
        questions = Flag.objects.filter(critical=True).values_list("pk", flat=True)
        patients.answer_safety_screen(patient.pk, {flag: {"present": False} for flag in questions}, by=owner)
        ChartRead.objects.create(clinic=clinic, patient=patient, user_id=owner.user_id, what="record")
        _exercise(owner, words)
        _assessments(patient, owner, words)
        _plans(patient, other, owner, words)
        _calendar(clinic, patient, owner, words)
        return World(clinic, doors.identities(owner.user_id)[0], them, _ids(clinic), words)


def _assessments(patient: Patient, owner: Access, words: str) -> None:
    values = [
        {"measure": "nprs", "value": 4},
        {"measure": "modified-ashworth", "value": "1+", "site": "soleus"},
    ]
    told = {
        "kind": "initial",
        "notes": words,
        "measurements": values,
        "body_chart": [{"region": "left-calf", "kind": "pain"}],
    }
    asked = assessments.asked_of({"sciatica"}, "initial")
    answers = {entry["id"]: False for entry in asked} | {
        "saddle-numbness": None
    }  # not sure: there is a letter to print
    told |= {"red_flags": answers, "red_flag_action": words}
    signed = assessments.begin_assessment(patient.pk, told, by=owner)
    assessments.sign_assessment(signed.pk, by=owner)
    assessments.add_addendum(signed.pk, words, by=owner)
    assessments.begin_assessment(patient.pk, told | {"kind": "review"}, by=owner)
    measuring.record_measurement(patient.pk, {"measure": "tug", "value": 12.5}, by=owner)


def _exercise(owner: Access, words: str) -> None:
    entry = knowledge().exercises[STRETCH["exercise"]]
    own = {
        field: entry[field]
        for field in ("modality", "body_regions", "position", "laterality", "dosage", "stop_if")
    }
    told = {
        "name": {"en": words},
        "steps": {"en": [words]},
        "families": ["sciatica"],
        "benefits": ["range-of-motion"],
    }
    library.add(library.EXERCISES, {**own, **told}, by=owner)


def _plans(patient: Patient, other: Patient, owner: Access, words: str) -> None:
    plan = plans.create_plan(patient.pk, by=owner)
    phases = [
        {"name": words, "weeks": 2, "clinic": [{**TENS, "note": words}], "home": [{**STRETCH, "note": words}]}
    ]
    goals = [{"text": words}]
    plans.save_draft(plan.pk, {"phases": phases, "goals": goals}, by=owner, if_match="*")
    signed = sign(CarePlan.objects.with_content().get(pk=plan.pk), owner)
    for kind in ("home-programme", "plan"):
        documents.print_plan(signed.pk, documents.Wish(kind), by=owner)
    plans.amend_plan(signed.pk, by=owner, reason=words)
    plans.create_plan(other.pk, by=owner)
    item = signed.phases.first().home_items.first()
    now = timezone.now().isoformat()
    events = [
        {"type": "log", "data": {"prescription": str(item.pk), "sets_done": 1, "note": words}},
        {"type": "diary", "data": {"date": timezone.localdate().isoformat(), "pain": 4, "note": words}},
        {"type": "stop", "data": {"prescription": str(item.pk), "cue": "sharp-pain", "note": words}},
    ]
    told = [
        {**event, "id": f"0199aaaa-0000-7000-8000-00000000000{n}", "occurred_at": now}
        for n, event in enumerate(events)
    ]
    home.sync(patient, {"events": told})


def _calendar(clinic: Clinic, patient: Patient, owner: Access, words: str) -> None:
    therapist = factories.make_resource(clinic, "therapist", member_id=owner.member_id, name=f"{words} T")
    room = factories.make_resource(clinic, "room", name=f"{words} R")
    booked(owner, patient, therapist, room)
    today = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    booked(owner, patient, therapist, room, start=today + timedelta(days=7), override_hours_reason=words)
    Closure.objects.create(clinic=clinic, span=factories.minutes_from(at(day=30), 0, 60), reason=words)
    Reminder.objects.filter(patient=patient).update(state="failed")


def _ids(clinic: Clinic) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for model in apps.get_models():
        is_clinics = any(field.name == "clinic" for field in model._meta.fields)
        if is_clinics and not model.__name__.endswith("Event") and model._meta.pk.name == "id":
            found[model._meta.label] = list(
                model.objects.filter(clinic=clinic).order_by("pk").values_list("pk", flat=True)
            )
    return found
