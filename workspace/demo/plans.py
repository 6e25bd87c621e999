"""Care plans as a physiotherapist would have made and signed them: drafted from a protocol, checked for safety, sealed."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from careplans.models import CarePlan, ClinicPrescription, Goal, HomePrescription, PlanStatus
from careplans.services.checking import check_tree
from careplans.services.facts import facts_about
from careplans.services.plans import amend_plan, create_plan
from careplans.services.reference import reference_for
from careplans.services.trees import content_hash, tree
from catalogue.knowledge import knowledge
from clinic.access import Access
from clinic.models import Membership
from patients.models import Diagnosis, Patient
from workspace.demo.calendar import places
from workspace.demo.cast import PATIENT, Person
from workspace.demo.clock import Clock, as_told
from workspace.demo.keys import chance
from workspace.demo.practice import Practice
from workspace.demo.records import lead_of

WHY = "Talked over with the patient: low dose, skin looked at before and after, stops at the first bad sign."
WISHES = (
    "walk to the market and back", "sleep through the night", "cook standing up", "climb to the second floor",
    "sit through a film", "carry the grandchild", "go back to work full days", "pray on the floor again",
)  # fmt: skip
GOALS = {  # by measure: the sentence, the value now, the value wanted
    "nprs": ("Average pain over 24 hours falls from 6 to 4 of 10, to {wish}.", "6", "4"),
    "spasm-count-day": ("Spasms fall from 9 to 5 a day.", "9", "5"),
    "patient-specific-functional-scale": ("To {wish}: from 4 to 7 of 10.", "4", "7"),
    "single-leg-stance": ("Standing on one leg rises from 6 to 12 seconds.", "6", "12"),
    "tug": ("Up, three metres and back falls from 17 to 13 seconds.", "17", "13"),
    "timed-10m-walk": ("Walking speed rises from 0.7 to 0.9 metres a second.", "0.7", "0.9"),
    "straight-leg-raise-angle": ("The straight leg lifts to 65 degrees, now 45.", "45", "65"),
    "five-times-sit-to-stand": ("Five times up from a chair in 14 seconds, now 19.", "19", "14"),
    "spasticity-nrs": ("Stiffness falls from 7 to 5 of 10.", "7", "5"),
    "neck-disability-index": ("Neck disability index falls from 22 to 14 of 50.", "22", "14"),
    "spasm-night-wakings": ("Woken by spasm once a night at most, now three times.", "3", "1"),
    "fatigue-nrs": ("Fatigue falls from 7 to 5 of 10.", "7", "5"),
    "sleep-nrs": ("Sleep trouble falls from 7 to 4 of 10.", "7", "4"),
}
ENDED = {
    "hold": (PlanStatus.ON_HOLD, "Away with family until the new year"),
    "completed": (PlanStatus.COMPLETED, "Goals reached, goes on alone"),
    "archived": (PlanStatus.REVOKED, "Moved to another city"),
}


def prescribe(
    practice: Practice,
    people: Sequence[Person],
    patients: Sequence[Patient],
    diagnoses: Sequence[Diagnosis | None],
    clock: Clock,
) -> None:
    """Make the plans of a new practice."""
    week = places(people, len(practice.therapists))
    for place, (person, patient, diagnosis) in enumerate(zip(people, patients, diagnoses, strict=True)):
        if diagnosis is None or person.plan == "none":
            continue
        lead = lead_of(practice, place)
        by = practice.acting(lead)
        signed = clock.at(clock.first_day(person.weeks), 12, 50)
        protocol = person.protocol or _protocol_for(person.condition)
        draft = create_plan(patient.pk, by=by, diagnosis_ids=[diagnosis.pk], protocol_id=protocol, now=signed)
        if place in week:  # as often as they come
            draft.clinic_items.update(visits_per_week=len(week[place].days))
        _set_goals(draft)
        if person.name == PATIENT:
            _every_day(draft)
        if person.plan == "draft":
            continue
        plan = _sign(draft, lead, signed, clock)
        if person.plan in ENDED:
            plan.status, plan.status_reason = ENDED[person.plan]
            plan.updated_at = clock.start - timedelta(days=6)
            _keep(plan)
        if person.plan in ("amended", "amending"):
            _amend(plan, lead, by, clock, sign=person.plan == "amended")


def _keep(plan: CarePlan) -> None:
    with as_told(CarePlan, "created_at", "updated_at"):
        plan.save()


def _protocol_for(condition: str) -> str:
    return next(each["id"] for each in knowledge().protocols.current if condition in each["subtypes"])


def _sign(plan: CarePlan, lead: Membership, at: datetime, clock: Clock) -> CarePlan:
    """Sign a draft as of `at`, after taking out what is not safe for the patient, with a reason for each warning."""
    facts = facts_about(plan.patient, at.date())
    while True:
        plan = CarePlan.objects.with_content().select_related("patient").get(pk=plan.pk)
        content = tree(plan)
        reference = reference_for(plan.clinic_id, content)
        found = check_tree(content, facts, reference).findings
        unsafe = {finding.prescription for finding in found if finding.blocks}
        if not unsafe:
            break
        ClinicPrescription.objects.filter(plan=plan, pk__in=unsafe).delete()
        HomePrescription.objects.filter(plan=plan, pk__in=unsafe).delete()
    begun = plan.replaces.start_date if plan.replaces else at.date()
    plan.status, plan.start_date = PlanStatus.ACTIVE, at.date()
    plan.signed_by, plan.signed_at = lead, at
    plan.created_at, plan.updated_at = at - timedelta(minutes=25), at
    plan.current_phase_id = _phase_now(content, (clock.anchor - begun).days)
    plan.findings = [finding.as_dict() for finding in found]
    plan.overrides = {finding.rule: WHY for finding in found}
    plan.protocol_text = json.loads(json.dumps(reference.text_used(content, plan.protocol), default=str))
    plan.revision += 1
    plan.content_sha256 = content_hash(plan)
    _keep(plan)
    return plan


def _phase_now(content: dict[str, Any], days: int) -> str:
    """Return the phase that somebody who began so many days ago is in."""
    ends = 0.0
    for phase in content["phases"]:
        ends += phase["weeks"] * 7
        if days < ends:
            return phase["id"]
    return content["phases"][-1]["id"]


def _amend(plan: CarePlan, lead: Membership, by: Access, clock: Clock, *, sign: bool) -> None:
    """Raise the dose of the first exercise in the next version; signed a few days ago, or waiting for the signature."""
    draft = amend_plan(plan.pk, by=by, reason="Doing well: more repetitions of the first exercise")
    first = HomePrescription.objects.filter(plan=draft, phase__name=plan.current_phase.name).first()
    first.reps += 2
    first.save(update_fields=["reps"])
    if sign:
        CarePlan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUPERSEDED)
        _sign(draft, lead, clock.at(clock.first_day(1), 13, 10), clock)


def _every_day(plan: CarePlan) -> None:
    """Give the demo's own patient something to do on every day of the week, as far as the exercises allow."""
    for item in HomePrescription.objects.filter(plan=plan).select_related("exercise"):
        if item.exercise.entry["dosage"]["days_per_week"]["max"] == 7:
            item.days_of_week = [1, 2, 3, 4, 5, 6, 7]
            item.save(update_fields=["days_of_week"])


def _set_goals(plan: CarePlan) -> None:
    """Say what the patient wants, in whole sentences: the drafts of a protocol have gaps to be filled in."""
    wish = chance(plan.patient_id, "wish").choice(WISHES)
    Goal.objects.filter(plan=plan).exclude(measure__in=GOALS).delete()
    goals = list(Goal.objects.filter(plan=plan))
    for goal in goals:
        text, goal.baseline, goal.target = GOALS[goal.measure_id]
        goal.text = text.format(wish=wish)
    Goal.objects.bulk_update(goals, ["text", "baseline", "target"])
